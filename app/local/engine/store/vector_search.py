"""Which chunks may be the nearest to a vector, and how near they are.

    allowed rows -- half codes, all of them -- codes of the best -- vectors of the best -- cosines

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
HALF = 3  # words of 64 bits: what the first step compares of each code; its distances fit in a byte
FIRST = 65_536  # rows; up to here, whole codes are compared at once
SHARE = 20  # beyond FIRST, the first step leaves one row in so many
BLOCK = 65_536  # rows whose distances stay in the processor's cache


def nearest_rows(index: Index, vector: Vectors, allowed: Mask, count: int) -> Integers:
    """The rows that may be the nearest, ascending. If few rows are allowed, all of them. Else about
    the `count` nearest by their codes, and all others that are as near as the last of them.
    """
    total = int(np.count_nonzero(allowed))
    if total <= max(EXACT, count):
        return np.flatnonzero(allowed)
    code = signs(vector[np.newaxis])[:, 0]  # (w,)
    if total <= FIRST:
        rows = np.flatnonzero(allowed)
    else:
        rows = _first_rows(index, code[:HALF], allowed, max(FIRST // 2, total // SHARE, count))
    distances = np.zeros(len(rows), np.uint16)
    for segment, start in index.spans():
        here = slice(*np.searchsorted(rows, (start, start + len(segment))))
        local = rows[here] - start
        for word, bits in zip(segment.codes, code, strict=True):
            distances[here] += np.bitwise_count(word[local] ^ bits)
    within = np.cumsum(np.bincount(distances))
    return rows[distances <= np.searchsorted(within, count)]


def _first_rows(index: Index, code: Integers, allowed: Mask, count: int) -> Integers:
    """The `count` allowed rows that share the most signs with the beginning of a code, and all
    others that share as many as the last of them; ascending.
    """
    distances = np.empty(len(allowed), np.uint8)  # (n,)
    sizes = np.zeros(256, np.int64)  # the number of rows at each distance
    differing = np.empty(BLOCK, np.uint64)
    forbidden = (~allowed).view(np.uint8) * np.uint8(255)  # (n,) 255, as far as no row can be
    for segment, start in index.spans():
        for first in range(0, len(segment), BLOCK):
            last = min(first + BLOCK, len(segment))
            here = distances[start + first : start + last]
            buffer = differing[: len(here)]
            here[:] = 0
            for word, bits in zip(segment.codes, code, strict=False):
                np.bitwise_xor(word[first:last], bits, out=buffer)
                here += np.bitwise_count(buffer)
            here |= forbidden[start + first : start + last]
            sizes += np.bincount(here, minlength=256)
    within = np.cumsum(sizes)
    return np.flatnonzero(distances <= np.searchsorted(within, count))


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
