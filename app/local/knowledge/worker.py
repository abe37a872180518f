"""What is done behind the answers: four threads, each a loop over what there is to do.

    foreman    jobs -> documents to index; what is deleted -> gone
    reader     documents -> fetched, parsed, cut
    embedder   chunks of many documents -> vectors
    storer     documents -> store, one by one -> finished, a batch at a time

The encoder is what all of it waits for, so it is kept fed: while one batch is embedded, the next
is read and the last is stored, and a batch takes in as many small documents as make it full.

Nothing is lost when a step fails or the process dies: the state says what is asked for until it is
done, and doing it twice ends the same.
"""

import logging
import sqlite3
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from app.local.knowledge import bases, jobs, queue, sources
from app.local.knowledge.backlog import Backlog, Ready
from app.local.knowledge.chunk import Encoder
from app.local.knowledge.drafts import Parser, draft
from app.local.knowledge.fetch import Buckets, Fetch
from app.local.knowledge.parse import Unreadable
from app.local.knowledge.queue import Outcome, Task
from app.local.knowledge.scan import scan
from app.local.knowledge.state import State
from app.local.knowledge.stores import Stores
from app.local.loop import Loop
from app.local.store import StoreFull, Vectors

CLAIM = 16  # documents that the reader takes in hand at a time
SLICE = 256  # chunks of one large document that are embedded between two looks at `close`
NO_ROOM = (StoreFull, sqlite3.OperationalError)  # and whatever else may pass by itself

log = logging.getLogger(__name__)


class Worker:
    """Does what the state asks for, until it is closed."""

    def __init__(
        self, state: State, stores: Stores, buckets: Buckets, parser: Parser, encoder: Encoder
    ) -> None:
        self._state, self._stores, self._buckets = state, stores, buckets
        self._fetch, self._parser, self._encoder = Fetch(buckets), parser, encoder
        self._drafted, self._embedded = Backlog(), Backlog()
        self._batch: list[Ready] = []  # that the storer is at
        self._closing = threading.Event()
        self._asked = {"foreman": threading.Event(), "reader": threading.Event()}
        self._loops = [
            Loop("knowledge-foreman", self._oversee, NO_ROOM),
            Loop("knowledge-reader", self._read, NO_ROOM),
            Loop("knowledge-embedder", self._embed, NO_ROOM),
            Loop("knowledge-storer", self._store, NO_ROOM),
        ]

    def start(self) -> None:
        for loop in self._loops:
            loop.start()

    def wake(self) -> None:
        """Something was asked for."""
        for asked in self._asked.values():
            asked.set()

    def close(self) -> None:
        """Stop, soon. What is not done then is done after the next start."""
        self._closing.set()
        for loop in self._loops:
            loop.stop()
        self._drafted.close()
        self._embedded.close()
        self._parser.close()
        self.wake()
        for loop in self._loops:
            loop.wait_for_end()

    def _oversee(self) -> None:
        self._asked["foreman"].clear()
        with self._state.transaction() as db:
            starting = jobs.starting(db)
        for job in starting:
            self._scan(job)
            self._asked["reader"].set()
        with self._state.transaction() as db:
            sources.forget(db)
            deleted = bases.deleted(db)
        for base in deleted:
            self._stores.remove(base)
            with self._state.transaction() as db:
                bases.forget(db, base)
        self._asked["foreman"].wait()

    def _scan(self, job: str) -> None:
        try:
            scan(self._state, self._buckets, job)
        except NO_ROOM:
            raise
        except Exception as error:
            log.exception("Scanning for ingestion job %s failed", job)
            with self._state.transaction() as db:
                jobs.change(db, job, "FAILED", [_unexpected(error)])

    def _read(self) -> None:
        self._asked["reader"].clear()
        with self._state.transaction() as db:
            tasks = queue.claim(db, CLAIM)
        for task in tasks:
            ready = self._ready(task)
            if not self._closing.is_set():
                self._drafted.put(ready)
        if not tasks:
            self._asked["reader"].wait()

    def _ready(self, task: Task) -> Ready:
        if task.origin is None:
            return Ready(task)
        try:
            with self._state.transaction() as db:
                data = queue.data(db, task)
            return Ready(
                task, draft(task, task.origin, data, self._fetch, self._parser, self._encoder)
            )
        except Unreadable as error:
            return Ready(task, reason=str(error))
        except Exception as error:
            log.exception("Reading %s failed", task.uri)
            return Ready(task, reason=_unexpected(error))

    def _embed(self) -> None:
        for ready in self._with_vectors(self._drafted.take()):
            self._embedded.put(ready)

    def _with_vectors(self, batch: Sequence[Ready]) -> list[Ready]:
        """Documents with the vectors of their chunks. One that cannot be embedded fails alone."""
        try:
            vectors = iter(self._encode([text for ready in batch for text in _texts(ready)]))
            return [_with(ready, vectors) for ready in batch]
        except _Closing:
            raise
        except Exception as error:
            if len(batch) > 1:
                return [one for ready in batch for one in self._with_vectors([ready])]
            log.exception("Embedding %s failed", batch[0].task.uri)
            return [Ready(batch[0].task, reason=_unexpected(error))]

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """(n,) texts -> (n, 384)."""
        slices = []
        for start in range(0, len(texts), SLICE):
            if self._closing.is_set():
                raise _Closing
            slices.append(self._encoder.encode(texts[start : start + SLICE]))
        return np.concatenate(slices) if slices else np.empty((0, 0), np.float32)

    def _store(self) -> None:
        """A batch. It is kept until it is finished: a step that failed takes it once more."""
        self._batch = self._batch or self._embedded.take()
        outcomes = [self._stored(ready) for ready in self._batch]
        with self._state.transaction() as db:
            changes: defaultdict[str, Counter[str]] = defaultdict(Counter)
            for outcome in outcomes:
                changes[outcome.task.job or ""] += queue.finish(db, outcome)
            for job, counts in changes.items():
                jobs.count(db, job, counts)
            jobs.settle(db)
        self._batch = []
        self.wake()

    def _stored(self, ready: Ready) -> Outcome:
        """Bring the store in line with a document."""
        store = self._stores.of(ready.task.base)
        if ready.drafts is None:
            store.delete(ready.task.document)
            return Outcome(ready.task, reason=ready.reason)
        try:
            store.put(ready.task.document, ready.drafts.chunks)
        except NO_ROOM:
            raise
        except Exception as error:
            log.exception("Storing %s failed", ready.task.uri)
            return self._stored(Ready(ready.task, reason=_unexpected(error)))
        return Outcome(ready.task, ready.drafts.etags)


class _Closing(Exception):
    """The worker is closed in the middle of a large document."""


def _texts(ready: Ready) -> Sequence[str]:
    return list(ready.drafts.texts.values()) if ready.drafts else []


def _with(ready: Ready, vectors: Iterator[Vectors]) -> Ready:
    """A document, its chunks with the next of the vectors."""
    if ready.drafts is None:
        return ready
    found = dict(zip(ready.drafts.texts, vectors, strict=False))
    chunks = [replace(chunk, vector=found.get(n)) for n, chunk in enumerate(ready.drafts.chunks)]
    return replace(ready, drafts=replace(ready.drafts, chunks=chunks))


def _unexpected(error: Exception) -> str:
    return f"An internal error, which the log tells more of: {type(error).__name__}: {error}"
