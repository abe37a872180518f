"""Knowledge Bases: what Bedrock does behind ingestion.

    document  -> fetch       its bytes and attributes, from a bucket or from the call
              -> parse       sections of text
              -> chunk       pieces, as the data source's ChunkingConfiguration asks
              -> encode      a vector a piece, many documents at a time
              -> store.put   all pieces of the document at once
              -> INDEXED

An answer comes first, the work after it: a call writes what is asked for into the state and is
answered; the worker does it, and the state says how far it is.

    bases, sources, jobs, documents          the operations, on the state
    state, queue, recovery                   what is asked for and what is done, through crashes
    worker, scan, reading, drafts, fetch     document -> INDEXED
    backlog                                  whose turn it is
    sidecar, chunking_configuration          its attributes; how it is cut
    stores, embeddings                       what the others share

How a document is parsed, cut, embedded and stored is the engine's. What is indexed here is found
by Retrieve, an operation of bedrock-agent-runtime: `Knowledge.searchable` is its way in.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.local.bedrock_agent.knowledge_bases import bases, queue
from app.local.bedrock_agent.knowledge_bases.fetch import Buckets, Fetch
from app.local.bedrock_agent.knowledge_bases.recovery import recover
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.bedrock_agent.knowledge_bases.stores import BaseStores
from app.local.bedrock_agent.knowledge_bases.worker import Worker
from app.local.control import Act
from app.local.engine import Engine
from app.local.engine.store import Store
from app.local.wire import JSON

__all__ = ["Buckets", "Knowledge"]


@dataclass(frozen=True)
class SearchableBase:
    """A base as Retrieve sees it: the type of store that it was declared with, and the store."""

    storage: str
    store: Store

    def location(self, document: str) -> tuple[Literal["S3", "CUSTOM"], str]:
        """Where a document of the store comes from: a URI in S3, or the id that a caller gave."""
        _, _, uri = document.partition("/")
        if uri.startswith(queue.CUSTOM):
            return "CUSTOM", uri.removeprefix(queue.CUSTOM)
        return "S3", uri


class Knowledge:
    """All Knowledge Bases of a home.

    Args:
        home: they lie in `home/knowledge`.
        engine: parses, embeds and stores documents.
        buckets: where the documents of S3 data sources lie.
    """

    def __init__(self, home: Path, engine: Engine, buckets: Buckets) -> None:
        self.fetch = Fetch(buckets)
        self._state = State(home / "knowledge" / "state.sqlite")
        self._stores = BaseStores(engine)
        self._worker = Worker(self._state, self._stores, buckets, engine)

    def start(self) -> None:
        """Take up what was left, and whatever comes."""
        recover(self._state, self._stores)
        self._worker.start()

    def read(self, act: Act, params: JSON) -> JSON:
        """Answer an operation that changes nothing."""
        return self._state.read(act, params)

    def write(self, operation: str, act: Act, params: JSON) -> JSON:
        """Answer an operation that changes something, once a `clientToken`."""
        answer = self._state.write(operation, act, params)
        self._worker.wake()
        return answer

    def has(self, base: str) -> bool:
        """Whether there is a Knowledge Base with this id, and it is not being deleted."""
        with self._state.transaction() as db:
            return bases.active(db, base)

    def searchable(self, base: str) -> SearchableBase:
        """What Retrieve needs to know of a base.

        Raises:
            ServiceError: ResourceNotFoundException, or ConflictException while it is deleted;
                DependencyFailedException while its store is rebuilt: what a search would find is
                not all.
        """
        with self._state.transaction() as db:
            storage = bases.storage(bases.usable(db, base))
            bases.refuse_while_rebuilding(db, base)
        return SearchableBase(storage, self._stores.of(base))

    def close(self) -> None:
        """Stop, soon. What is not done then is done after the next start."""
        self._worker.close()
        self._stores.close()
        self._state.close()
