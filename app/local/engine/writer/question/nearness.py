"""How near candidates come to the words of a question, by late interaction."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from app.local.engine.encoder import TokenVectors, Vectors
from app.local.engine.late_interaction import Stack, weights

_TELLING = 5.0  # what a word tells that is not one of the 150 commonest


class CandidateTokens:
    """The tokens of candidates and of what stands over them.

    Args:
        texts: the tokens of each candidate.
        above: of each candidate, what stands over it.
        contexts: the tokens of what stands over any of them.
    """

    def __init__(
        self,
        texts: Sequence[TokenVectors],
        above: Sequence[str],
        contexts: Mapping[str, TokenVectors],
    ) -> None:
        self._stack = Stack([*texts, *contexts.values()])
        row = {context: len(texts) + place for place, context in enumerate(contexts)}
        self._above = [row[context] for context in above]

    def nearest(self, words: TokenVectors) -> tuple[Vectors, Vectors]:
        """Of each of these tokens the cosine to the nearest of each candidate, and to the nearest
        of what stands over it, both (n, tokens).
        """
        near = self._stack.nearest(words)
        return near[: len(self._above)], near[self._above]


class Nearness:
    """Of each token of a question, how near the nearest token of each candidate is.

    Args:
        question: its tokens.
        candidates: theirs.
    """

    def __init__(self, question: TokenVectors, candidates: CandidateTokens) -> None:
        self._own, above = candidates.nearest(question)  # (n, q)
        self._both = np.maximum(self._own, above)
        tells = weights(question)  # (q,)
        self._share = tells / (tells.sum() or 1.0)
        self._telling = tells >= min(_TELLING, tells.max())

    @cached_property
    def said(self) -> Vectors:
        """How much of the question each candidate says, (n,)."""
        return self._own @ self._share

    @cached_property
    def said_above(self) -> Vectors:
        """The same, with what stands over it."""
        return self._both @ self._share

    @cached_property
    def least(self) -> Vectors:
        """How near each candidate comes to that word of the question which it says least, (n,)."""
        least: Vectors = self._both[:, self._telling].min(axis=1)
        return least

    def together(self, places: Sequence[int]) -> float:
        """How much of the question these candidates say together."""
        return float(self._both[places].max(axis=0) @ self._share)

    def least_together(self, places: Sequence[int]) -> float:
        """How near these candidates come to that word of the question which they say least."""
        return float(self._both[places].max(axis=0)[self._telling].min())
