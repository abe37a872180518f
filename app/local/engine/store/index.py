"""The index over a store's chunks: segments, and which of their rows are alive.

    [ 100,000 ] [ 9,000 ] [ 700 ] [ 40 ] [ 3 ]

What is put makes a small segment at the end; what is deleted or replaced leaves dead rows. Segments
are merged so that each stays larger than GROWTH times all that follow it: there are never more than
a few, and a chunk is merged a few times in its life (O'Neil and others, "The Log-Structured
Merge-Tree", 1996; Lucene's indexes grow like this).

An index is a value: a change makes another one, and a reader keeps the one that it began with.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.local.engine.store.attributes import Mask
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import Segment

GROWTH = 4


@dataclass(frozen=True)
class Part:
    """A segment, which of its rows are alive, and the number of its file if it has one."""

    segment: Segment
    alive: Mask  # (n,)
    file: int | None = None

    @classmethod
    def whole(cls, segment: Segment, file: int | None = None) -> "Part":
        return cls(segment, np.ones(len(segment), np.bool_), file)

    @cached_property
    def size(self) -> int:
        """How many rows are alive."""
        return int(np.count_nonzero(self.alive))

    @cached_property
    def length(self) -> int:
        """How many terms they have, together."""
        return int(self.segment.lengths[self.alive].sum(dtype=np.int64))

    def postings(self, key: int) -> tuple[Integers, Integers]:
        """The living rows that have a term, (p,) int64, and how often, (p,)."""
        words = self.segment.words
        at = words.find(key)
        rows, counts = words.rows[at].astype(np.intp), words.counts[at]
        if self.size == len(self.segment):
            return rows, counts
        living = self.alive[rows]  # (p,)
        return rows[living], counts[living]

    def without(self, numbers: Integers) -> "Part":
        """With the rows of these chunks dead."""
        known = self.segment.numbers
        rows = np.searchsorted(known, numbers).clip(max=len(known) - 1)  # (numbers,)
        rows = rows[known[rows] == numbers]
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
        """How many chunks can be found."""
        return sum(part.size for part in self.parts)

    @cached_property
    def mean_length(self) -> float:
        """How many terms a chunk has in the mean; 1 if none has any."""
        return sum(part.length for part in self.parts) / max(self.size, 1) or 1.0

    @cached_property
    def numbers(self) -> Integers:
        """(n,) int64: the chunk of every row, dead or alive."""
        none = np.empty(0, np.int64)
        return np.concatenate([none, *(part.segment.numbers for part in self.parts)])

    def changed(self, gone: Integers, new: Segment | None = None) -> "Index":
        """Without some chunks, by their numbers, and with those of a new segment."""
        parts = [part.without(gone) for part in self.parts]
        if new is not None and len(new):
            parts.append(Part.whole(new))
        return Index(tuple(parts))

    def first_part_to_merge(self) -> int | None:
        """The place of the first part that is to be merged with all that follow it: because they
        have grown too large beside it, or because half of its rows are dead. None if there is none.
        """
        following = self.size
        for place, part in enumerate(self.parts):
            following -= part.size
            if part.size < GROWTH * following or 2 * part.size < len(part.segment):
                return place
        return None

    def merged(self, first: int) -> Segment:
        """The living rows of the parts from `first` on."""
        parts = self.parts[first:]
        return Segment.merged([part.segment for part in parts], [part.alive for part in parts])

    def with_last(self, first: int, part: Part) -> "Index":
        """With one part in place of those from `first` on."""
        return Index((*self.parts[:first], part) if part.size else self.parts[:first])
