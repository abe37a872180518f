"""What a store promises, whichever engine is behind it: one in this process, or one far away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.local.engine.encoder import Vectors
from app.local.engine.store.filters import Filter

Metadata = Mapping[str, str | float | bool | list[str]]


@dataclass(frozen=True)
class Chunk:
    """A piece of a document, as it is put into a store.

    Attributes:
        id: its name, unique in the store.
        text: what it says, and what its words are searched in.
        metadata: what filters see.
        vector: (dimension,) float32, unit length. None for a parent, which is returned and never
            searched, neither by vector nor by words.
        parent: the id of the chunk that is returned in its place, in the same document.
    """

    id: str
    text: str
    metadata: Metadata
    vector: Vectors | None
    parent: str | None = None


@dataclass(frozen=True)
class StoreConfiguration:
    """What a store is made for. Whoever opens it again gives the same.

    Attributes:
        dimension: how many components a vector has.
    """

    dimension: int


@dataclass(frozen=True)
class Hit:
    """A chunk, as a search found it. `score` is 0 to 1, and falls with rank."""

    id: str
    document: str
    text: str
    metadata: Metadata
    score: float
    parent: str | None


class Store(Protocol):
    """Chunks of documents, searched by vector and by words.

    Any thread may call any method. Readers never wait for a writer, and see whole documents only:
    all of a document's chunks, as they were before a write or as they are after it.

    What `put` or `delete` wrote is durable when it returns, and may become visible later: by
    itself, after a time that the engine chooses, or at the next `refresh`. Until then `search`,
    `parents` and `documents` may answer as before the write. So whoever reads what was just
    written calls `refresh` first. The embedded store shows every write at once; OpenSearch, for
    one, shows it after a second or after a refresh.
    """

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        """Store a document, in place of what it was before. Durable on return; all or nothing."""

    def delete(self, document: str) -> None:
        """Forget a document. Durable on return; a document that is not there is fine."""

    def refresh(self) -> None:
        """Make every write that has returned visible to whatever is read from now on."""

    def documents(self) -> dict[str, int]:
        """Every document, and how many chunks of it can be found by a search."""

    def search(
        self,
        vector: Vectors,
        text: str | None,
        limit: int,
        filter: Filter | None = None,  # noqa: A002 (Bedrock's own name for it)
    ) -> list[Hit]:
        """The best `limit` chunks, best first; equal scores in the order of their ids.

        Args:
            vector: (dimension,) float32, unit length.
            text: the words to look for too (Bedrock's HYBRID), or None (SEMANTIC).
            limit: how many, at least 1.
            filter: only chunks whose metadata it holds for; applied before the best are chosen.
        """

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        """Parent chunks by id, with score 0; an id that is not a parent's is left out."""

    def close(self) -> None:
        """Let go of files. Nothing is lost without it."""


class Stores(Protocol):
    """The stores of one home, by name. Any thread may call any method."""

    def open(self, name: str, configuration: StoreConfiguration) -> Store:
        """Open a store, and make it if it is not there. Whoever opens a store closes it.

        Raises:
            StoreInUse: it is open already.
            StoreDamaged: it cannot be read; `remove` it, and fill a new one.
            StoreError: it was made for another configuration, or cannot be reached.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a store that is not open, and all that it holds; one that is not there is fine."""
        ...

    def names(self) -> set[str]:
        """The names of all stores that are there."""
        ...


class StoreError(Exception):
    """A store cannot do what it was asked. The message says what to do next."""


class StoreFull(StoreError):
    """There is no room for the document. It was not stored; what was there is as before."""


class StoreInUse(StoreError):
    """The store is open already, here or in another process."""


class StoreDamaged(StoreError):
    """The store's truth cannot be read. Its documents have to be ingested again."""
