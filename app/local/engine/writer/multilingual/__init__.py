"""Answers where the question or the passages are in other languages than English.

    question    what it asks for, by the tables of its language (`engine.languages`)
    evidence    how far each candidate speaks for being the answer, by the multilingual encoder
    rewrite     a follow-up and the question before it -> a question that stands alone
    small_talk  what asks for nothing

An English question is put to English passages first, as ever; only what they do not answer is put
to the others. Any other question is put to all passages. What is said are the document's own
sentences, in its own language.
"""

from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from app.local.engine.languages import Language, detect
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.choose import Scores, chosen, drawn, softmax
from app.local.engine.writer.evidence import likeliest
from app.local.engine.writer.multilingual.coefficients import (
    ACROSS,
    ANSWERABLE,
    INTERCEPT,
    WITHIN,
)
from app.local.engine.writer.multilingual.evidence import (
    FEATURES,
    Evidence,
    MultilingualCase,
    MultilingualVectors,
    WordEncoder,
    evidence,
)
from app.local.engine.writer.multilingual.question import question_in
from app.local.engine.writer.prompt import Sampling
from app.local.engine.writer.repetition import Repetition
from app.local.engine.writer.rewrite import Meaning

__all__ = ["MultilingualChoice", "WordEncoder", "score", "signs"]


class MultilingualChoice:
    """Chooses what is said. Thread-safe.

    Args:
        encoder: compares texts across languages.
    """

    def __init__(self, encoder: WordEncoder) -> None:
        self._vectors = MultilingualVectors(encoder)

    def of(
        self,
        meaning: Meaning,
        language: Language,
        candidates: Sequence[Candidate],
        passages: Sequence[str],
        sampling: Sampling,
        random: Random,
    ) -> list[Candidate]:
        """The candidates that make the answer; none where there is none.

        Args:
            meaning: of the question.
            language: its language.
            candidates: of the passages.
            passages: their texts.
        """
        question = question_in(meaning.question, language)
        choices = likeliest(question, candidates)
        if not choices or not question.terms:
            return []
        languages = [detect(passage) for passage in passages]
        case = MultilingualCase(question, language, choices, languages, self._vectors)
        shown = evidence(case)  # (n, features)
        repetition = Repetition(meaning, choices)
        scores = repetition.without_barred(score(shown, case.foreign), question)  # (n,)
        if not np.isfinite(scores).any():
            return []
        if not repetition.is_known and not answerable(case, shown, scores):
            return []
        order = drawn(scores, sampling, random)
        return repetition.said_now(chosen(choices, order, scores, case.vectors), scores)


def score(shown: Evidence, foreign: NDArray[np.bool_]) -> Scores:
    """The log-odds of each candidate, by its own language: the question's or another."""
    within = shown @ np.array([WITHIN[name] for name in FEATURES])
    across = shown @ np.array([ACROSS[name] for name in FEATURES])
    return np.asarray(np.where(foreign, across, within))


_COLUMN = {name: place for place, name in enumerate(FEATURES)}


def signs(case: MultilingualCase, shown: Evidence, scores: Scores) -> dict[str, float]:
    """What speaks for there being an answer at all."""
    best = int(scores.argmax())
    least, mean = case.nearness(best)

    def of_best(name: str) -> float:
        return float(shown[best, _COLUMN[name]])

    return {
        "likelihood": float(softmax(scores).max()),
        "cosine": of_best("cosine"),
        "cosine above": of_best("cosine above"),
        "nearest": float(shown[:, _COLUMN["cosine above"]].max()),
        "covered": of_best("covered") + of_best("covered above"),
        "passage covered": of_best("passage covered"),
        "number": of_best("number"),
        "exact": of_best("exact"),
        "least near": least,
        "mean near": mean,
    }


def answerable(case: MultilingualCase, shown: Evidence, scores: Scores) -> bool:
    """Whether the passages hold an answer, as far as the signs say."""
    way = "across" if case.foreign[int(scores.argmax())] else "within"
    weights = ANSWERABLE[way]
    evidence = signs(case, shown, scores).items()
    return INTERCEPT[way] + sum(weights[name] * sign for name, sign in evidence) > 0
