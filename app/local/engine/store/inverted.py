"""An inverted index: from a key to the rows that have it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.store.arrays import no_pause

Integers = NDArray[Any]

BATCH = 1 << 20  # postings that are moved at once, so that it takes little memory


@dataclass(frozen=True)
class Inverted:
    """Postings by key: key i, of K, is in `rows[starts[i]:starts[i + 1]]`, which ascend, as often
    as `counts` says.

    Attributes:
        keys: (K,) uint64, ascending.
        starts: (K + 1,) int64.
        rows: (P,) int32.
        counts: (P,) uint16.
    """

    keys: Integers
    starts: Integers
    rows: Integers
    counts: Integers

    @classmethod
    def of(cls, keys: Integers, rows: Integers, counts: Integers) -> "Inverted":
        """Build an index from postings, (P,) each: the key, the row, and how often the row has the
        key.

        >>> index = Inverted.of(np.array([7, 3, 7]), np.array([0, 0, 1]), np.array([1, 1, 2]))
        >>> index.keys.tolist(), index.starts.tolist(), index.rows.tolist()
        ([3, 7], [0, 1, 3], [0, 0, 1])
        """
        distinct, sizes = np.unique(keys, return_counts=True)  # (K,), (K,)
        order = np.argsort(keys, kind="stable")  # (P,)
        return cls(
            distinct.astype(np.uint64),
            _starts(sizes),
            rows[order].astype(np.int32),
            counts[order].astype(np.uint16),
        )

    def find(self, key: int) -> slice:
        """The slice of `rows` and `counts` that belongs to a key; empty for an unknown key."""
        at = int(np.searchsorted(self.keys, np.uint64(key)))
        if at == len(self.keys) or self.keys[at] != key:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def move(self, places: Integers, pause: Callable[[], None] = no_pause) -> "Inverted":
        """The index with row r at `places[r]`, and without the rows where that is -1.

        Args:
            pause: called between two steps.
        """
        rows = np.empty(len(self.rows), places.dtype)  # (P,)
        for first in range(0, len(rows), BATCH):
            some = slice(first, first + BATCH)
            rows[some] = places.take(self.rows[some])
            pause()
        is_live = rows >= 0  # (P,)
        if is_live.all():
            return Inverted(self.keys, self.starts, rows, self.counts)
        starts = np.concatenate([[0], np.cumsum(is_live)])[self.starts]  # (K + 1,)
        used = np.diff(starts) > 0  # (K,)
        return Inverted(
            self.keys[used],
            np.concatenate([[0], starts[1:][used]]),
            rows[is_live],
            self.counts[is_live],
        )

    @classmethod
    def merge(cls, parts: Sequence["Inverted"], pause: Callable[[], None] = no_pause) -> "Inverted":
        """The postings of all parts.

        Args:
            pause: called between two steps.
        """
        keys = np.unique(np.concatenate([part.keys for part in parts]))  # (K,)
        at = [np.searchsorted(keys, part.keys) for part in parts]
        sizes = np.zeros(len(keys), np.int64)  # (K,)
        for part, where in zip(parts, at, strict=True):
            sizes[where] += np.diff(part.starts)
        starts = _starts(sizes)  # (K + 1,)
        rows = np.empty(starts[-1], np.int32)  # (P,)
        counts = np.empty(starts[-1], np.uint16)  # (P,)
        free = starts[:-1].copy()  # (K,) where the next posting of a key goes
        for part, where in zip(parts, at, strict=True):
            for first, last in _batches(part.starts):
                some = slice(first, last)
                here = slice(int(part.starts[first]), int(part.starts[last]))
                sizes = np.diff(part.starts[first : last + 1])
                shift = free[where[some]] - part.starts[some]
                to = np.arange(here.start, here.stop) + np.repeat(shift, sizes)
                rows[to] = part.rows[here]
                counts[to] = part.counts[here]
                free[where[some]] += sizes
                pause()
        merged = cls(keys, starts, rows, counts)
        return merged if merged._ascends() else merged._sorted()

    def _ascends(self) -> bool:
        """Whether the rows of each key ascend."""
        if len(self.rows) < 2:
            return True
        descends = np.diff(self.rows) <= 0
        descends[self.starts[1:-1] - 1] = False  # from a key to the next
        return not descends.any()

    def _sorted(self) -> "Inverted":
        """The same postings, with the rows of each key ascending."""
        of_keys = np.repeat(np.arange(len(self.keys), dtype=np.int32), np.diff(self.starts))
        order = np.lexsort((self.rows, of_keys))
        return Inverted(self.keys, self.starts, self.rows[order], self.counts[order])


def _batches(starts: Integers) -> Iterator[tuple[int, int]]:
    """Runs of keys, [first, last), with about BATCH postings each, and one key at least."""
    first = 0
    while first < len(starts) - 1:
        last = int(np.searchsorted(starts, starts[first] + BATCH, side="right")) - 1
        last = max(last, first + 1)
        yield first, last
        first = last


def _starts(sizes: Integers) -> Integers:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
