"""The index of a store as it is now: changed by each write, merged beside, saved, mended.

    a write     the index with its chunks, and without those that they replace, is published;
                parts with few rows are merged at once
    beside      a thread merges the parts that have become too many or too empty, saves the result,
                and publishes it in their place; it ends when there is nothing left to merge

A write does not wait for a merge beside it, unless parts come faster than they are merged. A search
waits for neither: it works on the index that it began with.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import randbits
from threading import Condition, Lock, Thread, current_thread

import numpy as np

from app.local.engine.store.checked import Damaged
from app.local.engine.store.contract import StoreError
from app.local.engine.store.index import Index, Part
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import Segment
from app.local.engine.store.truth import Row, Truth

SAVED = 256  # chunks; a smaller segment is not saved, but built again when the store is opened
BATCH = 4096  # chunks
MANY = 24  # parts; a write that finds more waits for the next merge
PAUSE = 0.0005  # seconds between two steps of a merge, in which a search gets the interpreter

NONE = np.empty(0, np.int64)

log = logging.getLogger(__name__)


class LiveIndex:
    """The index over a truth, and its files in a folder.

    Attributes:
        writing: held while anything is changed; the index that is published may be read without.
        current: what is published. Immutable.

    Raises:
        StoreDamaged: the truth cannot be read.
    """

    def __init__(self, folder: Path, truth: Truth, dimension: int) -> None:
        self._folder, self._truth, self._dimension = folder, truth, dimension
        self.writing = Lock()
        self.current = Index()
        self._merged = Condition(self.writing)  # told when a merge has ended
        self._merger: Thread | None = None
        self._is_closed = False
        self._in_merge: Sequence[Segment] = ()  # of which the thread makes one
        self._restore()

    def segment(self, rows: Sequence[Row]) -> Segment:
        return Segment.of(
            [row.number for row in rows], [row.chunk for row in rows], self._dimension
        )

    def change(self, dead: Integers, new: Segment | None = None) -> None:
        """Publish the index without the chunks of these numbers, and with those of a new segment.
        The caller is writing.
        """
        self.current = self.current.change(dead, new)

    def tidy(self) -> None:
        """Merge small parts at once, and begin to merge the others beside. The caller is writing,
        and waits here only if there are too many parts.
        """
        if places := self._small_parts_to_merge():
            merged = self.current.merge(places)
            self.current = self.current.with_merged(places, Part.whole(merged))
        if self.current.parts_to_merge() and not self._is_closed:
            if self._merger is None or not self._merger.is_alive():
                self._merger = Thread(target=self._merge_beside, name="merger", daemon=True)
                self._merger.start()
            self._merged.wait_for(lambda: not self._is_merging or self._count <= MANY)

    def settle(self) -> None:
        """Wait until there is nothing left to merge."""
        with self.writing:
            self._merged.wait_for(lambda: not self._is_merging)

    def mend(self, index: Index, damage: Damaged) -> Index:
        """Build the parts of an index again whose files turned out to be damaged while they were
        read, unless it is not the current one any more; the one that is then.
        """
        with self.writing:
            if self.current is index:
                self._mend(damage)
            return self.current

    def close(self) -> None:
        """End a merge; what it had done is done again at another time."""
        with self.writing:
            self._is_closed = True
            merger = self._merger
        if merger is not None:
            merger.join()

    @property
    def _count(self) -> int:
        """The number of parts that are still to be merged with others."""
        return sum(not part.is_full for part in self.current.parts)

    @property
    def _is_merging(self) -> bool:
        return self._merger is not None and self._merger.is_alive()

    def _small_parts_to_merge(self) -> list[int]:
        """The places of the last parts that have to be merged into one, and that need not be saved.
        Those before them wait for the merge beside; so while that takes long, there are still few.
        """
        parts = self.current.parts
        first, size = len(parts), 0
        while first and not self._is_in_merge(first - 1):
            size += len(parts[first - 1].segment)
            if size >= SAVED:
                break
            first -= 1
        return [first + place for place in Index(parts[first:]).parts_to_merge()]

    def _is_in_merge(self, place: int) -> bool:
        return any(self.current.parts[place].segment is segment for segment in self._in_merge)

    def _merge_beside(self) -> None:
        """Merge until there is nothing left to merge, or the store is closed."""
        try:
            while self._merge_once():
                pass
        except _Closed:
            pass
        finally:
            with self.writing:
                if self._merger is current_thread():  # else one began after this one's last look
                    self._merger, self._in_merge = None, ()
                self._merged.notify_all()

    def _merge_once(self) -> bool:
        with self.writing:
            index = self.current
            places = index.parts_to_merge()
            if not places or self._is_closed:
                self._merger = None  # a write after this one begins another
                return False
            parts = [index.parts[place] for place in places]
            self._in_merge = [part.segment for part in parts]
        try:
            merged = self._save(index.merge(places, self._pause))
        except Damaged as damage:
            self.mend(self.current, damage)
            return True
        with self.writing:
            self._replace(parts, merged)
            self._in_merge = ()
            self._merged.notify_all()
        return True

    def _pause(self) -> None:
        """Let others have the interpreter.

        Raises:
            _Closed: the store is being closed.
        """
        if self._is_closed:
            raise _Closed
        time.sleep(PAUSE)

    def _replace(self, parts: Sequence[Part], merged: Part) -> None:
        """Publish a part in place of those that it was made of, without what died meanwhile."""
        by_segment = {id(part.segment): place for place, part in enumerate(self.current.parts)}
        places = [by_segment.get(id(part.segment)) for part in parts]
        known = [place for place in places if place is not None]
        if len(known) == len(parts):  # and none was mended
            for part, place in zip(parts, known, strict=True):
                has_died = part.alive & ~self.current.parts[place].alive
                merged = merged.without(part.segment.numbers[has_died])
            self.current = self.current.with_merged(known, merged)
            self._record()
        elif merged.file is not None:
            self._path_of(merged.file).unlink(missing_ok=True)

    def _restore(self) -> None:
        """Load the index from its files, and build the rest of it from the truth."""
        self._files = self._truth.segments()
        numbers = self._truth.numbers()
        parts = sorted(self._parts(numbers), key=lambda part: -part.size)
        self.current = Index(tuple(parts))
        missing = np.setdiff1d(numbers, self.current.numbers, assume_unique=True)
        for segment in self._built(missing):
            self.current = self.current.change(NONE, segment)
            self._merge()
        self._record()
        self._remove_strays()

    def _merge(self) -> None:
        """Merge what has to be merged at the end of the index, here and now."""
        if places := self.current.parts_to_merge():
            try:
                merged = self.current.merge(places)
            except Damaged as damage:
                self._mend(damage)
            else:
                self.current = self.current.with_merged(places, self._save(merged))
                self._record()

    def _parts(self, numbers: Integers) -> Iterator[Part]:
        for file in self._files:
            try:
                segment = Segment.load(self._path_of(file))
            except Damaged as damage:
                log.warning("%s; its part of the index is built again", damage)
            else:
                yield Part(segment, np.isin(segment.numbers, numbers), file)

    def _remove_strays(self) -> None:
        """Remove the files that a crash left: unfinished, or not recorded in the truth."""
        recorded_files = set(map(self._path_of, self._files))
        strays = {*self._folder.glob("*.segment"), *self._folder.glob("*.aside")} - recorded_files
        for file in strays:
            file.unlink()

    def _path_of(self, file: int) -> Path:
        return self._folder / f"{file:016x}.segment"

    def _mend(self, damage: Damaged) -> None:
        log.warning("%s; its part of the index is built again", damage)
        parts = []
        for part in self.current.parts:
            try:
                part.segment.check()
            except Damaged:
                batches = tuple(map(Part.whole, self._built(part.segment.numbers[part.alive])))
                if batches:
                    merged = Index(batches).merge(range(len(batches)))
                    parts.append(self._save(merged))
            else:
                parts.append(part)
        self.current = Index(tuple(parts))
        self._record()

    def _built(self, numbers: Integers) -> Iterator[Segment]:
        """Segments of these chunks, built from the truth."""
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH]
            rows = self._truth.chunks(batch)
            if len(rows) < len(batch):
                raise self._truth.damage_error("chunks are missing")
            yield self.segment(sorted(rows))

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
        files = {part.file for part in self.current.parts if part.file is not None}
        if files != self._files:
            with _tolerate_unsaved():
                self._truth.record_segments(files)
                for file in self._files - files:
                    self._path_of(file).unlink(missing_ok=True)
                self._files = files


class _Closed(Exception):
    """The store is being closed."""


@contextmanager
def _tolerate_unsaved() -> Iterator[None]:
    """Ignore that the index could not be saved: a put has succeeded once the truth has it."""
    try:
        yield
    except (OSError, StoreError, Damaged) as error:
        log.warning(
            "a part of the index was not saved, and is built again at the next opening: %s", error
        )
