"""The work behind the answers: threads, each of them a loop.

    foreman         jobs -> documents to index; DELETING bases and sources -> removed
    readers         documents -> fetched, parsed, cut                                 reading
    embedder        chunks of many documents -> vectors                               backlog
    storers         documents -> store -> finished, a batch at a time

The encoder is the slowest part, so it never waits: while one batch is embedded, the next is read
and the last is stored, and a batch takes in as many small documents as fill it. Large or slow
documents wait for the others at every step, and never the others for them.

Nothing is lost when a step fails or the process dies: the state has a request until it is done, and
to do it twice has the same result.
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
from app.local.bedrock_agent.knowledge_bases.reading import Readers, Sources, unexpected_reason
from app.local.bedrock_agent.knowledge_bases.scan import scan
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.bedrock_agent.knowledge_bases.stores import BaseStores
from app.local.engine import Engine
from app.local.engine.encoder import Languages
from app.local.engine.store import (
    Store,
    StoreDamaged,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
    Vectors,
)
from app.local.loop import Loop

PASSING = (StoreFull, StoreUnavailable, sqlite3.OperationalError)
"""Errors that may pass by themselves: the disk is full, or OpenSearch is away."""
OF_THE_STORE = (*PASSING, StoreDamaged)
"""Errors that no document has caused, so that none fails for them. What waits for a store that is
damaged, or whose index somebody has deleted, is stored after the next start.
"""
PATIENCE = 2.0  # seconds for a reader in the middle of a large document, when all stop

log = logging.getLogger(__name__)


class Worker:
    """Processes the requests in the state, until it is closed.

    Args:
        state: has the requests.
        stores: take the documents.
        buckets: have the documents.
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
        self._engine = engine
        self._drafted = Embedding()
        self._storers = [
            _Storer("knowledge-storer", CAPACITY, self._finish),
            _Storer("knowledge-large-storer", LARGE_CAPACITY, self._finish),
        ]
        self._wakeup = threading.Event()  # of the foreman
        self._readers = Readers(Sources(state, Fetch(buckets), engine), self._drafted, PASSING)
        self._loops = [
            Loop("knowledge-foreman", self._oversee, PASSING),
            Loop("knowledge-embedder", self._embed, PASSING),
            *(storer.loop for storer in self._storers),
        ]

    def start(self) -> None:
        for loop in (*self._loops, *self._readers.loops):
            loop.start()

    def wake(self) -> None:
        """Look for work: there is a new request."""
        self._wakeup.set()
        self._readers.wake()

    def close(self) -> None:
        """Stop soon. The work that is left is done after the next start."""
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
            starting = jobs.list_starting(db)
        for job in starting:
            self._scan(job)
            self._readers.wake()
        with self._state.transaction() as db:
            sources.forget(db)
            deleted = bases.list_deletable(db)
        for base in deleted:
            self._stores.remove(base)
            self._stores.forget_others()
            with self._state.transaction() as db:
                bases.forget(db, base)
        self._wakeup.wait()

    def _scan(self, job: str) -> None:
        try:
            scan(self._state, self._buckets, job)
        except PASSING:
            raise
        except Exception as error:
            log.exception("Scanning for ingestion job %s failed", job)
            with self._state.transaction() as db:
                jobs.change(db, job, "FAILED", [unexpected_reason(error)])

    def _embed(self) -> None:
        """Embed a batch of one document or of many, those of each encoder together."""
        shares = self._drafted.take()
        for languages in {share.ready.task.languages for share in shares}:
            self._add_vectors(
                [share for share in shares if share.ready.task.languages == languages], languages
            )
        for ready in self._drafted.finished():
            self._storers[ready.large].waiting.put(ready)

    def _add_vectors(self, shares: Sequence[Share], languages: Languages) -> None:
        """Embed the shares. A document that cannot be embedded fails alone."""
        try:
            texts = [text for share in shares for text in share.batch()]
            documents = [share.ready.task.document for share in shares for _ in share.batch()]
            vectors: Vectors = self._engine.embed(texts, documents, languages)  # (n, d)
        except Exception as error:
            if len(shares) > 1:
                for share in shares:
                    self._add_vectors([share], languages)
                return
            log.exception("Embedding %s failed", shares[0].ready.task.uri)
            shares[0].fail(unexpected_reason(error))
            return
        start = 0
        for share in shares:
            end = start + share.taken
            share.add(vectors[start:end])
            start = end

    def _finish(self, batch: Sequence[Ready]) -> None:
        """Store a batch and record the outcomes. A document is INDEXED once a search can find
        it.
        """
        outcomes = self._store_all(batch)
        for base, languages in {(ready.task.base, ready.task.languages) for ready in batch}:
            self._stores.of(base, languages).refresh()
        with self._state.transaction() as db:
            changes: defaultdict[str, Counter[str]] = defaultdict(Counter)
            for outcome in outcomes:
                changes[outcome.task.job or ""] += queue.finish(db, outcome)
            for job, counts in changes.items():
                jobs.count(db, job, counts)
            jobs.settle(db)
        self.wake()

    def _store_all(self, batch: Sequence[Ready]) -> list[Outcome]:
        """Put a batch of documents into their stores, or remove them there."""
        by_base: defaultdict[tuple[str, Languages], list[Ready]] = defaultdict(list)
        for ready in batch:
            by_base[ready.task.base, ready.task.languages].append(ready)
        return [outcome for group in by_base.values() for outcome in self._store_group(group)]

    def _store_group(self, group: Sequence[Ready]) -> list[Outcome]:
        """Put documents of one store at once, which the disk syncs once. If one is refused, each is
        put by itself.
        """
        put = {one.task.document: one.drafts.chunks for one in group if one.drafts is not None}
        if len(put) < 2:
            return [self._store(ready) for ready in group]
        for ready in group:
            self._forget(ready)
        try:
            self._store_of(group[0]).put_all(put)
        except OF_THE_STORE:
            raise
        except Exception:  # noqa: BLE001 - whichever it is of, it is raised again, and told there
            return [self._store(ready) for ready in group]
        return [
            Outcome(ready.task, ready.drafts.etags, warnings=ready.drafts.warnings)
            if ready.drafts is not None
            else self._store(ready)
            for ready in group
        ]

    def _store(self, ready: Ready) -> Outcome:
        """Put a document into its store, or remove it there."""
        store = self._store_of(ready)
        self._forget(ready)
        if ready.drafts is None:
            store.delete(ready.task.document)
            return Outcome(ready.task, reason=ready.reason)
        try:
            store.put(ready.task.document, ready.drafts.chunks)
        except OF_THE_STORE:
            raise
        except StoreRefused as error:
            return self._store(Ready(ready.task, reason=f"The vector store: {error}"))
        except Exception as error:
            log.exception("Storing %s failed", ready.task.uri)
            return self._store(Ready(ready.task, reason=unexpected_reason(error)))
        return Outcome(ready.task, ready.drafts.etags, warnings=ready.drafts.warnings)

    def _store_of(self, ready: Ready) -> Store:
        return self._stores.of(ready.task.base, ready.task.languages)

    def _forget(self, ready: Ready) -> None:
        """Forget what is remembered of a document but its chunks as they are to be: before they
        are put, so that a crash leaves nothing.
        """
        texts = ready.drafts.texts.values() if ready.drafts else ()
        self._engine.forget(ready.task.document, but=texts)


class _Storer:
    """A thread that stores batches. If a step fails, the next one takes the same batch again."""

    def __init__(self, name: str, capacity: int, finish: Callable[[Sequence[Ready]], None]) -> None:
        self.waiting = Finished(capacity)
        self._finish = finish
        self._batch: Sequence[Ready] = ()
        self.loop = Loop(name, self._step, OF_THE_STORE)

    def _step(self) -> None:
        self._batch = self._batch or self.waiting.take()
        if self._batch:
            self._finish(self._batch)
        self._batch = ()
