"""Judges an answer by what its question says of a right one.

right       the question is to be abstained from: the answer cites nothing. Else: it cites
            something, holds one string of each group of `must` and none of `must_not`. A
            question without `must` is answered right where a gold document is cited.
abstained   it cites nothing, although the documents have the answer.
wrong       anything else; also an error in place of an answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from app.evaluation.matching import fences, holds, normalize
from app.evaluation.questions import Exchange, Expectation
from app.evaluation.runs import RecordedAnswer

Outcome = Literal["right", "wrong", "abstained"]


@dataclass(frozen=True, slots=True)
class Result:
    """A question, its answer, and what the answer is worth.

    Attributes:
        exchange: the id of the exchange that the question belongs to.
        cites_gold: whether a gold document is cited; None for a question to abstain from.
        is_fenced: whether everything that the answer must hold stands in fenced blocks.
        reason: why it is not right.
    """

    exchange: str
    expectation: Expectation
    answer: RecordedAnswer
    outcome: Outcome
    cites_gold: bool | None
    is_fenced: bool
    reason: str

    @property
    def is_right(self) -> bool:
        return self.outcome == "right"


def results(
    exchanges: Iterable[Exchange], answers: Mapping[str, RecordedAnswer]
) -> Iterator[Result]:
    """Judge all questions that have an answer, by their ids. An answer to a question of the same id
    and of other words is not one.
    """
    for exchange in exchanges:
        for expectation in exchange.turns:
            answer = answers.get(expectation.id)
            if answer is not None and answer.question == expectation.question:
                yield judge(expectation, answer, exchange.id)


def judge(expectation: Expectation, answer: RecordedAnswer, exchange: str = "") -> Result:
    cites_gold = any(
        quote.uri == gold or quote.uri.endswith(f"/{gold}")
        for quote in answer.citations
        for gold in expectation.gold_docs
    )
    gold = None if expectation.abstain else cites_gold
    outcome, reason = _outcome(expectation, answer, cites_gold=cites_gold)
    if answer.error:
        gold = None if expectation.abstain else False
    is_fenced = bool(expectation.must) and not _missing(expectation, fences(answer.answer))
    return Result(exchange, expectation, answer, outcome, gold, is_fenced, reason)


def _outcome(
    expectation: Expectation, answer: RecordedAnswer, *, cites_gold: bool
) -> tuple[Outcome, str]:
    """The outcome, and why it is not right."""
    if answer.error:
        return "wrong", f"error: {answer.error}"
    if expectation.abstain:
        return ("wrong", "it should abstain") if answer.citations else ("right", "")
    if not answer.citations:
        return "abstained", "it cites nothing"
    text = normalize(answer.answer)
    faults = [f"lacks {' | '.join(group)}" for group in _missing(expectation, text)]
    faults += [f"has {string}" for string in expectation.must_not if holds(text, string)]
    if not expectation.must and not cites_gold:
        faults.append("cites no gold document")
    return ("wrong", "; ".join(faults)) if faults else ("right", "")


def _missing(expectation: Expectation, text: str) -> list[tuple[str, ...]]:
    """The groups of which a normalized text holds nothing."""
    return [group for group in expectation.must if not any(holds(text, string) for string in group)]
