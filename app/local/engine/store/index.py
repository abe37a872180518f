"""The index over a store's chunks: segments, and which of their rows are alive.

    [ 140,000 ] [ 131,072 ] [ 100,000 ] [ 9,000 ] [ 700 ] [ 40 ] [ 3 ]

A put adds a small segment at the end; a delete or a replacement leaves dead rows. Segments are
merged so that each stays larger than GROWTH times all that follow it. So there are never more than
a few, and a chunk is merged only a few times (O'Neil and others, "The Log-Structured Merge-Tree",
1996; Lucene's indexes grow like this). A segment of FULL rows is merged no further: what a merge
takes of memory and of the disk has a bound, however large the index is.

An index is immutable: a change makes another index, and a reader goes on with the one it began
with.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.local.engine.store.attributes import Mask
from app.local.engine.store.checked import no_pause
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import Segment

GROWTH = 4
FULL = 131_072  # rows


@dataclass(frozen=True)
class Part:
    """A segment, which of its rows are alive, and the number of its file if it has been saved."""

    segment: Segment
    alive: Mask  # (n,)
    file: int | None = None

    @classmethod
    def whole(cls, segment: Segment, file: int | None = None) -> "Part":
        return cls(segment, np.ones(len(segment), np.bool_), file)

    @cached_property
    def size(self) -> int:
        """The number of living rows."""
        return int(np.count_nonzero(self.alive))

    @cached_property
    def dead(self) -> Integers:
        """The dead rows, ascending."""
        return np.flatnonzero(~self.alive)

    @property
    def is_full(self) -> bool:
        return len(self.segment) >= FULL

    @property
    def is_half_dead(self) -> bool:
        return 2 * self.size < len(self.segment)

    @cached_property
    def length(self) -> int:
        """The number of terms of all living rows together."""
        return int(self.segment.lengths[self.alive].sum(dtype=np.int64))

    def frequency(self, at: slice) -> int:
        """How many of the postings at a place are of living rows."""
        if not len(self.dead):
            return int(at.stop - at.start)
        rows, _ = self.segment.words.postings.part(at)
        if len(self.dead) > len(rows) // 8:
            return int(np.count_nonzero(self.alive.take(rows)))
        places = np.searchsorted(rows, self.dead.astype(rows.dtype))  # (dead,)
        is_within = places < len(rows)
        is_dead = rows[places[is_within]] == self.dead[is_within]
        return len(rows) - int(np.count_nonzero(is_dead))

    def postings(self, key: int) -> tuple[Integers, Integers]:
        """The living rows that have a term, (p,), and how often each has it, (p,)."""
        rows, counts = self.segment.words.read(key)
        if self.size == len(self.segment):
            return rows, counts
        living = self.alive[rows]  # (p,)
        return rows[living], counts[living]

    def without(self, numbers: Integers) -> "Part":
        """This part with the rows of these chunks dead."""
        is_known = self.segment.numbers
        rows = np.searchsorted(is_known, numbers).clip(max=len(is_known) - 1)  # (numbers,)
        rows = rows[is_known[rows] == numbers]
        if not len(rows):
            return self
        alive = self.alive.copy()
        alive[rows] = False
        return Part(self.segment, alive, self.file)


@dataclass(frozen=True)
class Index:
    parts: tuple[Part, ...] = ()

    @cached_property
    def size(self) -> int:
        """The number of chunks that a search can find."""
        return sum(part.size for part in self.parts)

    @cached_property
    def mean_length(self) -> float:
        """The mean number of terms of a chunk; 1 if there are no terms."""
        return sum(part.length for part in self.parts) / max(self.size, 1) or 1.0

    @cached_property
    def numbers(self) -> Integers:
        """The chunk of every row, dead or alive: (n,) int64."""
        none = np.empty(0, np.int64)
        return np.concatenate([none, *(part.segment.numbers for part in self.parts)])

    @cached_property
    def alive(self) -> Mask:
        """Which rows are alive: (n,)."""
        return np.concatenate([np.empty(0, np.bool_), *(part.alive for part in self.parts)])

    @cached_property
    def starts(self) -> Integers:
        """The number of the first row of each part."""
        return np.cumsum([0, *(len(part.segment) for part in self.parts)])[:-1]

    def spans(self) -> Iterator[tuple[Segment, int]]:
        """Each segment, and the number of its first row."""
        start = 0
        for part in self.parts:
            yield part.segment, start
            start += len(part.segment)

    def numbers_of(self, rows: Integers) -> Integers:
        """The chunks of ascending rows."""
        numbers = np.empty(len(rows), np.int64)
        for segment, start in self.spans():
            here = slice(*np.searchsorted(rows, (start, start + len(segment))))
            numbers[here] = segment.numbers[rows[here] - start]
        return numbers

    def change(self, dead: Integers, new: Segment | None = None) -> "Index":
        """The index without the chunks of these numbers, and with those of a new segment."""
        parts = [part.without(dead) for part in self.parts]
        if new is not None and len(new):
            parts.append(Part.whole(new))
        return Index(tuple(parts))

    def parts_to_merge(self) -> list[int]:
        """The places of the parts that have to be merged into one; none if all may stay.

        A full segment of which half is dead is written again, by itself. Of the others, one that is
        too small beside those that follow it, or half dead, is merged with these.
        """
        for place, part in enumerate(self.parts):
            if part.is_full and part.is_half_dead:
                return [place]
        small = [place for place, part in enumerate(self.parts) if not part.is_full]
        following = sum(self.parts[place].size for place in small)
        for position, place in enumerate(small):
            part = self.parts[place]
            following -= part.size
            if part.size < GROWTH * following or part.is_half_dead:
                return small[position:]
        return []

    def merge(self, places: Sequence[int], pause: Callable[[], None] = no_pause) -> Segment:
        """One segment of the living rows of the parts at these places.

        Args:
            pause: called between two steps.
        """
        parts = [self.parts[place] for place in places]
        segments, alive = [part.segment for part in parts], [part.alive for part in parts]
        return Segment.merge(segments, alive, pause)

    def with_merged(self, places: Sequence[int], part: Part) -> "Index":
        """The index with one part in place of these, unless it is empty."""
        parts: list[Part | None] = list(self.parts)
        for place in places:
            parts[place] = None
        parts[places[-1]] = part if part.size else None
        return Index(tuple(each for each in parts if each is not None))
