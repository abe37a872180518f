"""Fit the coefficients of `app.local.engine.writer.multilingual`:
`python -m tests.quality._fit_languages` prints them.

The questions are those of `_questions`: English ones with the passages nearest to them, by the
multilingual encoder's vectors. For candidates in another language than the question's, all that
compares words is left out. A sample of the questions is enough for so few features.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pprint import pformat
from random import Random

import numpy as np
from numpy.typing import NDArray

from app.local.engine.languages import ENGLISH
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.multilingual import signs
from app.local.engine.writer.multilingual.evidence import (
    FEATURES,
    LEXICAL,
    Evidence,
    MultilingualCase,
    MultilingualVectors,
    evidence,
)
from app.local.engine.writer.question import Question
from tests.quality._questions import Asked, awsdocs, user_questions, xquad
from tests.quality._regression import Array, Example, conditional_logit, logistic

PRIOR = 5.0  # the weight of the prior, in questions
ANSWERABLE_PRIOR = 1.0
REFUSED = 0.05  # of the answerable questions
SIZES = {"xquad": 130, "far": 50, "near": 50, "awsdocs": 20, "users": 40}  # of the sample
USERS = 2  # times a user's question counts


@dataclass(frozen=True)
class Shown:
    case: MultilingualCase
    evidence: Evidence
    gold: NDArray[np.bool_]


def fit_weights(questions: Sequence[Shown], left_out: Collection[str]) -> Array:
    """What each feature is worth, (features,): a conditional logit."""
    kept = np.array([name not in left_out for name in FEATURES])
    return conditional_logit([Example(one.evidence * kept, one.gold) for one in questions], PRIOR)


def fit_answerable(
    weights: Array, answerable: Sequence[Shown], unanswerable: Sequence[Shown], words: bool
) -> tuple[dict[str, float], float]:
    """What each sign of an answer is worth, and the intercept that refuses REFUSED of them."""
    told = [
        signs(one.case, one.evidence, one.evidence @ weights)
        for one in (*answerable, *unanswerable)
    ]
    table = np.array([list(one.values()) for one in told])  # (q, s)
    if not words:
        table[:, [name.endswith("covered") for name in told[0]]] = 0
    truth = np.arange(len(told)) < len(answerable)
    worth, _ = logistic(table, truth, np.ones(len(told)), ANSWERABLE_PRIOR)
    intercept = -float(np.quantile((table @ worth)[: len(answerable)], REFUSED))
    return dict(zip(told[0], worth.tolist(), strict=True)), intercept


def main() -> None:
    encoder = Encoder()
    remembered, random = Remembered(encoder), Random(1)
    vectors = MultilingualVectors(MultilingualEncoder(encoder))

    def sample(questions: Sequence[Asked], name: str) -> list[Shown]:
        some = random.sample(list(questions), min(SIZES[name], len(questions)))
        return [_shown(one, vectors) for one in some]

    of_users, of_nobody = user_questions(remembered, encoder)
    answerable = [
        *sample(xquad(remembered, "answerable"), "xquad"),
        *sample(awsdocs(remembered, encoder), "awsdocs"),
        *sample(of_users, "users") * USERS,
    ]
    unanswerable = [
        *sample(xquad(remembered, "far"), "far"),
        *sample(xquad(remembered, "near"), "near"),
        *sample(of_nobody, "users"),
    ]
    for name, left_out in (("within", ()), ("across", LEXICAL)):
        weights = fit_weights(answerable, left_out)
        worth, intercept = fit_answerable(weights, answerable, unanswerable, words=not left_out)
        print(name, pformat(dict(zip(FEATURES, weights.round(3).tolist(), strict=True))))
        print(
            pformat({sign: round(value, 3) for sign, value in worth.items()}), round(intercept, 3)
        )


def _shown(asked: Asked, vectors: MultilingualVectors) -> Shown:
    languages = [ENGLISH] * len(asked.passages)
    question = Question(asked.question)
    case = MultilingualCase(question, ENGLISH, asked.candidates, languages, vectors)
    return Shown(case, evidence(case), asked.gold)


if __name__ == "__main__":
    main()
