"""The chunks that have the words of a question, by BM25.

    each segment    terms, the rarest first -- scores of the rows that have them
                    -- the rows near, and those that may be among the best -- their other terms
    all segments    the best

A common term adds little to a score. As soon as those that are left could not bring a new row
among the best, only rows that may be among them are looked up in their lists, and the lists are not
read as a whole (Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995). What the
best have at least, a segment learns from those before it. The scores are the same, bit for bit,
however the chunks are spread over segments: each is added up in the same order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.local.engine.store import bm25
from app.local.engine.store.analysis import terms
from app.local.engine.store.attributes import Mask
from app.local.engine.store.fusion import Scores
from app.local.engine.store.index import Index
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import Segment, term_key

BEST = 500  # rows that words may add to those that are near
LONG = 2_048  # postings; a list that is longer is worth the look whether it has to be read
LOOKED_UP = 8  # postings that are read in the time in which a row is looked up
GROUP = 64  # rows
MARGIN = 1.001  # more than the rounding of float32 can lose
ABOVE_NONE = float(np.finfo(np.float32).tiny)  # less than any term adds to a score


@dataclass(frozen=True)
class Term:
    """A term of a question: its weight, and the rows of a segment that have it, dead ones too, each
    with how often it does.
    """

    weight: np.float32
    rows: Integers  # (p,)
    counts: Integers  # (p,)


def scored_rows(
    index: Index, text: str, allowed: Mask, near: Integers, count: int
) -> tuple[Integers, Scores]:
    """The rows `near` and the best `count` of the allowed rows by BM25, ascending, with the scores
    of all: 0 for a row with none of the words. Of equal scores at the end all are there.

    Args:
        allowed: (n,), of the rows that are alive.
        near: some of the allowed rows, ascending.
    """
    if len(near) == np.count_nonzero(allowed):
        count = 0  # near has the best as well
    rows, scores = [near[:0]], [np.empty(0, np.float32)]
    best_scores, lowest = scores[0], ABOVE_NONE
    for (segment, start), terms_here in zip(index.spans(), _terms(index, text), strict=True):
        stop = start + len(segment)
        near_here = near[slice(*np.searchsorted(near, (start, stop)))] - start
        search = _SegmentSearch(segment, terms_here, index.mean_length, allowed[start:stop])
        rows_here, scores_here = search.run(near_here, count, lowest)
        rows.append(rows_here + start)
        scores.append(scores_here)
        best_scores = _highest(np.concatenate([best_scores, scores_here]), count)
        if len(best_scores) == count > 0:
            lowest = max(lowest, float(best_scores[0]))
    all_rows, all_scores = np.concatenate(rows), np.concatenate(scores)
    is_left = _has(all_rows, near) | (all_scores >= lowest)
    return all_rows[is_left], all_scores[is_left]


@dataclass(frozen=True)
class _SegmentSearch:
    """A search in one segment."""

    segment: Segment
    terms: Sequence[Term]
    mean_length: float
    allowed: Mask  # (n,)

    def run(self, near: Integers, count: int, lowest: float) -> tuple[Integers, Scores]:
        """The rows `near`, and all that may be among the best `count` of all segments; ascending,
        with their scores.

        Args:
            lowest: what the best of the segments before have at least.
        """
        scores = np.zeros(len(self.segment), np.float32)  # (n,)
        bounds, is_known = self._bounds(), lowest > ABOVE_NONE
        number = 0
        while number < len(self.terms):
            size = len(self.terms[number].rows)
            if size > LONG:
                if not is_known:
                    lowest = max(lowest, _lowest(scores, count))
                # Looking rows up takes longer than reading on, unless they are few.
                least = (lowest - bounds[number]) / MARGIN
                if not count or least > 0:
                    left = np.count_nonzero(scores >= least) if count else 0
                    if size > LOOKED_UP * (left + len(near)):
                        break
            self._add(scores, self.terms[number], is_first=number == 0)
            number += 1
        least = (lowest - bounds[number]) / MARGIN
        is_found = scores >= least if count else np.zeros(len(scores), np.bool_)
        is_found[near] = True
        rows = np.flatnonzero(is_found)  # (r,)
        words = scores.take(rows)  # (r,)
        for place in range(number, len(self.terms)):
            self._look_up(words, self.terms[place], rows)
            if len(rows) > len(near):
                lowest = max(lowest, _last(words, count))
                is_left = words >= (lowest - bounds[place + 1]) / MARGIN
                is_left |= _has(rows, near)
                rows, words = rows[is_left], words[is_left]
        return rows, words

    def _bounds(self) -> list[float]:
        """More than what the terms from each place on can add to a score: (terms + 1,)."""
        bounds = [0.0]
        for term in reversed(self.terms):
            share = 1.0
            if len(term.rows) > LONG:  # or it is not worth the look
                most = float(term.counts.max())
                share = bm25.highest_share(most, self.segment.lowest_norm, self.mean_length)
            bounds.append(bounds[-1] + MARGIN * float(term.weight) * share)
        return bounds[::-1]

    def _add(self, scores: Scores, term: Term, *, is_first: bool) -> None:
        """Add the scores of a term to those of all allowed rows."""
        rows, counts = term.rows.astype(np.intp), term.counts
        if 2 * self._allowed_count < len(self.allowed):
            is_allowed = self.allowed.take(rows)
            rows, counts = rows[is_allowed], counts[is_allowed]
        gains = bm25.share(counts, self.segment.norms.take(rows), self.mean_length)  # (p,)
        if len(self.allowed) // 2 <= self._allowed_count < len(self.allowed):
            gains *= self.allowed.take(rows)
        gains *= term.weight
        scores[rows] = gains if is_first else scores.take(rows) + gains

    @cached_property
    def _allowed_count(self) -> int:
        return int(np.count_nonzero(self.allowed))

    def _look_up(self, scores: Scores, term: Term, rows: Integers) -> None:
        """Add the scores of a term to those of these ascending rows: (r,)."""
        if not len(term.rows):
            return
        local = rows.astype(term.rows.dtype)
        at = np.searchsorted(term.rows, local)  # (r,)
        at[at == len(term.rows)] = 0
        has = np.flatnonzero(term.rows.take(at) == local)
        norms = self.segment.norms.take(rows[has])
        gains = bm25.share(term.counts.take(at[has]), norms, self.mean_length)
        gains *= term.weight
        scores[has] += gains


def _terms(index: Index, text: str) -> list[list[Term]]:
    """For each segment the terms that a chunk of the index has, those of the highest weight
    first.
    """
    weighted = []
    for term, times in Counter(terms(text)).items():
        places = [part.segment.words.find(term_key(term)) for part in index.parts]
        df = sum(part.frequency(at) for part, at in zip(index.parts, places, strict=True))
        if df:
            weighted.append((-np.float32(times * bm25.idf(index.size, df)), term, places))
    weighted.sort(key=lambda each: each[:2])
    return [
        [
            Term(-weight, *part.segment.words.postings.part(places[number]))
            for weight, _, places in weighted
        ]
        for number, part in enumerate(index.parts)
    ]


def _has(rows: Integers, some: Integers) -> Mask:
    """Which of these ascending rows are among some of them: (r,)."""
    is_among = np.zeros(len(rows), np.bool_)
    is_among[np.searchsorted(rows, some)] = True
    return is_among


def _highest(scores: Scores, count: int) -> Scores:
    """The `count` highest scores, the lowest of them first; all if they are no more."""
    return np.partition(scores, -count)[-count:] if len(scores) >= count > 0 else scores


def _last(scores: Scores, count: int) -> float:
    """The `count`-th highest score; -1 where there is none."""
    return float(np.partition(scores, -count)[-count]) if len(scores) >= count > 0 else -1


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
