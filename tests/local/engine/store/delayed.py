"""A store as one far away may be: a write is durable at once, and visible after a refresh."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.local.engine.store import Chunk, Hit, StoreConfiguration, Vectors, open_embedded
from app.local.engine.store.filters import Filter


class DelayedStore:
    """Two embedded stores: one that has every write, and one that readers are shown.

    Between opening and closing nothing becomes visible by itself.
    """

    def __init__(self, path: Path, configuration: StoreConfiguration) -> None:
        self._durable = open_embedded(path / "durable", configuration)
        self._visible = open_embedded(path / "visible", configuration)
        self._waiting: list[tuple[str, Sequence[Chunk] | None]] = []

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        self._durable.put(document, chunks)
        self._waiting.append((document, chunks))

    def put_all(self, documents: Mapping[str, Sequence[Chunk]]) -> None:
        for document, chunks in documents.items():
            self.put(document, chunks)

    def delete(self, document: str) -> None:
        self._durable.delete(document)
        self._waiting.append((document, None))

    def refresh(self) -> None:
        while self._waiting:
            document, chunks = self._waiting.pop(0)
            if chunks is None:
                self._visible.delete(document)
            else:
                self._visible.put(document, chunks)

    def documents(self) -> dict[str, int]:
        return self._visible.documents()

    def chunks(self, document: str) -> list[Chunk]:
        return self._visible.chunks(document)

    def search(
        self,
        vector: Vectors,
        text: str | None,
        limit: int,
        filter: Filter | None = None,  # noqa: A002 (as in the contract)
    ) -> list[Hit]:
        return self._visible.search(vector, text, limit, filter)

    def nearest_word(self, word: str) -> str | None:
        return self._visible.nearest_word(word)

    def values(self, key: str, limit: int) -> list[str | float | bool]:
        return self._visible.values(key, limit)

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        return self._visible.parents(ids)

    def close(self) -> None:
        self.refresh()
        self._durable.close()
        self._visible.close()
