"""The store in a folder.

    truth.sqlite      every write that was acknowledged
    *.segment         the index over it, as far as it has been saved; it can be built again
    in-use            locked by the process that has the store open

A put commits to the truth first and then publishes the next index. A search works on the index that
was current when it began. If one of its hits is replaced meanwhile, the search begins again with
the next index.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import chain, count
from pathlib import Path
from threading import Condition
from typing import TypeVar

import numpy as np

from app.local.durability import make_folder, sync_folder
from app.local.engine.encoder import Vectors
from app.local.engine.store.analysis import terms
from app.local.engine.store.background_check import BackgroundCheck
from app.local.engine.store.checked import Damaged
from app.local.engine.store.contract import (
    Chunk,
    Hit,
    StoreConfiguration,
    StoreInUse,
)
from app.local.engine.store.filters import Filter
from app.local.engine.store.index import Index
from app.local.engine.store.live_index import LiveIndex
from app.local.engine.store.rules import check_document, check_query
from app.local.engine.store.search import nearest_term, search
from app.local.engine.store.spelled import word_of
from app.local.engine.store.truth import Row, Truth

T = TypeVar("T")


class EmbeddedStore:
    """A store in SQLite, with an index over it. Writes are visible at once."""

    def __init__(self, path: Path, configuration: StoreConfiguration) -> None:
        self._dimension = configuration.dimension
        make_folder(path)
        self._published = Condition()  # told when the index that has a commit is published
        self._is_committing = False
        with ExitStack() as resources:
            resources.enter_context(closing(_lock(path / "in-use")))
            self._truth = resources.enter_context(closing(Truth(path / "truth.sqlite")))
            self._truth.check_encoder(configuration)
            sync_folder(path)
            self._live = LiveIndex(path, self._truth, self._dimension)
            self._check = BackgroundCheck(self._live)
            self._resources = resources.pop_all()

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        self.put_all({document: chunks})

    def put_all(self, documents: Mapping[str, Sequence[Chunk]]) -> None:
        for chunks in documents.values():
            check_document(chunks, self._dimension)
        # Outside of the lock, so that other writers do not wait while a large document is indexed.
        rows = chain.from_iterable(_numbered(documents, 0).values())
        draft = self._live.segment([row for row in rows if row.chunk.vector is not None])
        with self._live.writing:
            first = self._truth.next_number()
            new = draft.numbered_from(first)
            with self._committing():
                self._live.change(self._truth.put(_numbered(documents, first)), new)
            self._live.tidy()

    def delete(self, document: str) -> None:
        with self._live.writing:
            with self._committing():
                self._live.change(self._truth.delete(document))
            self._live.tidy()

    def refresh(self) -> None:
        """Do nothing: a write is visible when it returns."""

    def documents(self) -> dict[str, int]:
        return self._truth.documents()

    def chunks(self, document: str) -> list[Chunk]:
        return [row.chunk for row in self._truth.chunks_of(document)]

    def search(
        self,
        vector: Vectors,
        text: str | None,
        limit: int,
        filter: Filter | None = None,  # noqa: A002 (Bedrock's own name for it)
    ) -> list[Hit]:
        check_query(vector, limit, self._dimension)
        index = self._live.current
        while True:
            index, (numbers, scores) = self._read(
                index, lambda index: search(index, vector, text, limit, filter)
            )
            rows = self._truth.chunks(numbers)
            if len(rows) == len(numbers):
                break
            index = self._after(index)
        score = dict(zip(numbers.tolist(), scores.tolist(), strict=True))
        hits = [_to_hit(row, score[row.number]) for row in rows]
        self._check.begin()
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit]

    def nearest_word(self, word: str) -> str | None:
        index = self._live.current
        while True:
            match terms(word):
                case [term]:
                    index, nearest = self._read(index, lambda index: nearest_term(index, term))
                case _:
                    return None
            if nearest is None:
                return None
            spelling, number = nearest
            rows = self._truth.chunks(np.array([number], np.int64))
            if rows:
                return word_of(spelling, rows[0].chunk)
            index = self._after(index)

    def values(self, key: str, limit: int) -> list[str | float | bool]:
        def count_in(index: Index) -> Counter[str]:
            counts: Counter[str] = Counter()
            for part in index.parts:
                counts.update(part.segment.attributes.count(key, part.alive))
            return counts

        _, counts = self._read(self._live.current, count_in)
        ordered = sorted(counts, key=lambda value: (-counts[value], value))
        return [json.loads(value) for value in ordered[:limit]]

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        return {row.chunk.id: _to_hit(row, score=0.0) for row in self._truth.parents(ids)}

    def close(self) -> None:
        self._check.close()
        self._live.close()
        with self._live.writing:
            self._resources.close()

    def settle(self) -> None:
        """Wait until the index has nothing left to merge. No answer depends on it."""
        self._live.settle()

    def _read(self, index: Index, read: Callable[[Index], T]) -> tuple[Index, T]:
        """What is read in an index, or in the one that follows it if a part of it is damaged; and
        which one it was.
        """
        while True:
            try:
                return index, read(index)
            except Damaged as damage:
                index = self._live.mend(index, damage)

    @contextmanager
    def _committing(self) -> Iterator[None]:
        """Commit to the truth, and publish the index that has it."""
        with self._published:
            self._is_committing = True
        try:
            yield
        finally:
            with self._published:
                self._is_committing = False
                self._published.notify_all()

    def _after(self, index: Index) -> Index:
        """Wait for the index that follows this one, which has chunks that the truth has no more;
        and for no later write, which the disk may be syncing.
        """
        with self._published:
            self._published.wait_for(
                lambda: self._live.current is not index or not self._is_committing
            )
            if self._live.current is index:
                raise self._truth.damage_error("chunks are missing")
            return self._live.current


def _numbered(documents: Mapping[str, Sequence[Chunk]], first: int) -> dict[str, list[Row]]:
    """The rows of documents, numbered from `first` on."""
    numbers = count(first)
    return {
        document: [Row(next(numbers), document, chunk) for chunk in chunks]
        for document, chunks in documents.items()
    }


def _to_hit(row: Row, score: float) -> Hit:
    chunk = row.chunk
    return Hit(
        chunk.id,
        row.document,
        chunk.text,
        chunk.metadata,
        score,
        chunk.parent,
        chunk.context,
        chunk.neighbours,
    )


def _lock(file: Path) -> sqlite3.Connection:
    """Lock a file until the result is closed or the process ends; SQLite can lock on every
    system.
    """
    lock = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("PRAGMA journal_mode = OFF")  # nothing is ever written
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise StoreInUse(
            f"{file.parent} is open already, here or in another process ({error}); close it there"
        ) from error
    return lock
