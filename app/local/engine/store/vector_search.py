"""Which chunks may be the nearest to a vector, and how near they are.

    allowed rows -- heads of all codes -- tails of the best -- estimates of the best
                 -- vectors of the best -- cosines

A code has a bit for each component of a vector: its sign. The more signs two vectors share, the
smaller the angle between them is. An estimate weighs each sign by the question's own component,
which tells more, and takes longer. Each step compares fewer rows, and more of each. Where it ends
is decided over all segments together, so it does not depend on how the chunks are spread over them.
"""

import math
from collections.abc import Iterator

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.store.attributes import Mask
from app.local.engine.store.fusion import Scores
from app.local.engine.store.index import Index
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import Segment, packed, signs

EXACT = 8_192  # rows; up to here, every vector is compared
NEAR = 500  # rows; beyond EXACT, so many vectors are compared: those with the best estimates
LIKELY = 4  # times as many estimates are made: of the nearest by their codes
FEW = 16_384  # rows; up to here, half as many estimates find them, or none at all
FIRST = 65_536  # rows; up to here, whole codes are compared at once
SHARE = 128  # beyond FIRST, the first step leaves one row in so many
LEFT = 16_384  # rows that it leaves at least,
LARGE = 524_288  # and beyond so many rows half of that, since to compare all takes long by itself
BLOCK = 65_536  # rows whose distances stay in the processor's cache
SAMPLE = 64  # one row in so many tells about how far the nearest are


def nearest_rows(
    index: Index, vector: Vectors, allowed: Mask, count: int, *, alone: bool = False
) -> Integers:
    """The rows that may be the nearest, ascending. If few rows are allowed, all of them. Else about
    the `count` with the best estimates, and all others whose estimate equals the last of them.

    Args:
        alone: whether their vectors are compared next, and nothing else of them. Then up to FEW
            rows those that would be estimated are given: to estimate them takes longer.
    """
    total = int(np.count_nonzero(allowed))
    if total <= max(EXACT, count):
        return np.flatnonzero(allowed)
    head, tail = signs(vector[np.newaxis])  # (h, 1), (1, t)
    if total <= FIRST:
        rows = np.flatnonzero(allowed)
        distances = _far(index, head[:, 0], rows)
    else:
        least = max(LEFT if total <= LARGE else LEFT // 2, total // SHARE, LIKELY * count)
        rows, distances = _first_rows(index, head[:, 0], allowed, least)
    tails = _tails(index, rows)  # (t, r)
    distances = distances.astype(np.uint16)  # (r,)
    for column in np.bitwise_count(tails ^ tail.T):
        distances += column
    likely = LIKELY * count if total > FEW else LIKELY // 2 * count
    places = _lowest(distances, likely)
    rows, tails = rows.take(places), tails.take(places, axis=1)
    if len(rows) <= count or (alone and total <= FEW):
        return rows
    estimates = _estimates(np.vstack([_heads(index, rows), tails]), vector)
    is_near: Mask = estimates >= np.partition(estimates, -count)[-count]
    near: Integers = rows[is_near]
    return near


def _heads(index: Index, rows: Integers) -> Integers:
    """The heads of the codes of these ascending rows: (h, r)."""
    pieces = [
        segment.heads if local is None else segment.heads.take(local, axis=1)
        for segment, local in _spread(index, rows)
    ]
    return np.concatenate(pieces, axis=1)


def _tails(index: Index, rows: Integers) -> Integers:
    """The tails of the codes of these ascending rows: (t, r)."""
    pieces = [
        segment.tails if local is None else segment.tails.take(local, axis=0)
        for segment, local in _spread(index, rows)
    ]
    return np.concatenate(pieces).T


def _spread(index: Index, rows: Integers) -> Iterator[tuple[Segment, Integers | None]]:
    """Each segment that has some of these ascending rows, and which of its own they are; None: all
    of them, which need not be copied one by one.
    """
    bounds = [*np.searchsorted(rows, index.starts).tolist(), len(rows)]
    for part, start, first, last in zip(
        index.parts, index.starts.tolist(), bounds, bounds[1:], strict=False
    ):
        if last - first == len(part.segment):
            yield part.segment, None
        elif first < last:
            yield part.segment, rows[first:last] - start


def _estimates(codes: Integers, vector: Vectors) -> Scores:
    """About how near vectors with these codes, (w, r) words, are, the nearest highest: (r,). The
    sum of the components of the vector where a code has its bit set.

    The components are taken as whole numbers of eight bits: a hundredth of what estimates differ by
    is lost. So a bit of all of them is compared with a code at once, as the signs are (Gao and
    Long, "RaBitQ", 2024).
    """
    planes, unit = _planes(vector)  # (8, w)
    shared = np.zeros((len(planes), codes.shape[1]), np.uint16)  # (8, r)
    for word, bits in zip(codes, planes.T, strict=True):
        shared += np.bitwise_count(word & bits[:, np.newaxis])
    estimates = -shared[0].astype(np.int32)  # (r,) the first bit of a number is its sign
    for plane in shared[1:]:
        estimates += estimates
        estimates += plane
    scores: Scores = estimates * np.float32(unit)
    return scores


def _planes(vector: Vectors) -> tuple[Integers, float]:
    """The components as whole numbers of eight bits: the first bit of each, packed as a code is,
    then the second, and so on, (8, w) words; and what 1 stands for.
    """
    unit = float(np.abs(vector).max()) / np.iinfo(np.int8).max or 1.0
    numbers = np.rint(vector / unit).astype(np.int8).view(np.uint8)  # (d,)
    bits = np.unpackbits(numbers[:, np.newaxis], axis=1)  # (d, 8)
    return packed(bits.T), unit


def _far(index: Index, head: Integers, rows: Integers) -> Integers:
    """In how many signs the heads of these ascending rows differ from this one: (r,) uint8."""
    differing = _heads(index, rows) ^ head[:, np.newaxis]
    distances: Integers = np.bitwise_count(differing).sum(axis=0, dtype=np.uint8)
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
            size = last - first
            for number, (word, bits) in enumerate(zip(segment.heads, head, strict=True)):
                np.bitwise_xor(word[first:last], bits, out=differing[:size])
                np.bitwise_count(differing[:size], out=counts[:size] if number else here)
                if number:
                    here += counts[:size]
    if not allowed.all():
        distances |= (~allowed).view(np.uint8) * np.uint8(255)  # as far as no row can be
    rows = _lowest(distances, count)
    return rows, distances.take(rows)


def _lowest(distances: Integers, count: int) -> Integers:
    """The places of the `count` lowest distances, and of all others that equal the last of them;
    ascending.
    """
    sample = np.cumsum(np.bincount(distances[::SAMPLE]))
    expected = count / SAMPLE
    bound = int(np.searchsorted(sample, expected + 3 * math.sqrt(expected)))  # rarely too low
    while len(places := np.flatnonzero(distances <= bound)) < count:
        bound += 1
    near = distances.take(places)
    last = int(np.searchsorted(np.cumsum(np.bincount(near)), count))
    lowest: Integers = places[near <= last]
    return lowest


def estimated_cosines(index: Index, vector: Vectors, rows: Integers) -> Scores:
    """About the cosine of each of these ascending rows, by its code: (r,).

    Were the components of a vector distributed normally, their mean size would be the root of 2
    over pi by that of their mean square.
    """
    estimates = _estimates(np.vstack([_heads(index, rows), _tails(index, rows)]), vector)
    signed: Scores = 2 * estimates - vector.sum()  # each component with the sign of the row's
    signed *= math.sqrt(2 / math.pi / len(vector))
    return signed


def cosines(index: Index, vector: Vectors, rows: Integers) -> Scores:
    """The cosine of each row, (r,), for ascending rows. Computed without BLAS, in which the last
    bit of a row's result depends on its neighbours.

    Raises:
        Damaged: a vector is not what was saved.
    """
    pieces = [_cosines(segment, local, vector) for segment, local in _spread(index, rows)]
    scores: Scores = np.concatenate([np.empty(0, np.float32), *pieces])
    return scores


def _cosines(segment: Segment, local: Integers | None, vector: Vectors) -> Scores:
    """Those of some rows of a segment, or of all."""
    if local is None or 2 * len(local) > len(segment):
        of_all: Scores = np.einsum("ij,j->i", segment.vectors.all(), vector)
        return of_all if local is None else of_all[local]
    some: Scores = np.einsum("ij,j->i", segment.vectors.rows(local), vector)
    return some
