"""The store in a folder.

    truth.sqlite      every write that was acknowledged
    *.segment         the index over it, as far as it has been saved; it can be built again
    in-use            locked by the process that has the store open

A put commits to the truth first and then publishes the next index. A search works on the index that
was current when it began. If one of its hits is replaced meanwhile, the search begins again with
the next index.
"""

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from secrets import randbits
from threading import Lock

import numpy as np

from app.local.durability import make_folder, sync_folder
from app.local.engine.encoder import Vectors
from app.local.engine.store import arrays
from app.local.engine.store.analysis import terms
from app.local.engine.store.contract import (
    Chunk,
    Hit,
    StoreConfiguration,
    StoreError,
    StoreInUse,
)
from app.local.engine.store.filters import Filter
from app.local.engine.store.index import Index, Part
from app.local.engine.store.inverted import Integers
from app.local.engine.store.rules import check_document, check_query
from app.local.engine.store.search import nearest_term, search
from app.local.engine.store.segment import Segment
from app.local.engine.store.spelled import word_of
from app.local.engine.store.truth import Row, Truth

SAVED = 256  # chunks; a smaller segment is not saved, but built again when the store is opened
BATCH = 4096  # chunks

NONE = np.empty(0, np.int64)

log = logging.getLogger(__name__)


class EmbeddedStore:
    """A store in SQLite, with an index over it. Writes are visible at once."""

    def __init__(self, path: Path, configuration: StoreConfiguration) -> None:
        self._dimension = configuration.dimension
        make_folder(path)
        self._path = path
        self._writing = Lock()
        self._committing = Lock()  # held from a commit until the index that has it is published
        self._index = Index()
        with ExitStack() as resources:
            resources.enter_context(closing(_lock(path / "in-use")))
            self._truth = resources.enter_context(closing(Truth(path / "truth.sqlite")))
            self._truth.check_encoder(configuration)
            sync_folder(path)
            self._restore()
            self._resources = resources.pop_all()

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        check_document(chunks, self._dimension)
        rows = [Row(number, document, chunk) for number, chunk in enumerate(chunks)]
        # Outside of the lock, so that other writers do not wait while a large document is indexed.
        draft = self._segment([row for row in rows if row.chunk.vector is not None])
        with self._writing:
            first = self._truth.next_number()
            rows = [Row(number, document, chunk) for number, chunk in enumerate(chunks, first)]
            new = draft.numbered_from(first)
            with self._committing:
                replaced_numbers = self._truth.put(document, rows)
                self._index = self._index.change(replaced_numbers, new)
            self._merge()

    def delete(self, document: str) -> None:
        with self._writing:
            with self._committing:
                self._index = self._index.change(self._truth.delete(document))
            self._merge()

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
        index = self._index
        while True:
            try:
                numbers, scores = search(index, vector, text, limit, filter)
            except arrays.Damaged as damage:
                with self._writing:
                    if self._index is index:  # and no other has mended it meanwhile
                        self._mend(damage)
                    index = self._index
                continue
            rows = self._truth.chunks(numbers)
            if len(rows) == len(numbers):
                break
            index = self._after(index)
        score = dict(zip(numbers.tolist(), scores.tolist(), strict=True))
        hits = [_to_hit(row, score[row.number]) for row in rows]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit]

    def nearest_word(self, word: str) -> str | None:
        index = self._index
        while True:
            match terms(word):
                case [term] if nearest := nearest_term(index, term):
                    spelling, number = nearest
                case _:
                    return None
            rows = self._truth.chunks(np.array([number], np.int64))
            if rows:
                return word_of(spelling, rows[0].chunk)
            index = self._after(index)

    def values(self, key: str, limit: int) -> list[str | float | bool]:
        counts: Counter[str] = Counter()
        for part in self._index.parts:
            counts.update(part.segment.attributes.count(key, part.alive))
        ordered = sorted(counts, key=lambda value: (-counts[value], value))
        return [json.loads(value) for value in ordered[:limit]]

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        return {row.chunk.id: _to_hit(row, score=0.0) for row in self._truth.parents(ids)}

    def close(self) -> None:
        with self._writing:
            self._resources.close()

    def _segment(self, rows: Sequence[Row]) -> Segment:
        return Segment.of(
            [row.number for row in rows], [row.chunk for row in rows], self._dimension
        )

    def _after(self, index: Index) -> Index:
        """Wait for the index that follows this one, which has chunks that the truth has no more."""
        with self._committing:
            if self._index is index:
                raise self._truth.damage_error("chunks are missing")
            return self._index

    def _restore(self) -> None:
        """Load the index from its files, and build the rest of it from the truth."""
        self._files = self._truth.segments()
        numbers = self._truth.numbers()
        parts = sorted(self._parts(numbers), key=lambda part: -part.size)
        self._index = Index(tuple(parts))
        missing = np.setdiff1d(numbers, self._index.numbers, assume_unique=True)
        for segment in self._built(missing):
            self._index = self._index.change(NONE, segment)
            self._merge()
        self._record()
        self._remove_strays()

    def _parts(self, numbers: Integers) -> Iterator[Part]:
        for file in self._files:
            try:
                segment = Segment.load(self._path_of(file))
            except arrays.Damaged as damage:
                log.warning("%s; its part of the index is built again", damage)
            else:
                yield Part(segment, np.isin(segment.numbers, numbers), file)

    def _remove_strays(self) -> None:
        """Remove the files that a crash left: unfinished, or not recorded in the truth."""
        recorded_files = set(map(self._path_of, self._files))
        for file in {*self._path.glob("*.segment"), *self._path.glob("*.aside")} - recorded_files:
            file.unlink()

    def _path_of(self, file: int) -> Path:
        return self._path / f"{file:016x}.segment"

    def _merge(self) -> None:
        """Merge the segments that have become too many or too empty, and save the result."""
        if places := self._index.parts_to_merge():
            try:
                merged = self._index.merge(places)
            except arrays.Damaged as damage:
                self._mend(damage)
            else:
                self._index = self._index.with_merged(places, self._save(merged))
                self._record()

    def _mend(self, damage: arrays.Damaged) -> None:
        """Build the parts of the index again whose files turned out to be damaged while they were
        read.
        """
        log.warning("%s; its part of the index is built again", damage)
        parts = []
        for part in self._index.parts:
            try:
                part.segment.vectors.all()
            except arrays.Damaged:
                batches = tuple(map(Part.whole, self._built(part.segment.numbers[part.alive])))
                if batches:
                    merged = Index(batches).merge(range(len(batches)))
                    parts.append(self._save(merged))
            else:
                parts.append(part)
        self._index = Index(tuple(parts))
        self._record()

    def _built(self, numbers: Integers) -> Iterator[Segment]:
        """Segments of these chunks, built from the truth."""
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH]
            rows = self._truth.chunks(batch)
            if len(rows) < len(batch):
                raise self._truth.damage_error("chunks are missing")
            yield self._segment(sorted(rows))

    def _save(self, segment: Segment) -> Part:
        part = Part.whole(segment)
        if len(segment) >= SAVED:
            with _tolerate_unsaved():
                file = randbits(62)
                segment.save(self._path_of(file))
                part = Part.whole(Segment.load(self._path_of(file)), file)
        return part

    def _record(self) -> None:
        """Record the index's files in the truth, and remove the files of no segment."""
        files = {part.file for part in self._index.parts if part.file is not None}
        if files != self._files:
            with _tolerate_unsaved():
                self._truth.record_segments(files)
                for file in self._files - files:
                    self._path_of(file).unlink(missing_ok=True)
                self._files = files


@contextmanager
def _tolerate_unsaved() -> Iterator[None]:
    """Ignore that the index could not be saved: a put has succeeded once the truth has it."""
    try:
        yield
    except (OSError, StoreError, arrays.Damaged) as error:
        log.warning(
            "a part of the index was not saved, and is built again at the next opening: %s", error
        )


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
