"""Scores -> what is said: whether there is an answer, which sentences make it, in which order.

The score is the log-odds of a conditional logit: the softmax of the scores is how likely each
candidate is to hold the answer. Temperature flattens or sharpens that distribution, top k and top p
cut it off, and the order of the draws is the order of preference.
"""

import re
from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer import Vectors
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.coefficients import ANSWERABLE, INTERCEPT, WEIGHTS
from app.local.engine.writer.evidence import FEATURES, Evidence
from app.local.engine.writer.prompt import Sampling

Scores = NDArray[np.float64]  # (candidates,)

LONGEST = 3  # sentences
_WORTH_SAYING = 0.05  # a further sentence is, if it holds the answer this often
_COLDEST = 1e-6  # a temperature below is 0
_SAME = 0.92  # cosine; two sentences nearer than this say the same

_PRONOUN = re.compile(r"(It|He|She|They|This|These|Those|His|Her|Their|Its|Such)\b")

_COLUMN = {name: place for place, name in enumerate(FEATURES)}


def score(evidence: Evidence) -> Scores:
    return np.asarray(evidence @ np.array([WEIGHTS[name] for name in FEATURES]))


def softmax(scores: Scores) -> Scores:
    """How likely each is, if the scores are log-odds.

    >>> softmax(np.log([1.0, 3.0])).round(2).tolist()
    [0.25, 0.75]
    """
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def signs(evidence: Evidence, scores: Scores) -> dict[str, float]:
    """What speaks for there being an answer at all."""
    likely = softmax(scores)
    return {
        "likelihood": float(likely.max()),
        "nearest": float(evidence[:, _COLUMN["cosine"]].max()),
        "covered": float(evidence[:, _COLUMN["covered"]].max()),
        "passage covered": float(evidence[:, _COLUMN["passage covered"]].max()),
    }


def answerable(evidence: Evidence, scores: Scores) -> bool:
    """Whether the passages hold an answer, as far as the signs say."""
    features = signs(evidence, scores)
    return INTERCEPT + sum(ANSWERABLE[name] * sign for name, sign in features.items()) > 0


def drawn(scores: Scores, sampling: Sampling, random: Random) -> list[int]:
    """The candidates in the order in which they are drawn, those that are cut off left out.

    Adding temperature times a Gumbel variate to each score and sorting is drawing from the softmax
    of scores / temperature without putting back (Gumbel-top-k; Kool et al., 2019).

    >>> drawn(np.array([0.0, 2.0, 1.0]), Sampling(temperature=0), Random(1))
    [1, 2, 0]
    >>> drawn(np.array([0.0, 2.0, 1.0]), Sampling(temperature=1, top_k=1), Random(1))
    [1]
    """
    ranked = [int(place) for place in np.argsort(-scores, kind="stable")]
    temperature = sampling.temperature or 0.0
    if temperature < _COLDEST:
        return ranked
    top = ranked[: sampling.top_k or None]
    likely = softmax(scores[top] / temperature)
    before = np.cumsum(likely) - likely
    top_p = 1.0 if sampling.top_p is None else sampling.top_p
    top = [one for one, mass in zip(top, before, strict=True) if mass < top_p] or ranked[:1]
    shaken = {one: scores[one] + temperature * gumbel(random) for one in top}
    return sorted(top, key=lambda one: -shaken[one])


def gumbel(random: Random) -> float:
    """A variate of the standard Gumbel distribution."""
    return float(-np.log(-np.log(max(random.random(), 1e-300))))


def chosen(
    candidates: Sequence[Candidate], order: Sequence[int], scores: Scores, vectors: Vectors
) -> list[int]:
    """One to three candidates that make the answer, in the order in which they read well.

    The first drawn is said, behind the sentence before it if it begins with a pronoun. So is each
    of the next that may well hold the answer, too, and says something else. Passages follow one
    another as they were drawn; in a passage, sentences stand as they stand there.
    """
    likely = softmax(scores)
    best = order[0]
    choice = [best]
    if candidates[best].place and _PRONOUN.match(candidates[best].text):
        choice.append(best - 1)
    for one in order[1:LONGEST]:
        new = not any(_same(one, other, candidates, vectors) for other in choice)
        if likely[one] >= _WORTH_SAYING and new and len(choice) < LONGEST:
            choice.append(one)
    passages = [candidates[one].passage for one in choice]
    return sorted(
        choice, key=lambda one: (passages.index(candidates[one].passage), candidates[one].place)
    )


def _same(one: int, other: int, candidates: Sequence[Candidate], vectors: Vectors) -> bool:
    texts = [candidates[place].text.rstrip(".;:") for place in (one, other)]
    return (
        texts[0] in texts[1] or texts[1] in texts[0] or float(vectors[one] @ vectors[other]) > _SAME
    )
