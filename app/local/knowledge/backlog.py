"""Documents on their way from one thread of the worker to the next."""

import threading
from collections import deque
from dataclasses import dataclass

from app.local.knowledge.drafts import Drafts
from app.local.knowledge.queue import Task

BATCH = 64  # chunks that are embedded in one go: seconds of work, and enough to fill the encoder
CAPACITY = 4 * BATCH


@dataclass(frozen=True)
class Ready:
    """A document as it was read: its chunks, or the reason why there are none, or neither where it
    is to be removed.
    """

    task: Task
    drafts: Drafts | None = None
    reason: str | None = None

    @property
    def weight(self) -> int:
        return len(self.drafts.chunks) if self.drafts else 1


class Backlog:
    """A queue that is measured in chunks, so that ten thousand small pages and one large book both
    keep the encoder busy and neither fills the memory.
    """

    def __init__(self) -> None:
        self._waiting: deque[Ready] = deque()
        self._weight = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, ready: Ready) -> None:
        """Add a document, once there is room. It may be larger than the room."""
        with self._changed:
            self._changed.wait_for(lambda: self._weight < CAPACITY or self._closed)
            self._waiting.append(ready)
            self._weight += ready.weight
            self._changed.notify_all()

    def take(self) -> list[Ready]:
        """A batch, once there is any; nothing when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            batch: list[Ready] = []
            while self._waiting and not self._closed and sum(r.weight for r in batch) < BATCH:
                batch.append(self._waiting.popleft())
            self._weight -= sum(ready.weight for ready in batch)
            self._changed.notify_all()
            return batch

    def close(self) -> None:
        """Wake whoever waits; what is left stays where it came from, in the state."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
