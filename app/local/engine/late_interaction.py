"""Late interaction: how much of a question a text says, word by word and by meaning.

For each token of the question, the cosine to the nearest token of the text; of these the mean, each
weighing what the word tells. It finds what other words say ("first developed", "was started"), and
is not fooled by a text that is near as a whole (ColBERT; Khattab and Zaharia, 2020).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.local.engine.encoder import TokenVectors, Vectors

Weights = NDArray[np.float64]

_WORDS = 1996  # where words begin in BERT's vocabulary, by how common they are; signs stand before
_RAREST = float(np.log(30522 - _WORDS))  # of the vocabulary's last word
_PIECES = 3  # tokens
WINDOW = 64  # tokens of a text that stand in one place
_ALONE = 1 << 18  # multiplications that OpenBLAS does not spread over threads
_DIGITS = range(1014, 1024)  # "0" to "9"


def weights(question: TokenVectors) -> Weights:
    """What each token of a question tells, (q,): the rarer, the more. Signs tell nothing."""
    rank = np.maximum(question.ids - _WORDS + 1, 0)
    weight: Weights = np.log(np.maximum(rank, 1).astype(np.float64))
    is_digit = (question.ids >= _DIGITS.start) & (question.ids < _DIGITS.stop)
    weight[is_digit] = weight.max(initial=1.0)
    return weight


def rarity(word: TokenVectors) -> float:
    """How rare a word is, 0 to 1, by the rank of its rarest token. One that the vocabulary has in
    three pieces or more, it has not.
    """
    rank = 1.0 if len(word.ids) >= _PIECES else 0.0
    return max(rank, float(weights(word).max(initial=0.0) / _RAREST))


class Stack:
    """The tokens of several texts in one array, to be compared with several questions."""

    def __init__(self, texts: Sequence[TokenVectors]) -> None:
        self._count = len(texts)
        self._filled = [place for place, one in enumerate(texts) if len(one.ids)]
        if self._filled:
            self._tokens = np.concatenate([texts[place].vectors for place in self._filled])
            lengths = [len(texts[place].ids) for place in self._filled]
            self._starts = np.cumsum([0, *lengths[:-1]])

    def nearest(self, question: TokenVectors) -> Vectors:
        """Of each token of the question the cosine to the nearest of each text, (texts, q)."""
        result = np.zeros((self._count, len(question.ids)), np.float32)
        if self._filled and len(question.ids):
            cosines = _cosines(self._tokens, np.ascontiguousarray(question.vectors.T))
            result[self._filled] = np.maximum.reduceat(cosines, self._starts, axis=0)
        return result


def nearest(question: TokenVectors, texts: Sequence[TokenVectors]) -> Vectors:
    """Of each token of the question the cosine to the nearest of each text, (texts, q)."""
    return Stack(texts).nearest(question)


def _cosines(tokens: Vectors, question: Vectors) -> Vectors:
    """The product of (t, d) and (d, q), a few rows at a time: so small that BLAS does each in this
    thread. Of a larger one it gives a share to every core and waits for them by spinning, which on
    a machine that is busy takes ten times the processor.
    """
    cosines = np.empty((len(tokens), question.shape[1]), np.float32)
    rows = max(1, _ALONE // question.size)
    for start in range(0, len(tokens), rows):
        block = slice(start, start + rows)
        np.matmul(tokens[block], question, out=cosines[block])
    return cosines


def coverage(question: TokenVectors, text: TokenVectors) -> float:
    """How much of the question the text says: the weighted mean of `nearest`, at most 1."""
    return float(_mean(question, nearest(question, [text]))[0])


def coverages(question: TokenVectors, text: TokenVectors) -> tuple[float, float]:
    """How much of the question the text says as a whole, which is `coverage`, and how much the
    WINDOW of it says that says most: windows begin at each half of one.
    """
    if not len(text.ids) or not len(question.ids):
        return 0.0, 0.0
    cosines = _cosines(text.vectors, np.ascontiguousarray(question.vectors.T))  # (t, q)
    starts = range(0, max(1, len(cosines) - WINDOW // 2), WINDOW // 2)
    windows = np.array([cosines[start : start + WINDOW].max(axis=0) for start in starts])  # (w, q)
    whole = float(_mean(question, windows.max(axis=0)[np.newaxis])[0])
    return whole, float(_mean(question, windows).max())


def _mean(question: TokenVectors, near: Vectors) -> Weights:
    """The mean of each row of (n, q), each token of the question weighing what it tells."""
    weight = weights(question)
    if not weight.any():
        weight = np.ones_like(weight)
    means: Weights = near @ weight / (weight.sum() or 1.0)
    return means
