"""Contextual grounding: whether sources support an answer, and whether it answers the query.

    answer   -- claims      what can each be true or false by itself
    sources  -- sources     sentences, looked up by the words that they share with a claim
    claim, sentence -- statement      stems, numbers with units, names, negation, quantity
                    -- comparison     what they share by words, and what contradicts
                    -- support        the same by meaning: signs of support and of conflict
    query, part of the answer -- relevance      0 to 1
    scores   a claim's is the probability that it is supported, and that nothing in it is in
             conflict with what supports it; the weakest claim tells most, and the most relevant
             part makes an answer relevant

An answer without a claim, such as that the documents do not say, has nothing that could be
unsupported, and is no wrong answer: both scores are 1.

words.toml has the words that turn a sentence into something else; coefficients, fitted by
`tests/quality/_fit_grounding.py`, what each sign is worth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp

from app.local.engine.encoder import TextEncoder, TokenReader
from app.local.engine.guard.grounding import coefficients, relevance, support
from app.local.engine.guard.grounding.claims import claims
from app.local.engine.guard.grounding.relevance import QueryText, cosines
from app.local.engine.guard.grounding.sources import SourceSentences
from app.local.engine.guard.grounding.support import ClaimCase, case_of, sigmoid
from app.local.engine.languages import detect
from app.local.engine.writer.evidence.vectors import Remembered

__all__ = ["Claim", "Grounding", "GroundingScores"]

_WEAKEST = 8.0  # how much more a claim counts the less it is supported


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of an answer, with how far the sources support it and how relevant it is, 0 to 1."""

    text: str
    support: float
    relevance: float


@dataclass(frozen=True, slots=True)
class GroundingScores:
    """The scores of an answer, 0 to 1, and of its claims."""

    grounding: float
    relevance: float
    claims: tuple[Claim, ...] = ()


class Grounding:
    """Judges answers. Thread-safe; it remembers the vectors of the sentences that it used last.

    Args:
        encoder: compares English texts token by token.
        multilingual: compares texts of which one is not English.
    """

    def __init__(self, encoder: TokenReader, multilingual: TextEncoder) -> None:
        self._remembered = Remembered(encoder)
        self._multilingual = multilingual

    def score(self, answer: str, sources: Sequence[str], query: str) -> GroundingScores:
        """How far the sources support an answer, and how relevant it is to a query.

        Args:
            answer: up to 5,000 characters of it are judged.
            sources: up to 100,000 characters of them are read.
            query: up to 1,000 characters of it are read.
        """
        parts = claims(answer)
        if not parts:
            return GroundingScores(1.0, 1.0)
        said_in = detect(answer)
        cases = [case_of(part, _read(tuple(sources)), said_in) for part in parts]
        grounded = [self._support(case) for case in cases]
        asks = QueryText.of(query, detect(query))
        relevant = self._relevance(asks, cases)
        return GroundingScores(
            weakest(grounded),
            max(relevant),
            tuple(Claim(*one) for one in zip(parts, grounded, relevant, strict=True)),
        )

    def support_signs(self, case: ClaimCase) -> dict[str, float]:
        """The signs of a claim's support."""
        texts = case.texts
        vectors = dict(zip(texts, self._remembered.tokens(texts), strict=True))
        return support.signs(case, vectors)

    def _support(self, case: ClaimCase) -> float:
        """How far a claim is supported, and in no conflict with what supports it."""
        signs = self.support_signs(case)
        conflict = _weighed(signs, coefficients.CONFLICT)
        return _weighed(signs, coefficients.SUPPORT) * (1 - conflict)

    def relevance_signs(
        self, query: QueryText, cases: Sequence[ClaimCase]
    ) -> list[dict[str, float]]:
        """The signs of the relevance of each part of an answer."""
        texts = [case.text for case in cases]
        near: list[float | None] = [None] * len(cases)
        others = [query.said_in.code != "en" or case.said_in.code != "en" for case in cases]
        if any(others):
            some = cosines(self._multilingual, query.text, texts)
            near = [one if other else None for one, other in zip(some, others, strict=True)]
        own, *parts = self._remembered.tokens([query.text, *texts])
        return relevance.signs(query, own, cases, parts, near)

    def _relevance(self, query: QueryText, cases: Sequence[ClaimCase]) -> list[float]:
        return [_weighed(one, coefficients.RELEVANCE) for one in self.relevance_signs(query, cases)]


@lru_cache(maxsize=4)
def _read(texts: tuple[str, ...]) -> SourceSentences:
    """The sources, remembered: a streamed answer is judged several times by the same ones."""
    return SourceSentences(texts)


def weakest(scores: Sequence[float]) -> float:
    """A mean of scores in which the lowest counts most.

    >>> round(weakest([0.9, 0.9, 0.1]), 2)
    0.1
    """
    weights = [exp(-_WEAKEST * score) for score in scores]
    return sum(w * score for w, score in zip(weights, scores, strict=True)) / sum(weights)


def _weighed(signs: Mapping[str, float], worth: Mapping[str, float]) -> float:
    """What a logistic regression gives: of an intercept, and of what each sign is worth."""
    total = sum(
        value if name == "intercept" else value * signs[name] for name, value in worth.items()
    )
    return sigmoid(total)
