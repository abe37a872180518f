"""Which chunks may be the nearest to a vector, and how near they are.

    allowed rows -- heads of all codes -- tails of the best -- vectors of the best -- cosines

A code has a bit for each component of a vector: its sign. The more signs two vectors share, the
smaller the angle between them is. Each step compares fewer rows, and more of each. Where it ends is
decided over all segments together, so it does not depend on how the chunks are spread over them.
"""

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.store.attributes import Mask
from app.local.engine.store.fusion import Scores
from app.local.engine.store.index import Index
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import signs

EXACT = 16_384  # rows; up to here, every vector is compared
NEAR = 1_000  # rows; beyond EXACT, so many are compared: the nearest by their codes
FIRST = 65_536  # rows; up to here, whole codes are compared at once
SHARE = 32  # beyond FIRST, the first step leaves one row in so many
BLOCK = 65_536  # rows whose distances stay in the processor's cache
SAMPLE = 16  # one row in so many tells about how far the nearest are


def nearest_rows(index: Index, vector: Vectors, allowed: Mask, count: int) -> Integers:
    """The rows that may be the nearest, ascending. If few rows are allowed, all of them. Else about
    the `count` nearest by their codes, and all others that are as near as the last of them.
    """
    total = int(np.count_nonzero(allowed))
    if total <= max(EXACT, count):
        return np.flatnonzero(allowed)
    head, tail = signs(vector[np.newaxis])  # (h, 1), (1, t)
    if total <= FIRST:
        rows = np.flatnonzero(allowed)
        distances = _far(index, head[:, 0], rows)
    else:
        least = max(FIRST // 2, total // SHARE, count)
        rows, distances = _first_rows(index, head[:, 0], allowed, least)
    distances = distances.astype(np.uint16)  # (r,)
    for segment, start in index.spans():
        here = slice(*np.searchsorted(rows, (start, start + len(segment))))
        differing = np.bitwise_count(segment.tails[rows[here] - start] ^ tail)  # (s, t)
        for column in differing.T:
            distances[here] += column
    return rows[distances <= _within(distances, count)]


def _far(index: Index, head: Integers, rows: Integers) -> Integers:
    """In how many signs the heads of these ascending rows differ from this one: (r,) uint8."""
    distances = np.zeros(len(rows), np.uint8)
    for segment, start in index.spans():
        here = slice(*np.searchsorted(rows, (start, start + len(segment))))
        for word, bits in zip(segment.heads, head, strict=True):
            distances[here] += np.bitwise_count(word[rows[here] - start] ^ bits)
    return distances


def _first_rows(
    index: Index, head: Integers, allowed: Mask, count: int
) -> tuple[Integers, Integers]:
    """The `count` allowed rows whose heads are nearest to this one, and all others that are as near
    as the last of them, ascending; and how far they are.
    """
    distances = np.empty(len(allowed), np.uint8)  # (n,)
    differing, counts = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint8)
    for segment, start in index.spans():
        for first in range(0, len(segment), BLOCK):
            last = min(first + BLOCK, len(segment))
            here = distances[start + first : start + last]
            here[:] = 0
            size = last - first
            for word, bits in zip(segment.heads, head, strict=True):
                np.bitwise_xor(word[first:last], bits, out=differing[:size])
                np.bitwise_count(differing[:size], out=counts[:size])
                here += counts[:size]
    distances |= (~allowed).view(np.uint8) * np.uint8(255)  # as far as no row can be
    rows = np.flatnonzero(distances <= _within(distances, count))
    return rows, distances[rows]


def _within(distances: Integers, count: int) -> int:
    """The distance that at least `count` rows are within, and no smaller one."""
    bound = int(np.partition(distances[::SAMPLE], count // SAMPLE)[count // SAMPLE])
    while np.count_nonzero(distances <= bound) < count:
        bound += 1
    while bound and np.count_nonzero(distances <= bound - 1) >= count:
        bound -= 1
    return bound


def cosines(index: Index, vector: Vectors, rows: Integers) -> Scores:
    """The cosine of each row, (r,), for ascending rows. Computed without BLAS, in which the last
    bit of a row's result depends on its neighbours.

    Raises:
        Damaged: a vector is not what was saved.
    """
    scores = np.empty(len(rows), np.float32)  # (r,)
    for segment, start in index.spans():
        here = slice(*np.searchsorted(rows, (start, start + len(segment))))
        local = rows[here] - start
        if 2 * len(local) > len(segment):
            scores[here] = np.einsum("ij,j->i", segment.vectors.all(), vector)[local]
        else:
            scores[here] = np.einsum("ij,j->i", segment.vectors.rows(local), vector)
    return scores
