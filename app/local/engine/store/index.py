"""The index over a store's chunks: segments, and which of their rows are alive.

    [ 100,000 ] [ 9,000 ] [ 700 ] [ 40 ] [ 3 ]

A put adds a small segment at the end; a delete or a replacement leaves dead rows. Segments are
merged so that each stays larger than GROWTH times all that follow it. So there are never more than
a few, and a chunk is merged only a few times (O'Neil and others, "The Log-Structured Merge-Tree",
1996; Lucene's indexes grow like this).

An index is immutable: a change makes another index, and a reader goes on with the one it began
with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.local.engine.store.attributes import Mask
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import Segment

GROWTH = 4


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
    def length(self) -> int:
        """The number of terms of all living rows together."""
        return int(self.segment.lengths[self.alive].sum(dtype=np.int64))

    def postings(self, key: int) -> tuple[Integers, Integers]:
        """The living rows that have a term, (p,), and how often each has it, (p,)."""
        words = self.segment.words
        at = words.find(key)
        rows, counts = words.rows[at], words.counts[at]
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

    def first_part_to_merge(self) -> int | None:
        """The place of the first part that has to be merged with all that follow it; None if there
        is none.

        It is too small beside those that follow it, or half of its rows are dead.
        """
        following = self.size
        for place, part in enumerate(self.parts):
            following -= part.size
            if part.size < GROWTH * following or 2 * part.size < len(part.segment):
                return place
        return None

    def merge(self, first: int) -> Segment:
        """One segment of the living rows of all parts from `first` on."""
        parts = self.parts[first:]
        return Segment.merge([part.segment for part in parts], [part.alive for part in parts])

    def with_last(self, first: int, part: Part) -> "Index":
        """The index with one part in place of those from `first` on."""
        return Index((*self.parts[:first], part) if part.size else self.parts[:first])
