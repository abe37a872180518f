"""Knowledge Bases: from a document in a bucket or a request to chunks in a store.

    document    -> fetch          its bytes and attributes, from a bucket or from the request
                -> parse          sections of text
                -> chunk          pieces, by the data source's ChunkingConfiguration
                -> encode         a vector for each piece, of many documents at a time
                -> store.put      all pieces of the document at once
                -> INDEXED

A request is answered before its work is done: it is recorded in the state and answered; then the
worker does the work and records its progress there.

    bases, sources, jobs, documents           the operations, on the state
    state, queue, recovery                    the recorded work, which survives crashes
    worker, scan, reading, drafts, fetch      document -> INDEXED
    backlog                                   which document comes next
    sidecar, chunking_configuration           a document's attributes; how it is cut
    stores, embeddings                        the stores of bases; embedding models

The engine parses, cuts, embeds and stores documents. Retrieve, an operation of
bedrock-agent-runtime, searches them through `Knowledge.searchable`.
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
from app.local.engine.encoder import Languages
from app.local.engine.store import Store
from app.local.wire import JSON

__all__ = ["Buckets", "Knowledge"]


@dataclass(frozen=True)
class SearchableBase:
    """A base as Retrieve sees it: the type of store that it was declared with, the store, and which
    encoder filled it.
    """

    storage: str
    store: Store
    languages: Languages

    def location(self, document: str) -> tuple[Literal["S3", "CUSTOM"], str]:
        """The origin of a document of the store: a URI in S3, or the id that a caller gave it."""
        _, _, uri = document.partition("/")
        if uri.startswith(queue.CUSTOM):
            return "CUSTOM", uri.removeprefix(queue.CUSTOM)
        return "S3", uri


class Knowledge:
    """All Knowledge Bases of a home.

    Args:
        home: their folder is `home/knowledge`.
        engine: parses, embeds and stores documents.
        buckets: the buckets of S3 data sources.
    """

    def __init__(self, home: Path, engine: Engine, buckets: Buckets) -> None:
        self.fetch = Fetch(buckets)
        self._state = State(home / "knowledge" / "state.sqlite")
        self._stores = BaseStores(engine)
        self._worker = Worker(self._state, self._stores, buckets, engine)

    def start(self) -> None:
        """Start the worker, which goes on with the work that was left."""
        recover(self._state, self._stores)
        self._worker.start()

    def read(self, act: Act, params: JSON) -> JSON:
        """Answer an operation that changes nothing."""
        return self._state.read(act, params)

    def write(self, operation: str, act: Act, params: JSON) -> JSON:
        """Answer an operation that changes something; a `clientToken` only once."""
        answer = self._state.write(operation, act, params)
        self._worker.wake()
        return answer

    def has(self, base: str) -> bool:
        """Whether a Knowledge Base has this id, and is not being deleted."""
        with self._state.transaction() as db:
            return bases.is_active(db, base)

    def searchable(self, base: str) -> SearchableBase:
        """The base as Retrieve needs it.

        Raises:
            ServiceError: ResourceNotFoundException, or ConflictException while it is deleted;
                DependencyFailedException while its store is rebuilt, when a search would miss
                documents.
        """
        with self._state.transaction() as db:
            row = bases.usable(db, base)
            bases.refuse_while_rebuilding(db, base)
        languages = bases.languages(row)
        return SearchableBase(bases.storage(row), self._stores.of(base, languages), languages)

    def close(self) -> None:
        """Stop soon. The work that is left is done after the next start."""
        self._worker.close()
        self._stores.close()
        self._state.close()
