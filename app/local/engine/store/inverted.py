"""An inverted index: from a key to the rows that have it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.store.checked import Columns, no_pause

Integers = NDArray[Any]

BATCH = 1 << 18  # postings that are moved at once, so that it takes little memory, and few
# milliseconds in which no other thread has the interpreter


@dataclass(frozen=True)
class Inverted:
    """Postings by key: those of key i, of K, are at `starts[i]` to `starts[i + 1]`.

    Attributes:
        keys: (K,) uint64, ascending.
        starts: (K + 1,) int64.
        postings: the rows that have a key, ascending, (P,) int32, and how often each has it,
            (P,) uint16.
    """

    keys: Integers
    starts: Integers
    postings: Columns

    @classmethod
    def of(cls, keys: Integers, rows: Integers, counts: Integers) -> "Inverted":
        """Build an index from postings, (P,) each: the key, the row, and how often the row has the
        key.

        >>> index = Inverted.of(np.array([7, 3, 7]), np.array([0, 0, 1]), np.array([1, 1, 2]))
        >>> index.keys.tolist(), index.starts.tolist(), index.read(7)[0].tolist()
        ([3, 7], [0, 1, 3], [0, 1])
        """
        order = np.argsort(keys, kind="stable")  # (P,)
        ordered = keys[order]  # (P,)
        firsts = np.flatnonzero(_is_first(ordered))  # (K,)
        return cls(
            ordered[firsts].astype(np.uint64),
            np.append(firsts, len(keys)).astype(np.int64),
            Columns(rows[order].astype(np.int32), counts[order].astype(np.uint16)),
        )

    def read(self, key: int) -> tuple[Integers, Integers]:
        """The rows that have a key, (p,), and how often each does, (p,).

        Raises:
            Damaged: they are not what was saved.
        """
        rows, counts = self.postings.part(self.find(key))
        return rows, counts

    def find(self, key: int) -> slice:
        """The slice of the postings that belongs to a key; empty for an unknown key."""
        # A question looks for each of its terms in each segment, so this is short of steps.
        at = int(self.keys.searchsorted(np.uint64(key)))
        if at == len(self.keys) or self.keys.item(at) != key:
            return slice(0, 0)
        return slice(self.starts.item(at), self.starts.item(at + 1))

    def move(self, places: Integers, pause: Callable[[], None] = no_pause) -> "Inverted":
        """The index with row r at `places[r]`, and without the rows where that is -1.

        Args:
            pause: called between two steps.

        Raises:
            Damaged: the postings are not what was saved.
        """
        before, counts = self.postings.all(pause)
        rows = np.empty(len(before), places.dtype)  # (P,)
        for first in range(0, len(rows), BATCH):
            some = slice(first, first + BATCH)
            rows[some] = places.take(before[some])
            pause()
        dead = np.flatnonzero(rows < 0)  # places of postings, ascending
        if not len(dead):
            return Inverted(self.keys, self.starts, Columns(rows, counts))
        # A running sum over 13 million postings keeps the interpreter to itself for up to .2 s.
        starts = self.starts - np.searchsorted(dead, self.starts)  # (K + 1,)
        is_live = rows >= 0  # (P,)
        used = np.diff(starts) > 0  # (K,)
        return Inverted(
            self.keys[used],
            np.concatenate([[0], starts[1:][used]]),
            Columns(rows[is_live], counts[is_live]),
        )

    @classmethod
    def merge(cls, parts: Sequence["Inverted"], pause: Callable[[], None] = no_pause) -> "Inverted":
        """The postings of all parts.

        Args:
            pause: called between two steps.
        """
        keys = np.sort(np.concatenate([part.keys for part in parts]))
        keys = keys[_is_first(keys)]  # (K,)
        pause()
        at = [np.searchsorted(keys, part.keys) for part in parts]
        sizes = np.zeros(len(keys), np.int64)  # (K,)
        for part, where in zip(parts, at, strict=True):
            sizes[where] += np.diff(part.starts)
        starts = _starts(sizes)  # (K + 1,)
        rows = np.empty(starts[-1], np.int32)  # (P,)
        counts = np.empty(starts[-1], np.uint16)  # (P,)
        free = starts[:-1].copy()  # (K,) where the next posting of a key goes
        for part, where in zip(parts, at, strict=True):
            its_rows, its_counts = part.postings.all(pause)
            for first, last in _batches(part.starts):
                some = slice(first, last)
                here = slice(int(part.starts[first]), int(part.starts[last]))
                sizes = np.diff(part.starts[first : last + 1])
                shift = free[where[some]] - part.starts[some]
                to = np.arange(here.start, here.stop) + np.repeat(shift, sizes)
                rows[to] = its_rows[here]
                counts[to] = its_counts[here]
                free[where[some]] += sizes
                pause()
        merged = cls(keys, starts, Columns(rows, counts))
        return merged if merged._ascends() else merged._sorted()

    def _ascends(self) -> bool:
        """Whether the rows of each key ascend."""
        rows, _ = self.postings.all()
        if len(rows) < 2:
            return True
        descends = np.diff(rows) <= 0
        descends[self.starts[1:-1] - 1] = False  # from a key to the next
        return not descends.any()

    def _sorted(self) -> "Inverted":
        """The same postings, with the rows of each key ascending."""
        of_keys = np.repeat(np.arange(len(self.keys), dtype=np.int32), np.diff(self.starts))
        rows, counts = self.postings.all()
        order = np.lexsort((rows, of_keys))
        return Inverted(self.keys, self.starts, Columns(rows[order], counts[order]))


def _batches(starts: Integers) -> Iterator[tuple[int, int]]:
    """Runs of keys, [first, last), with about BATCH postings each, and one key at least."""
    first = 0
    while first < len(starts) - 1:
        last = int(np.searchsorted(starts, starts[first] + BATCH, side="right")) - 1
        last = max(last, first + 1)
        yield first, last
        first = last


def _is_first(ordered: Integers) -> NDArray[np.bool_]:
    """Which of ascending values is the first of its kind. NumPy's `unique` takes a hundred times as
    long for a million of them, and keeps the interpreter to itself.
    """
    is_first = np.ones(len(ordered), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return is_first


def _starts(sizes: Integers) -> Integers:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
