"""What a store promises, whichever engine fills it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.local.engine.store.filters import Filter

Vectors = NDArray[np.float32]
DIMENSION = 384
Metadata = Mapping[str, str | float | bool | list[str]]


@dataclass(frozen=True)
class Chunk:
    """A piece of a document, as it is put into a store.

    Attributes:
        id: its name, unique in the store.
        text: what it says, and what its words are searched in.
        metadata: what filters see.
        vector: (384,) float32, unit length. None for a parent, which is returned and never
            searched, neither by vector nor by words.
        parent: the id of the chunk that is returned in its place, in the same document.
    """

    id: str
    text: str
    metadata: Metadata
    vector: Vectors | None
    parent: str | None = None


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
    """

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        """Store a document, in place of what it was before. Durable on return; all or nothing."""

    def delete(self, document: str) -> None:
        """Forget a document. Durable on return; a document that is not there is fine."""

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
            vector: (384,) float32, unit length.
            text: the words to look for too (Bedrock's HYBRID), or None (SEMANTIC).
            limit: how many, at least 1.
            filter: only chunks whose metadata it holds for; applied before the best are chosen.
        """

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        """Parent chunks by id, with score 0; an id that is not a parent's is left out."""

    def close(self) -> None:
        """Let go of files. Nothing is lost without it."""


class StoreError(Exception):
    """A store cannot do what it was asked. The message says what to do next."""


class StoreFull(StoreError):
    """There is no room for the document. It was not stored; what was there is as before."""


class StoreInUse(StoreError):
    """The store is open already, here or in another process."""


class StoreDamaged(StoreError):
    """The store's truth cannot be read. Its documents have to be ingested again."""
