"""Denied topics: texts about each topic, and texts that are not, from public data and our own.

A tool of MetaTool is a topic by its description and four of its questions; a paragraph of XQuAD is
one by its first 200 characters, without examples; fifteen topics are our own, with near misses.
Those topics are measured that `_fit_guard_topics` did not read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.local.engine.guard import topics
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.thresholds import DENIED_TOPIC
from app.local.engine.transformer import Encoder
from tests.quality import _guarded, _topics
from tests.quality._fit_guard_topics import Remembering
from tests.quality._topics import Case
from tests.tables import Table

SETS = ("metatool", "xquad", "own")


@dataclass(frozen=True)
class Scores:
    """Of texts about a topic, and of others."""

    about: NDArray[np.float64]
    others: NDArray[np.float64]

    @property
    def rates(self) -> tuple[float, float]:
        """The share of those that are found: of the texts about a topic, and of the others."""
        return (
            float((self.about >= DENIED_TOPIC).mean()),
            float((self.others >= DENIED_TOPIC).mean()),
        )


def run() -> Iterator[Table]:
    if not _guarded.here():
        yield Table("denied topics", ("left out",), [["../shared/eval is not here"]])
        return
    rows = [
        (name, f"{len(one.about):,}", f"{len(one.others):,}", *map("{:.3f}".format, one.rates))
        for name, one in measured(SETS).items()
    ]
    columns = ("topics", "texts about them", "others", "found of the first", "of the others")
    yield Table("denied topics", columns, rows)


def measured(names: Sequence[str]) -> Mapping[str, Scores]:
    """The scores by set; `questions` are those of the QA sets against our own topics."""
    encoder = Remembering(Encoder())
    results = {name: _scores(getattr(_topics, name)(1), encoder) for name in names}
    if set(names) == set(SETS):
        asked = [
            one
            for name in ("xquad_en", "awsdocs_qa", "user_questions")
            for one in _guarded.questions()[name]
        ]
        cases = [Case(case.topic, (), asked) for half in (0, 1) for case in _topics.own(half)]
        about = results["own"].about
        results["our own, questions of the QA sets"] = Scores(about, _scores(cases, encoder).others)
    return results


def _scores(cases: Sequence[Case], encoder: Remembering) -> Scores:
    about, others = [], []
    for case in cases:
        compared = topics.compare(case.topic, encoder)
        about += [_score(text, compared, encoder) for text in case.about]
        others += [_score(text, compared, encoder) for text in case.others]
    return Scores(np.array(about), np.array(others))


def _score(text: str, compared: topics.Compared, encoder: Remembering) -> float:
    sample = Sample(text, encoder)
    return topics.score(sample.vectors, compared)
