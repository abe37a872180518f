"""What is done behind the answers: threads, each a loop over what there is to do.

    foreman         jobs -> documents to index; what is deleted -> gone
    readers         documents -> fetched, parsed, cut                               reading
    embedder        chunks of many documents -> vectors                             backlog
    storers         documents -> store, one by one -> finished, a batch at a time

The encoder is what all of it waits for, so it is kept fed: while one batch is embedded, the next
is read and the last is stored, and a batch takes in as many small documents as make it full. A
large or slow document waits for the others at every step, and they never for it.

Nothing is lost when a step fails or the process dies: the state says what is asked for until it is
done, and doing it twice ends the same.
"""

import logging
import sqlite3
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from app.local.bedrock_agent.knowledge_bases import (
    bases,
    jobs,
    queue,
    sources,
)
from app.local.bedrock_agent.knowledge_bases.backlog import (
    CAPACITY,
    LARGE_CAPACITY,
    Embedding,
    Finished,
    Ready,
    Share,
)
from app.local.bedrock_agent.knowledge_bases.fetch import Buckets, Fetch
from app.local.bedrock_agent.knowledge_bases.queue import Outcome
from app.local.bedrock_agent.knowledge_bases.reading import Readers, Sources, unexpected
from app.local.bedrock_agent.knowledge_bases.scan import scan
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.bedrock_agent.knowledge_bases.stores import BaseStores
from app.local.engine import Engine
from app.local.engine.store import StoreFull, Vectors
from app.local.loop import Loop

NO_ROOM = (StoreFull, sqlite3.OperationalError)  # and whatever else may pass by itself
PATIENCE = 2.0  # seconds for a reader in the middle of a large document, when all stop

log = logging.getLogger(__name__)


class Worker:
    """Does what the state asks for, until it is closed.

    Args:
        state: what is asked for.
        stores: where documents go.
        buckets: where they come from.
        engine: reads and embeds them.
    """

    def __init__(
        self,
        state: State,
        stores: BaseStores,
        buckets: Buckets,
        engine: Engine,
    ) -> None:
        self._state, self._stores, self._buckets = state, stores, buckets
        self._encoder = engine.encoder
        self._drafted = Embedding()
        self._storers = [
            _Storer("knowledge-storer", CAPACITY, self._finish),
            _Storer("knowledge-large-storer", LARGE_CAPACITY, self._finish),
        ]
        self._wakeup = threading.Event()  # of the foreman
        self._readers = Readers(Sources(state, Fetch(buckets), engine), self._drafted, NO_ROOM)
        self._loops = [
            Loop("knowledge-foreman", self._oversee, NO_ROOM),
            Loop("knowledge-embedder", self._embed, NO_ROOM),
            *(storer.loop for storer in self._storers),
        ]

    def start(self) -> None:
        for loop in (*self._loops, *self._readers.loops):
            loop.start()

    def wake(self) -> None:
        """Look for work: a request has come."""
        self._wakeup.set()
        self._readers.wake()

    def close(self) -> None:
        """Stop, soon. What is not done then is done after the next start."""
        for loop in (*self._loops, *self._readers.loops):
            loop.stop()
        self._drafted.close()
        for storer in self._storers:
            storer.waiting.close()
        self._readers.close()
        self.wake()
        for loop in self._loops:
            loop.wait_for_end()
        for loop in self._readers.loops:
            loop.wait_for_end(PATIENCE)

    def _oversee(self) -> None:
        self._wakeup.clear()
        with self._state.transaction() as db:
            starting = jobs.starting(db)
        for job in starting:
            self._scan(job)
            self._readers.wake()
        with self._state.transaction() as db:
            sources.forget(db)
            deleted = bases.deleted(db)
        for base in deleted:
            self._stores.remove(base)
            with self._state.transaction() as db:
                bases.forget(db, base)
        self._wakeup.wait()

    def _scan(self, job: str) -> None:
        try:
            scan(self._state, self._buckets, job)
        except NO_ROOM:
            raise
        except Exception as error:
            log.exception("Scanning for ingestion job %s failed", job)
            with self._state.transaction() as db:
                jobs.change(db, job, "FAILED", [unexpected(error)])

    def _embed(self) -> None:
        """A batch, of one document or of many."""
        if shares := self._drafted.take():
            self._add_vectors(shares)
        for ready in self._drafted.finished():
            self._storers[ready.large].waiting.put(ready)

    def _add_vectors(self, shares: Sequence[Share]) -> None:
        """Embed the shares. A document that cannot be embedded fails alone."""
        try:
            vectors: Vectors = self._encoder.encode(
                [text for share in shares for text in share.batch()]
            )  # (n, 384)
        except Exception as error:
            if len(shares) > 1:
                for share in shares:
                    self._add_vectors([share])
                return
            log.exception("Embedding %s failed", shares[0].ready.task.uri)
            shares[0].fail(unexpected(error))
            return
        start = 0
        for share in shares:
            end = start + share.taken
            share.add(vectors[start:end])
            start = end

    def _finish(self, batch: Sequence[Ready]) -> None:
        """Store a batch, and note what became of it. What is said to be indexed can be found."""
        outcomes = [self._stored(ready) for ready in batch]
        for base in {ready.task.base for ready in batch}:
            self._stores.of(base).refresh()
        with self._state.transaction() as db:
            changes: defaultdict[str, Counter[str]] = defaultdict(Counter)
            for outcome in outcomes:
                changes[outcome.task.job or ""] += queue.finish(db, outcome)
            for job, counts in changes.items():
                jobs.count(db, job, counts)
            jobs.settle(db)
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
            return self._stored(Ready(ready.task, reason=unexpected(error)))
        return Outcome(ready.task, ready.drafts.etags)


class _Storer:
    """A thread that stores. A batch is kept until it is finished: a step that failed takes it once
    more.
    """

    def __init__(self, name: str, capacity: int, finish: Callable[[Sequence[Ready]], None]) -> None:
        self.waiting = Finished(capacity)
        self._finish = finish
        self._batch: Sequence[Ready] = ()
        self.loop = Loop(name, self._step, NO_ROOM)

    def _step(self) -> None:
        self._batch = self._batch or self.waiting.take()
        if self._batch:
            self._finish(self._batch)
        self._batch = ()
