"""Thresholds: the least share of the questions that has to be right, for a run to pass.

    right=0.8          of all questions, 80 % are right
    cited=0.9          of the answerable ones that name gold documents, 90 % cite one
    abstained=0.85     of the unanswerable ones, 85 % are abstained from
    answered=0.95      of the answerable ones, 95 % are not abstained from
    code=0.8           of the kind `code`, 80 % are right
    code.cited=0.9     of the kind `code`, 90 % cite a gold document

A question that was not answered, because the run broke off or has no such answer, does not count as
one that is as it should be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.errors import InvalidRequest
from app.evaluation.judging import Result
from app.evaluation.questions import Expectation

_Applies = Callable[[Expectation], bool]
_IsMet = Callable[[Result], bool]

MEASURES: Mapping[str, tuple[_Applies, _IsMet]] = {
    "right": (lambda _: True, lambda result: result.is_right),
    "cited": (
        lambda expectation: not expectation.abstain and bool(expectation.gold_docs),
        lambda result: bool(result.cites_gold),
    ),
    "abstained": (lambda expectation: expectation.abstain, lambda result: result.is_right),
    "answered": (
        lambda expectation: not expectation.abstain,
        lambda result: result.answer.error is None and result.outcome != "abstained",
    ),
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least share of a measure, over one kind or over all.

    Attributes:
        name: as it was written.
        kind: None for all kinds.
        least: 0 to 1.
    """

    name: str
    kind: str | None
    measure: str
    least: float

    def applies(self, expectation: Expectation) -> bool:
        """Whether a question counts for it."""
        of_kind = self.kind in (None, expectation.kind)
        return of_kind and MEASURES[self.measure][0](expectation)

    def share(self, expectations: Sequence[Expectation], results: Sequence[Result]) -> float:
        """The share that was reached, 0 to 1, of all questions that it applies to."""
        whole = sum(map(self.applies, expectations))
        met = sum(
            self.applies(result.expectation) and MEASURES[self.measure][1](result)
            for result in results
        )
        return met / whole


class BadThreshold(InvalidRequest):
    """A threshold cannot be read, or no question of the file counts for it."""


def parse_threshold(text: str, expectations: Sequence[Expectation]) -> Threshold:
    """Read a threshold for these questions.

    Raises:
        BadThreshold: with the rule that it breaks.
    """
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise _bad(text, "it is not of the form NAME=SHARE, as in right=0.8")
    kinds = list(dict.fromkeys(one.kind for one in expectations))
    kind, measure = _split(text, name, kinds)
    threshold = Threshold(name, kind, measure, _share(text, value.strip()))
    if not any(map(threshold.applies, expectations)):
        raise _bad(text, f"no question counts for {name}")
    return threshold


def _split(text: str, name: str, kinds: Sequence[str]) -> tuple[str | None, str]:
    """The kind and the measure of a name."""
    if name in MEASURES:
        return None, name
    if name in kinds:
        return name, "right"
    kind, _, measure = name.rpartition(".")
    if kind in kinds and measure in MEASURES:
        return kind, measure
    names = [*MEASURES, *kinds]
    rule = f"there is no {name!r}; there are {', '.join(names)}, and a kind's own, as in KIND.cited"
    raise _bad(text, rule)


def _share(text: str, value: str) -> float:
    """A share, as 0.8 or 80%."""
    try:
        share = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise _bad(text, "the share has to be a number from 0 to 1, or from 0% to 100%")
    return share


def _bad(text: str, rule: str) -> BadThreshold:
    return BadThreshold(f"{text!r}: {rule}.", field="threshold")
