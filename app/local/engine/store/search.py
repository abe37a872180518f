"""A search, from a vector and words to the numbers of the best chunks.

    _allowed    the rows that are alive and pass the filter
    _nearest    of these, the rows whose vectors may be the nearest
    _words      of these, the BM25 scores
    fusion      both as one score

Rows are numbered over all segments, one after the other. No step depends on how the chunks are
spread over segments: an index that is built again answers the same, bit for bit.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.store import bm25, fusion
from app.local.engine.store.analysis import terms
from app.local.engine.store.attributes import Mask
from app.local.engine.store.filters import Filter
from app.local.engine.store.fusion import Scores
from app.local.engine.store.index import Index
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import Segment, signs, term_key
from app.local.engine.store.spelling import faults, near

EXACT = 16_384  # rows; up to here, every vector is compared
NEAR = 2_000  # rows; beyond EXACT, so many are compared: the nearest by their codes
BEST = 500  # rows that words may add to those
BLOCK = 64  # rows


def search(
    index: Index, vector: Vectors, text: str | None, limit: int, where: Filter | None
) -> tuple[Integers, Scores]:
    """The numbers and scores of the best `limit` chunks, and of all others that have the score of
    the last of them.
    """
    allowed = _allowed(index, where)  # (n,)
    candidates = _nearest(index, vector, allowed, max(NEAR, 2 * limit))  # (n,)
    if text is None:
        rows = np.flatnonzero(candidates)  # (r,)
        scores = fusion.semantic(_cosines(index, vector, rows))  # (r,)
    else:
        words = _words(index, text, allowed)  # (n,)
        candidates[_best(words, max(BEST, limit), above=0)] = True
        rows = np.flatnonzero(candidates)  # (r,)
        scores = fusion.hybrid(_cosines(index, vector, rows), words[rows])  # (r,)
    best = _best(scores, limit)
    return index.numbers[rows[best]], scores[best]


def nearest_term(index: Index, term: str) -> tuple[str, int] | None:
    """The living term that is spelled almost like one which no living chunk has, and the number of
    the first chunk that has it. Of equally near ones that of the most chunks.
    """
    most = faults(term)
    if not most or _numbers(index, term).size:
        return None
    candidates = {pair for part in index.parts for pair in near(part.segment.letters, term, most)}
    ranked = sorted(
        (count, -numbers.size, other, int(numbers.min()))
        for count, other in candidates
        if (numbers := _numbers(index, other)).size
    )
    return (ranked[0][2], ranked[0][3]) if ranked else None


def _numbers(index: Index, term: str) -> Integers:
    """The living chunks that have a term."""
    none = np.empty(0, np.int64)
    rows = [part.segment.numbers[part.postings(term_key(term))[0]] for part in index.parts]
    return np.concatenate([none, *rows])


def _allowed(index: Index, where: Filter | None) -> Mask:
    masks = [np.empty(0, np.bool_)]
    for part in index.parts:
        passing = part.segment.attributes.mask(where, len(part.segment)) if where else True
        masks.append(part.alive & passing)
    return np.concatenate(masks)


def _nearest(index: Index, vector: Vectors, is_allowed: Mask, count: int) -> Mask:
    """Which rows may be the nearest: (n,). If few rows are allowed, all of them. Else the `count`
    rows that share the most signs with the vector, and all others that share as many as the last of
    them.
    """
    if np.count_nonzero(is_allowed) <= max(EXACT, count):
        return is_allowed.copy()
    code = signs(vector[np.newaxis])  # (words, 1)
    distances = np.concatenate([_hamming(segment.codes, code) for segment, _ in _spans(index)])
    distances[~is_allowed] = len(vector) + 1  # (n,)
    within = np.cumsum(np.bincount(distances))  # the number of rows at each distance or nearer
    near: Mask = distances <= np.searchsorted(within, count)  # (n,)
    return near


def _hamming(codes: Integers, code: Integers) -> Integers:
    """The number of signs in which each of the (words, n) codes differs from the (words, 1)
    code: (n,) uint16.
    """
    distances: Integers = np.bitwise_count(codes ^ code).sum(axis=0, dtype=np.uint16)
    return distances


def _cosines(index: Index, vector: Vectors, rows: Integers) -> Scores:
    """The cosine of each row, (r,), for ascending rows. Computed without BLAS, in which the last
    bit of a row's result depends on its neighbours.
    """
    cosines = np.empty(len(rows), np.float32)  # (r,)
    for segment, start in _spans(index):
        here = slice(*np.searchsorted(rows, (start, start + len(segment))))
        local = rows[here] - start
        if 2 * len(local) > len(segment):
            cosines[here] = np.einsum("ij,j->i", segment.vectors, vector)[local]
        else:
            cosines[here] = np.einsum("ij,j->i", segment.vectors[local], vector)
    return cosines


def _words(index: Index, text: str, allowed: Mask) -> Scores:
    """The BM25 scores, (n,): 0 where a row has none of the words, and where it is not allowed."""
    scores = np.zeros(len(allowed), np.float32)  # (n,)
    for term, times in Counter(terms(text)).items():
        postings = [part.postings(term_key(term)) for part in index.parts]
        weight = times * bm25.idf(index.size, sum(len(rows) for rows, _ in postings))
        for (segment, start), (rows, counts) in zip(_spans(index), postings, strict=True):
            lengths = segment.lengths[rows]  # (p,)
            gains = bm25.saturation(counts, lengths, index.mean_length)  # (p,)
            scores[start : start + len(segment)][rows] += np.float32(weight) * gains
    scores[~allowed] = 0
    return scores


def _best(scores: Scores, count: int, above: float = -1) -> Integers:
    """The places of the `count` highest scores, and of all others that equal the lowest of them;
    ascending.

    >>> _best(np.array([3, 1, 2, 2, 0], np.float32), 2).tolist()
    [0, 2, 3]
    """
    blocks = scores[: len(scores) // BLOCK * BLOCK].reshape(-1, BLOCK).max(axis=1)
    if len(blocks) > count:
        # The best of each block are scores too, so the count-th of them is a lower bound.
        rows = np.flatnonzero(scores >= max(np.partition(blocks, -count)[-count], above))
    else:
        rows = np.arange(len(scores))
    rows = rows[scores[rows] > above]
    if len(rows) > count:
        rows = rows[scores[rows] >= np.partition(scores[rows], -count)[-count]]
    return rows


def _spans(index: Index) -> Iterator[tuple[Segment, int]]:
    """Each segment, and the number of its first row."""
    start = 0
    for part in index.parts:
        yield part.segment, start
        start += len(part.segment)
