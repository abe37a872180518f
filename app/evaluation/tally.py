"""Counts results: how many are right, cited, abstained, how long they took and what they cost."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from app.evaluation.judging import Result
from app.evaluation.runs import RecordedAnswer

ALL = "all"
"""The kind of the line under all kinds."""

Price = Callable[[RecordedAnswer], float | None]
"""Dollars for the tokens of an answer; None where the price of its model is not known."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one kind of question.

    Attributes:
        answerable: the questions that the documents answer; `unanswerable`, the others.
        right_abstentions: of the unanswerable, those without a citation.
        wrong_abstentions: of the answerable, those without a citation.
        cited: of the answerable, those whose answer cites a gold document; `citable`, those that
            name gold documents.
        p50, p95: seconds until the whole answer; None if nothing was answered.
        dollars: what the tokens cost; None where a price is not known.
    """

    kind: str
    questions: int
    right: int
    wrong: int
    answerable: int
    unanswerable: int
    right_abstentions: int
    wrong_abstentions: int
    cited: int
    citable: int
    errors: int
    fenced: int
    p50: float | None
    p95: float | None
    characters: int
    input_tokens: int
    output_tokens: int
    dollars: float | None


def by_kind(results: Sequence[Result], price: Price) -> list[Tally]:
    """A tally for each kind, in the order of the file, and one of all at the end."""
    kinds: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        kinds[result.expectation.kind].append(result)
    return [tally(kind, some, price) for kind, some in [*kinds.items(), (ALL, list(results))]]


def tally(kind: str, results: Sequence[Result], price: Price) -> Tally:
    """Count results."""
    answerable = [result for result in results if not result.expectation.abstain]
    unanswerable = [result for result in results if result.expectation.abstain]
    citable = [result for result in answerable if result.expectation.gold_docs]
    answers = [result.answer for result in results]
    seconds = sorted(answer.seconds for answer in answers if answer.error is None)
    dollars = [price(answer) for answer in answers if answer.error is None]
    return Tally(
        kind=kind,
        questions=len(results),
        right=_count(result.is_right for result in results),
        wrong=_count(result.outcome == "wrong" for result in results),
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        right_abstentions=_count(result.is_right for result in unanswerable),
        wrong_abstentions=_count(result.outcome == "abstained" for result in answerable),
        cited=_count(bool(result.cites_gold) for result in citable),
        citable=len(citable),
        errors=_count(answer.error is not None for answer in answers),
        fenced=_count(result.is_right and result.is_fenced for result in results),
        p50=percentile(seconds, 50),
        p95=percentile(seconds, 95),
        characters=round(median(len(answer.answer) for answer in answers)) if answers else 0,
        input_tokens=sum(answer.input_tokens for answer in answers),
        output_tokens=sum(answer.output_tokens for answer in answers),
        dollars=None if None in dollars else sum(filter(None, dollars)),
    )


def percentile(values: Sequence[float], percent: int) -> float | None:
    """The smallest of sorted values that `percent` of them do not exceed; None of no values.

    >>> percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 95)
    (2, 4)
    """
    return values[max(ceil(len(values) * percent / 100) - 1, 0)] if values else None


def _count(conditions: Iterable[bool]) -> int:
    return sum(1 for condition in conditions if condition)
