"""The chunks that have the words of a question, by BM25.

    terms, the rarest first -- scores of the rows that have them -- the best -- their other terms

A common term adds little to a score. As soon as those that are left could not bring a new row
among the best, only the best are looked up in their lists, and the lists are not read as a whole
(Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995). The scores are the
same, bit for bit: each is added up in the same order.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.local.engine.store import bm25
from app.local.engine.store.analysis import terms
from app.local.engine.store.attributes import Mask
from app.local.engine.store.fusion import Scores
from app.local.engine.store.index import Index
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import term_key

BEST = 500  # rows that words may add to those that are near
LONG = 16_384  # postings; a list that is longer is worth the look whether it has to be read
GROUP = 64  # rows
MARGIN = 1.001  # more than the rounding of float32 can lose


class Term(NamedTuple):
    """A term of a question: its weight, and in each segment the living rows that have it, each
    with how often it does.
    """

    weight: np.float32
    postings: Sequence[tuple[Integers, Integers]]

    @property
    def size(self) -> int:
        return sum(len(rows) for rows, _ in self.postings)


def scored_rows(
    index: Index, text: str, allowed: Mask, near: Integers, count: int
) -> tuple[Integers, Scores]:
    """The rows `near` and the best `count` of the allowed rows by BM25, ascending, with the scores
    of all: 0 for a row with none of the words. Of equal scores at the end all are there.
    """
    scores = np.zeros(len(allowed), np.float32)  # (n,)
    left = _terms(index, text)
    lowest = 0.0  # what the last of the best has at least
    while left:
        if left[0].size > LONG:
            lowest = max(lowest, _lowest(scores, count))
            least = (lowest - _bound(left)) / MARGIN
            # Looking a row up takes longer than reading on.
            if least > 0 and np.count_nonzero(scores >= least) < left[0].size:
                break
        _add(index, scores, left.pop(0), allowed)
    if not left and len(near) == np.count_nonzero(allowed):  # which has the best as well
        return near, scores[near]
    top, words = _completed(index, scores, left, count, lowest)
    for_near = scores[near]
    for term in left:
        _look_up(index, for_near, term, near)
    rows, first = np.unique(np.concatenate([near, top]), return_index=True)
    return rows, np.concatenate([for_near, words])[first]


def _completed(
    index: Index, scores: Scores, left: Sequence[Term], count: int, lowest: float
) -> tuple[Integers, Scores]:
    """The rows with the `count` best scores, and these, after the terms that are left.

    Args:
        scores: (n,) without those terms.
        lowest: what the last of the best has at least.
    """
    if not left:
        rows = best(scores, count, above=0)
        return rows, scores[rows]
    rows = np.flatnonzero(scores >= (lowest - _bound(left)) / MARGIN)  # (r,)
    words = scores[rows]  # (r,)
    for place, term in enumerate(left, start=1):
        _look_up(index, words, term, rows)
        lowest = max(lowest, float(np.partition(words, -count)[-count]))
        is_left = words >= (lowest - _bound(left[place:])) / MARGIN
        rows, words = rows[is_left], words[is_left]
    top = best(words, count, above=0)
    return rows[top], words[top]


def _bound(terms_left: Sequence[Term]) -> float:
    """More than what all these terms together can add to a score."""
    return MARGIN * sum(float(term.weight) for term in terms_left)


def _terms(index: Index, text: str) -> list[Term]:
    """The terms that a chunk has, those of the highest weight first."""
    weighted = []
    for term, times in Counter(terms(text)).items():
        postings = [part.postings(term_key(term)) for part in index.parts]
        if df := sum(len(rows) for rows, _ in postings):
            weight = np.float32(times * bm25.idf(index.size, df))
            weighted.append((-weight, term, Term(weight, postings)))
    return [term for _, _, term in sorted(weighted, key=lambda each: each[:2])]


def _add(index: Index, scores: Scores, term: Term, allowed: Mask) -> None:
    """Add the scores of a term to those of all allowed rows."""
    for (segment, start), (rows, counts) in zip(index.spans(), term.postings, strict=True):
        here = slice(start, start + len(segment))
        gains = bm25.saturation(counts, segment.lengths[rows], index.mean_length)  # (p,)
        if allowed is not index.alive:
            gains *= allowed[here][rows]
        scores[here][rows] += term.weight * gains


def _look_up(index: Index, scores: Scores, term: Term, rows: Integers) -> None:
    """Add the scores of a term to those of these ascending rows: (r,)."""
    for (segment, start), (having, counts) in zip(index.spans(), term.postings, strict=True):
        first, last = np.searchsorted(rows, (start, start + len(segment)))
        local = (rows[first:last] - start).astype(having.dtype)
        at = np.searchsorted(having, local)  # (r of the segment,)
        at[at == len(having)] = 0
        has = np.flatnonzero(having[at] == local) if len(having) else at[:0]
        gains = bm25.saturation(counts[at[has]], segment.lengths[local[has]], index.mean_length)
        scores[first + has] += term.weight * gains


def _lowest(scores: Scores, count: int) -> float:
    """A lower bound of the `count`-th highest score; -1 where there is none."""
    # The best of each group of rows are scores too, so the count-th of them is such a bound. The
    # rows of a group lie far apart, so that whole groups are compared at once.
    groups = scores[: len(scores) // GROUP * GROUP].reshape(GROUP, -1).max(axis=0)
    return float(np.partition(groups, -count)[-count]) if len(groups) > count else -1


def best(scores: Scores, count: int, above: float = -1) -> Integers:
    """The places of the `count` highest scores, and of all others that equal the lowest of them;
    ascending.

    >>> best(np.array([3, 1, 2, 2, 0], np.float32), 2).tolist()
    [0, 2, 3]
    """
    lowest = _lowest(scores, count)
    rows = np.flatnonzero(scores >= max(lowest, above)) if lowest >= 0 else np.arange(len(scores))
    rows = rows[scores[rows] > above]
    if len(rows) > count:
        rows = rows[scores[rows] >= np.partition(scores[rows], -count)[-count]]
    return rows
