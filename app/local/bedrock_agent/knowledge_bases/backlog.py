"""Documents between one thread of the worker and the next.

    readers ─► Embedding ─► embedder ─► Finished ─► storer
                                   └─► Finished ─► storer of large documents

A large document never holds up a small one: it is embedded in shares, which fill no batch that a
small one waits for, and stored by another thread. Small ones never hold up a large one for ever: a
quarter of every batch belongs to the document that came first.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.local.bedrock_agent.knowledge_bases.drafts import Drafts
from app.local.bedrock_agent.knowledge_bases.queue import Task
from app.local.engine.store import Vectors

BATCH = 64  # chunks that are embedded at once: seconds of work, and enough to fill the encoder
OF_THE_OLDEST = BATCH // 4  # chunks of a batch
CAPACITY = 4 * BATCH  # chunks of waiting documents; a document with more of them is large
MOST_LARGE = 2  # large documents that wait to be embedded
LARGE_CAPACITY = 100_000  # chunks of large documents that wait to be stored


@dataclass(frozen=True)
class Ready:
    """A document after reading: its chunks, or the reason of its failure; neither, if the document
    is to be removed.
    """

    task: Task
    drafts: Drafts | None = None
    reason: str | None = None

    @property
    def weight(self) -> int:
        return len(self.drafts.chunks) if self.drafts else 1

    @property
    def large(self) -> bool:
        return self.weight > CAPACITY


@dataclass
class Share:
    """A document that is being embedded, and its share of the current batch.

    Attributes:
        ready: the document; its chunks have no vectors yet.
        texts: the texts to embed, in order.
        vectors: the vectors of the first texts, as far as they are embedded.
        done: the number of those.
        taken: the number of texts in the current batch.
    """

    ready: Ready
    texts: Sequence[str]
    vectors: list[Vectors] = field(default_factory=list)
    done: int = 0
    taken: int = 0

    @property
    def left(self) -> int:
        return len(self.texts) - self.done

    def batch(self) -> Sequence[str]:
        """The texts in the current batch."""
        return self.texts[self.done : self.done + self.taken]

    def add(self, vectors: Vectors) -> None:
        """Add the vectors (taken, 384) of the batch."""
        self.vectors.append(vectors)
        self.done += self.taken

    def fail(self, reason: str) -> None:
        """Give the document up."""
        self.ready, self.texts, self.done = Ready(self.ready.task, reason=reason), (), 0

    def finished(self) -> Ready:
        """The document, its chunks with their vectors."""
        drafts = self.ready.drafts
        if drafts is None or not self.vectors:
            return self.ready
        vectors = dict(zip(drafts.texts, np.concatenate(self.vectors), strict=True))
        chunks = [replace(chunk, vector=vectors.get(n)) for n, chunk in enumerate(drafts.chunks)]
        return replace(self.ready, drafts=replace(drafts, chunks=chunks))


class Embedding:
    """The documents that are being embedded, in the order in which they came.

    Its capacity is measured in chunks, so that ten thousand small pages keep the encoder busy and
    do not fill the memory.
    """

    def __init__(self) -> None:
        self._shares: list[Share] = []
        self._closed = False
        self._changed = threading.Condition()

    def put(self, ready: Ready) -> None:
        """Add a document; wait until there is room for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._has_room(ready) or self._closed)
            texts = list(ready.drafts.texts.values()) if ready.drafts else []
            self._shares.append(Share(ready, texts))
            self._changed.notify_all()

    def has_room(self, ready: Ready) -> bool:
        """Whether `put` would return at once."""
        with self._changed:
            return self._has_room(ready)

    def take(self) -> list[Share]:
        """Wait for a document, and take the shares of the next batch. It may hold no text to embed.

        A batch has up to OF_THE_OLDEST chunks of the document that came first. The rest goes to the
        documents with the fewest chunks left, but not to large ones where there are others: these
        would wait four times as long for it, and the encoder is as busy with small batches.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._shares or self._closed)
            if self._closed:
                return []
            room = BATCH
            for share in self._shares:
                share.taken = 0
            oldest = self._shares[0]
            oldest.taken = min(oldest.left, OF_THE_OLDEST)
            room -= oldest.taken
            others = [share for share in self._shares if not share.ready.large]
            for share in sorted(others or self._shares, key=lambda share: share.left):
                more = min(share.left - share.taken, room)
                share.taken += more
                room -= more
            return [share for share in self._shares if share.taken]

    def finished(self) -> list[Ready]:
        """Remove the documents that are embedded, and return them with their vectors."""
        with self._changed:
            finished_shares = [share for share in self._shares if not share.left]
            self._shares = [share for share in self._shares if share.left]
            self._changed.notify_all()
        return [share.finished() for share in finished_shares]

    def close(self) -> None:
        """Wake all waiting threads. The state still has the documents that are left."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _has_room(self, ready: Ready) -> bool:
        if ready.large:
            return sum(share.ready.large for share in self._shares) < MOST_LARGE
        weight = sum(share.ready.weight for share in self._shares if not share.ready.large)
        return weight < CAPACITY


class Finished:
    """Documents that are ready to be stored, in the order in which they came; measured in
    chunks.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._waiting: deque[Ready] = deque()
        self._weight = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, ready: Ready) -> None:
        """Add a document; wait until there is room. It may be larger than the capacity."""
        with self._changed:
            self._changed.wait_for(lambda: self._weight < self._capacity or self._closed)
            self._waiting.append(ready)
            self._weight += ready.weight
            self._changed.notify_all()

    def take(self) -> list[Ready]:
        """Wait for documents, and take a batch; an empty one once this is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            batch: list[Ready] = []
            while self._waiting and not self._closed and sum(r.weight for r in batch) < BATCH:
                batch.append(self._waiting.popleft())
            self._weight -= sum(ready.weight for ready in batch)
            self._changed.notify_all()
            return batch

    def close(self) -> None:
        """Wake all waiting threads. The state still has the documents that are left."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
