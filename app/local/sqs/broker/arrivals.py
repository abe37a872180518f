"""Who waits for a queue's messages: threads and coroutines alike."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

Wake = Callable[[], object]


class Arrivals:
    """Wakes all who listen to a queue. It may be used by any thread.

    Whoever waits listens first, then looks, and then waits until it is woken: what comes after its
    look wakes it, and nothing is missed.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._listeners: defaultdict[str, list[Wake]] = defaultdict(list)

    @contextmanager
    def listening(self, queue: str, wake: Wake) -> Iterator[None]:
        """`wake` is called, by any thread, whenever the queue may have something to be received."""
        with self._lock:
            self._listeners[queue].append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._listeners[queue].remove(wake)
                if not self._listeners[queue]:
                    del self._listeners[queue]

    def listened_to(self, queue: str) -> bool:
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
