"""BM25: the score of a chunk by the words that it shares with a question.

This is the form of Lucene since version 8, and so of OpenSearch, so that both stores rank alike:
Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, without the
constant factor k1 + 1, and with an idf that is never negative. Kamphuis and others, "Which BM25 Do
You Mean?", 2020, compare the forms.

    score(chunk) = sum over the question's terms of   idf * tf / (tf + K)
    idf          = ln(1 + (n - df + 0.5) / (df + 0.5))
    K            = k1 * (1 - b + b * length / mean length)

Lucene keeps a length in one byte: exact below 40, and of the rest beyond 24 the four highest bits.
So 100 counts as 96 and 250 as 248. It is done here too, since else one place in ten among the best
ten is another's: neighbours differ by less than what the rounding of a length makes up.

By hand: three chunks, `red fish`, `blue fish`, `blue blue bird`; the question `blue`. n = 3 and
df = 2, so idf = ln(1 + 1.5 / 2.5) = 0.470. The lengths are 2, 2 and 3, their mean 7 / 3. The second
chunk has K = 1.2 * (0.25 + 0.75 * 6 / 7) = 1.071 and scores 0.470 * 1 / 2.071 = 0.227; the third
has K = 1.2 * (0.25 + 0.75 * 9 / 7) = 1.457 and scores 0.470 * 2 / 3.457 = 0.272.

>>> counts, lengths = np.array([1, 2]), in_one_byte(np.array([2, 3]))
>>> scores = idf(n=3, df=2) * share(counts, lengths, mean=7 / 3)
>>> print(scores.round(3))
[0.227 0.272]
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

K1 = 1.2  # the lower, the less a repeated word counts
B = 0.75  # the share by which a chunk's length lowers its score


def in_one_byte(lengths: NDArray[Any]) -> NDArray[np.float32]:
    """Lengths as Lucene keeps them (SmallFloat.intToByte4).

    >>> in_one_byte(np.array([7, 39, 40, 41, 100, 250]))
    array([  7.,  39.,  40.,  40.,  96., 248.], dtype=float32)
    """
    if len(lengths) and lengths.max() >= len(_ROUNDED):
        return _round(lengths)
    rounded: NDArray[np.float32] = _ROUNDED[lengths]
    return rounded


def _round(lengths: NDArray[Any]) -> NDArray[np.float32]:
    beyond = np.maximum(lengths.astype(np.int64) - _EXACT, 0)
    _, bits = np.frexp(beyond)
    cut = np.maximum(bits - _KEPT_BITS, 0)
    rounded: NDArray[np.float32] = (beyond >> cut << cut) + np.minimum(lengths, _EXACT)
    return rounded.astype(np.float32)


_EXACT, _KEPT_BITS = 24, 4
_ROUNDED = _round(np.arange(4096))  # the lengths of nearly all chunks


def idf(n: int, df: int) -> float:
    """The weight of a term that `df` of `n` chunks have."""
    return math.log(1 + (n - df + 0.5) / (df + 0.5))


def highest_share(count: float, norm: float, mean: float) -> float:
    """As `share`, of one chunk that has the term so often: the same but for the rounding."""
    return count / (count + K1 * (1 - B) + K1 * B / mean * norm)


def share(counts: NDArray[Any], norms: NDArray[np.float32], mean: float) -> NDArray[np.float32]:
    """The share of a term's idf that each chunk scores, 0 to 1: (p,).

    Args:
        counts: (p,) how often each chunk has the term.
        norms: (p,) the number of terms of each chunk, as Lucene keeps it.
        mean: the mean of all chunks' lengths.
    """
    k = K1 * B / mean * norms  # (p,)
    k += K1 * (1 - B)
    tf = counts.astype(np.float32)  # (p,)
    k += tf
    tf /= k
    return tf
