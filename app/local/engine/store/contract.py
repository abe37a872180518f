"""The contract of every store, whether it is in this process or a server elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.local.engine.encoder import Vectors
from app.local.engine.neighbours import Neighbours
from app.local.engine.store.filters import Filter

Metadata = Mapping[str, str | float | bool | list[str]]


@dataclass(frozen=True)
class Chunk:
    """A piece of a document, as it is put into a store.

    Attributes:
        id: its name, unique in the store.
        text: the text that a hit shows, and whose words are searched.
        metadata: the values that filters test.
        vector: (dimension,) float32, unit length. None for a parent, which no search finds by
            itself, neither by vector nor by words.
        parent: the id of the chunk of the same document that is returned in its place.
        context: the title and headings over the text. Their words are searched as the text's are,
            and no hit shows them.
        neighbours: what completes the text, if it begins or ends within a list, a table, code or a
            sentence. No search looks at it.
    """

    id: str
    text: str
    metadata: Metadata
    vector: Vectors | None
    parent: str | None = None
    context: str = ""
    neighbours: Neighbours | None = None


@dataclass(frozen=True)
class StoreConfiguration:
    """The fixed properties of a store. It is opened again with the same.

    Attributes:
        dimension: the number of a vector's components.
        encoder: the identity of the encoder that makes the vectors; a store that does not know its
            own takes it as that. Empty: it is not known, and not compared.
    """

    dimension: int
    encoder: str = ""


@dataclass(frozen=True)
class Hit:
    """A chunk that a search found. Scores are 0 to 1, and fall from the best hit to the last.

    Attributes:
        context, neighbours: what the chunk was put with.
    """

    id: str
    document: str
    text: str
    metadata: Metadata
    score: float
    parent: str | None
    context: str = ""
    neighbours: Neighbours | None = None


class Store(Protocol):
    """Chunks of documents, searched by vector and by words.

    Any thread may call any method. Readers never wait for a writer, and see whole documents only:
    all chunks of a document as they were before a write, or all as they are after it.

    A write is durable when `put` or `delete` returns. It may become visible later: by itself, after
    a time that the engine chooses, or at the next `refresh`. Until then `search`, `parents`,
    `values` and `documents` may answer as before the write, so whoever reads what was just
    written calls `refresh` first. The embedded store shows every write at once; OpenSearch, for
    one, shows it after a second or after a refresh.
    """

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        """Store a document, or replace it. Durable on return; all or nothing."""

    def put_all(self, documents: Mapping[str, Sequence[Chunk]]) -> None:
        """Store documents, each as `put` does. All are durable on return; after an error each is
        there as a whole, as it was before or as it was to be.
        """

    def delete(self, document: str) -> None:
        """Delete a document. Durable on return. No error if there is no such document."""

    def refresh(self) -> None:
        """Make every write that has returned visible to the reads that follow."""

    def documents(self) -> dict[str, int]:
        """Every document, and the number of its chunks that a search can find."""

    def chunks(self, document: str) -> list[Chunk]:
        """The chunks of a document as they were put, in that order; none without the document."""

    def search(
        self,
        vector: Vectors,
        text: str | None,
        limit: int,
        filter: Filter | None = None,  # noqa: A002 (Bedrock's own name for it)
    ) -> list[Hit]:
        """The best `limit` chunks, best first; those of equal scores in the order of their ids.

        Args:
            vector: (dimension,) float32, unit length.
            text: the words to search for too (Bedrock's HYBRID), or None (SEMANTIC).
            limit: the most hits, at least 1.
            filter: the condition on a chunk's metadata; applied before the best are chosen.
        """

    def nearest_word(self, word: str) -> str | None:
        """A word of the chunks that is spelled almost like this plain, lower-case one; None if a
        chunk has the word itself in any form, or none is so near.
        """

    def values(self, key: str, limit: int) -> list[str | float | bool]:
        """The values that the chunks which a search can find have of a metadata key, each once;
        of a list its members. At most `limit` of them: those of the most chunks, these first.
        """

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        """The parent chunks with these ids, with score 0. Ids of other chunks are left out."""

    def close(self) -> None:
        """Close the files. Without it, nothing is lost."""


class Stores(Protocol):
    """The stores of one home, by name. Any thread may call any method."""

    def open(self, name: str, configuration: StoreConfiguration) -> Store:
        """Open a store, and make it first if there is none. The caller closes it.

        Raises:
            StoreInUse: it is open already.
            StoreDamaged: it cannot be read; `remove` it, and fill a new one.
            StoreForeign: its vectors are another encoder's; `remove` it, and fill a new one.
            StoreError: another version wrote it, or it cannot be reached.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a store with its contents. It must not be open. No error if there is none."""
        ...

    def names(self) -> set[str]:
        """The names of all stores."""
        ...


class StoreError(Exception):
    """A store could not do its work. The message says what to do next."""


class StoreFull(StoreError):
    """There is no room for the document. The store is as it was before."""


class StoreUnavailable(StoreError):
    """The server of the store does not answer, or not now: what was asked may be asked again. The
    message says what to look at.
    """


class StoreRefused(StoreError):
    """The server of the store refuses a document for good. The message has its reason."""


class StoreInUse(StoreError):
    """The store is open already, in this process or in another."""


class StoreForeign(StoreError):
    """The vectors of the store are of another encoder. Its documents have to be ingested again."""


class StoreDamaged(StoreError):
    """The database of the store cannot be read. Its documents have to be ingested again."""
