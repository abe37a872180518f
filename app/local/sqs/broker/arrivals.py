"""Wakes the threads and coroutines that wait for a queue's messages."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

Wake = Callable[[], object]


class Arrivals:
    """The listeners of all queues. Any thread may call it.

    A receiver first listens, then looks for messages, and then waits until it is woken. A message
    that comes after the look wakes it, so it misses none.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._listeners: defaultdict[str, list[Wake]] = defaultdict(list)

    @contextmanager
    def listening(self, queue: str, wake: Wake) -> Iterator[None]:
        """In the block, `wake` is called, by any thread, when the queue may have a message."""
        with self._lock:
            self._listeners[queue].append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._listeners[queue].remove(wake)
                if not self._listeners[queue]:
                    del self._listeners[queue]

    def has_listener(self, queue: str) -> bool:
        with self._lock:
            return queue in self._listeners

    def wake(self, queue: str) -> None:
        with self._lock:
            listeners = list(self._listeners.get(queue, ()))
        for wake in listeners:
            wake()

    def wake_all(self) -> None:
        with self._lock:
            queues = list(self._listeners)
        for queue in queues:
            self.wake(queue)
