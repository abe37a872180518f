"""A search, from a vector and words to the numbers of the best chunks.

    _allowed        the rows that are alive and pass the filter
    vector_search   of these, the rows whose vectors may be the nearest
    word_search     of these, the rows with the best BM25 scores
    fusion          both as one score

Rows are numbered over all segments, one after the other. No step depends on how the chunks are
spread over segments: an index that is built again answers the same, bit for bit.
"""

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.store import fusion
from app.local.engine.store.attributes import Mask
from app.local.engine.store.filters import Filter
from app.local.engine.store.fusion import Scores
from app.local.engine.store.index import Index
from app.local.engine.store.inverted import Integers
from app.local.engine.store.segment import term_key
from app.local.engine.store.spelling import faults, near
from app.local.engine.store.vector_search import NEAR, cosines, estimated_cosines, nearest_rows
from app.local.engine.store.word_search import BEST, best, scored_rows

READ = 250  # rows whose vectors are read, of those that are near or have the words


def search(
    index: Index, vector: Vectors, text: str | None, limit: int, where: Filter | None
) -> tuple[Integers, Scores]:
    """The numbers and scores of the best `limit` chunks, and of all others that have the score of
    the last of them.
    """
    allowed = _allowed(index, where)  # (n,)
    near = nearest_rows(index, vector, allowed, max(NEAR, 2 * limit), alone=text is None)  # (r,)
    if text is None:
        rows, scores = near, fusion.semantic(cosines(index, vector, near))  # (r,), (r,)
    else:
        rows, words = scored_rows(index, text, allowed, near, max(BEST, limit))  # (r,), (r,)
        if len(rows) > len(near):  # there are more than are all compared exactly
            likely = _likely_rows(index, vector, rows, words, max(READ, 8 * limit))
        else:
            likely = np.arange(len(rows))
        meaning = np.full(len(rows), -1, np.float32)  # (r,)
        meaning[likely] = cosines(index, vector, rows[likely])
        scores = fusion.hybrid(meaning, words)  # (r,)
    top = best(scores, limit)
    return index.numbers_of(rows[top]), scores[top]


def _likely_rows(
    index: Index, vector: Vectors, rows: Integers, words: Scores, count: int
) -> Integers:
    """The places of the `count` rows that have the best scores by what their codes tell of their
    cosines, and of all others that equal the last of them; ascending. To read a vector takes longer
    than all else that is done with a row.
    """
    return best(fusion.hybrid(estimated_cosines(index, vector, rows), words), count)


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
    if where is None:
        return index.alive
    masks = [part.segment.attributes.mask(where, len(part.segment)) for part in index.parts]
    allowed: Mask = index.alive & np.concatenate([np.empty(0, np.bool_), *masks])
    return allowed
