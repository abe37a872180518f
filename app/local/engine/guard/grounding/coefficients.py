"""What each sign is worth, as `tests/quality/_fit_grounding.py` fitted it.

The data: begin (CC BY 4.0, CDLA-Sharing 1.0) and scifact (CC BY 4.0), in which people judged
whether a text supports an answer or a claim; and answers of the offline writer to questions about
XQuAD, the AWS documentation, users' documents and READMEs, as they are and with one fact changed.
docs/judges.md has the figures.
"""

from collections.abc import Mapping
from typing import Final

SHIFTS: Final[Mapping[str, float]] = {"SUPPORT": 0.85, "CONFLICT": 0.0, "RELEVANCE": 1.25}
"""What is added to the intercepts as fitted, so that the thresholds .7 of grounding and .5 of
relevance let right answers pass."""

BY_HAND: Final[Mapping[str, Mapping[str, float]]] = {
    "SUPPORT": {},
    "CONFLICT": {"alike and exchanged": 5.0, "alike and of another": 36.0},
    "RELEVANCE": {"other names": -1.9, "other kind": -3.0},
}
"""Of hardly any answer in the data; AWS's own examples have them."""

SUPPORT: Final[Mapping[str, float]] = {
    "intercept": -2.212,
    "cosine": 0.490,
    "late": 0.068,
    "late mean": 0.034,
    "late anywhere": 1.070,
    "late least": -0.004,
    "topic": 0.298,
    "tokens": -0.380,
    "tokens anywhere": 1.132,
    "coverage": -0.290,
    "coverage around": 0.563,
    "coverage anywhere": 0.911,
    "run": -0.182,
    "quoted": 0.332,
    "same direction": 1.319,
    "denied otherwise": -1.510,
    "numbers nowhere": -0.647,
    "names nowhere": -0.346,
    "apart": 0.096,
    "own": -1.030,
    "asks": -1.927,
    "negated": -0.030,
    "rarity": 0.627,
    "length": -0.282,
    "same direction nearby": 0.906,
    "denied otherwise nearby": 0.778,
    "agrees": -1.370,
    "late squared": 1.034,
    "late and coverage": 0.823,
}

CONFLICT: Final[Mapping[str, float]] = {
    "intercept": -29.029,
    "run": 1.456,
    "quoted": -0.003,
    "coverage": 4.168,
    "coverage around": 5.031,
    "edited": 2.250,
    "exchanged": 2.003,
    "close and exchanged": 2.973,
    "apart": -1.555,
    "late least": 1.362,
    "late least here": -1.777,
    "numbers missing": -1.139,
    "names missing": 0.812,
    "polarity": 1.420,
    "opposite": 2.363,
    "quantity": -1.139,
    "order": 6.842,
    "close and numbers missing": 7.004,
    "close and names missing": 5.211,
    "close and polarity": 4.051,
    "close and opposite": 4.136,
    "close and quantity": 7.181,
    "late anywhere": 12.857,
    "tokens": 4.092,
    **BY_HAND["CONFLICT"],
}

RELEVANCE: Final[Mapping[str, float]] = {
    "intercept": -2.458,
    "late": 1.275,
    "late whole": 7.179,
    "cosine": 0.317,
    "coverage": -0.783,
    "coverage whole": 2.948,
    "around": 2.317,
    "names missing": -1.486,
    "lacks number": -2.271,
    "lacks name": -0.316,
    "multilingual": 15.527,
    "is multilingual": -0.289,
    "length": -0.903,
    **BY_HAND["RELEVANCE"],
}
