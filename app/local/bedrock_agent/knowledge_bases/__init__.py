"""Knowledge Bases: what Bedrock does behind ingestion and Retrieve.

    document  -> fetch       its bytes and attributes, from a bucket or from the call
              -> parse       sections of text
              -> chunk       pieces, as the data source's ChunkingConfiguration asks
              -> encode      a vector a piece, many documents at a time
              -> store.put   all pieces of the document at once
              -> INDEXED

    question  -> encode      a vector
              -> store.search    with the question's words (HYBRID) or without (SEMANTIC)
              -> passages

An answer comes first, the work after it: a call writes what is asked for into the state and is
answered; the worker does it, and the state says how far it is.

    bases, sources, jobs, documents          the operations, on the state
    state, queue, recovery                   what is asked for and what is done, through crashes
    worker, scan, reading, drafts, fetch     document -> INDEXED
    backlog                                  whose turn it is
    parse, chunk, sidecar                    its stages
    retrieval                                question -> passages
    stores, embeddings                       what the others share
"""

from collections.abc import Callable
from pathlib import Path

from app.local.bedrock_agent.knowledge_bases import bases
from app.local.bedrock_agent.knowledge_bases.drafts import Parser
from app.local.bedrock_agent.knowledge_bases.fetch import Buckets, Fetch
from app.local.bedrock_agent.knowledge_bases.recovery import recover
from app.local.bedrock_agent.knowledge_bases.retrieval import retrieve
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.bedrock_agent.knowledge_bases.stores import Stores
from app.local.bedrock_agent.knowledge_bases.worker import Worker
from app.local.control import Act
from app.local.engine.chunk import Encoder
from app.local.engine.store import Store, embedded
from app.local.wire import JSON

__all__ = ["Buckets", "Encoder", "Knowledge", "Parser"]


class Knowledge:
    """All Knowledge Bases of a home.

    Args:
        home: they lie in `home/knowledge`.
        encoder: embeds documents and questions.
        parser: makes what reads documents, one a thread. They are closed with this.
        buckets: where the documents of S3 data sources lie.
        open_store: opens the store in a folder.
    """

    def __init__(
        self,
        home: Path,
        encoder: Encoder,
        parser: Callable[[], Parser],
        buckets: Buckets,
        open_store: Callable[[Path], Store] = embedded,
    ) -> None:
        self.fetch = Fetch(buckets)
        self._state = State(home / "knowledge" / "state.sqlite")
        self._stores = Stores(home / "knowledge" / "stores", open_store)
        self._encoder = encoder
        self._worker = Worker(self._state, self._stores, buckets, parser, encoder)

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

    def retrieve(self, params: JSON) -> JSON:
        """Answer Retrieve."""
        return retrieve(self._state, self._stores, self._encoder, params)

    def close(self) -> None:
        """Stop, soon. What is not done then is done after the next start."""
        self._worker.close()
        self._stores.close()
        self._state.close()
