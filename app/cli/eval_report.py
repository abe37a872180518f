"""Shows what the answers to a file of questions are worth: tables, or one object for programs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.text import Text

from app.cli import screen
from app.cli.client import Json
from app.cli.terminal_text import visible_line
from app.evaluation import (
    Difference,
    EvalRun,
    Expectation,
    Result,
    Tally,
    Threshold,
    by_kind,
    differences,
)
from app.evaluation.runs import as_json
from app.evaluation.tally import Price

MOST_CHARACTERS = 300  # of an answer that is shown because it is not right


@dataclass(frozen=True)
class Judged:
    """A run, judged by a file of questions.

    Attributes:
        name: as it is called in a table beside another.
        expectations: the questions of the file that were chosen.
    """

    name: str
    run: EvalRun
    results: Sequence[Result]
    expectations: Sequence[Expectation]
    price: Price

    @property
    def unanswered(self) -> list[str]:
        """The ids of the questions without an answer."""
        answered = {result.expectation.id for result in self.results}
        return [one.id for one in self.expectations if one.id not in answered]


@dataclass(frozen=True)
class Gate:
    """A threshold, and what was reached."""

    threshold: Threshold
    share: float

    @property
    def is_met(self) -> bool:
        return self.share >= self.threshold.least


def gates(thresholds: Iterable[Threshold], judged: Judged) -> list[Gate]:
    return [Gate(one, one.share(judged.expectations, judged.results)) for one in thresholds]


def show(judged: Judged) -> None:
    """Print the counts of each kind, and below them what they do not say."""
    columns = ("kind", "questions", "right", "wrong", "abstained: rightly", "wrongly", "cited")
    more = ("p50 s", "p95 s", "characters", "tokens in", "out", "dollars")
    tallies = by_kind(judged.results, judged.price)
    screen.table((*columns, *more), map(_row, tallies))
    whole = tallies[-1]
    for note in _notes(judged, whole):
        screen.out.print(note, soft_wrap=True)


def _row(tally: Tally) -> list[str]:
    return [
        tally.kind,
        str(tally.questions),
        str(tally.right),
        str(tally.wrong),
        _of(tally.right_abstentions, tally.unanswerable),
        _of(tally.wrong_abstentions, tally.answerable),
        _of(tally.cited, tally.citable),
        _seconds(tally.p50),
        _seconds(tally.p95),
        str(tally.characters),
        str(tally.input_tokens),
        str(tally.output_tokens),
        _dollars(tally.dollars),
    ]


def _of(count: int, whole: int) -> str:
    return f"{count}/{whole}" if whole else "-"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"


def _dollars(dollars: float | None) -> str:
    return "?" if dollars is None else f"{dollars:.4f}"


def _notes(judged: Judged, whole: Tally) -> Iterable[str]:
    models = sorted({one.answer.model for one in judged.results if one.answer.model})
    if models:
        yield f"written by {visible_line(', '.join(models))}"
    by_conversation: dict[str, list[bool]] = {}
    for result in judged.results:
        if result.exchange != result.expectation.id:
            by_conversation.setdefault(result.exchange, []).append(result.is_right)
    if by_conversation:
        right = sum(map(all, by_conversation.values()))
        yield f"{right} of {len(by_conversation)} conversations are right from first to last"
    if whole.fenced:
        yield f"{whole.fenced} right answers have what is asked for in a fenced block"
    if whole.errors:
        yield f"{whole.errors} questions ended with an error, and count as wrong"
    if judged.unanswered:
        yield f"{len(judged.unanswered)} questions of the file have no answer"
    if whole.dollars is None:
        yield "the price of a model is not known: give it with --price"


def show_faults(results: Iterable[Result]) -> None:
    """Print each answer that is not right, with the reason."""
    for result in results:
        if not result.is_right:
            head = Text(f"\n{visible_line(result.expectation.id)}  ", style="bold")
            head.append(visible_line(result.expectation.question), style="")
            screen.out.print(head, soft_wrap=True)
            screen.out.indented(visible_line(f"{result.outcome}: {result.reason}"), 2)
            text = visible_line(result.answer.answer)
            screen.out.indented(text[:MOST_CHARACTERS], 2, style="dim")


def show_gates(reached: Iterable[Gate]) -> None:
    for gate in reached:
        name, least = gate.threshold.name, gate.threshold.least
        mark = ("ok   ", "green") if gate.is_met else ("below", "red")
        line = Text.assemble(mark, f" {visible_line(name)}: {gate.share:.3f}, at least {least:g}")
        screen.out.print(line)


def compare(before: Judged, after: Judged) -> None:
    """Print two runs side by side, over the questions that both have answered."""
    before, after = _shared(before, after)
    first = by_kind(before.results, before.price)
    second = by_kind(after.results, after.price)  # of the same questions, in the same order
    screen.out.print(f"\nbefore: {before.name}   after: {after.name}")
    columns = (
        "kind",
        "questions",
        "right",
        "after",
        "cited",
        "after",
        "abstained wrongly",
        "after",
    )
    more = ("p50 s", "after", "tokens", "after", "dollars", "after")
    screen.table((*columns, *more), map(_pair, first, second))
    changes = list(differences(before.results, after.results))
    for change in sorted(changes, key=lambda change: change.is_gain):
        _show_change(change)


def _pair(before: Tally, after: Tally) -> list[str]:
    cells: Sequence[Callable[[Tally], str]] = (
        lambda tally: str(tally.right),
        lambda tally: _of(tally.cited, tally.citable),
        lambda tally: _of(tally.wrong_abstentions, tally.answerable),
        lambda tally: _seconds(tally.p50),
        lambda tally: str(tally.input_tokens + tally.output_tokens),
        lambda tally: _dollars(tally.dollars),
    )
    pairs = [text for cell in cells for text in (cell(before), cell(after))]
    return [before.kind, str(before.questions), *pairs]


def _show_change(change: Difference) -> None:
    before, after = change.before, change.after
    style = "green" if change.is_gain else "red"
    line = Text.assemble(
        (f"{before.outcome} to {after.outcome}", style), f"  {visible_line(after.expectation.id)}  "
    )
    line.append(visible_line(after.expectation.question))
    if after.reason:
        line.append(f"  ({visible_line(after.reason)})", style="dim")
    screen.out.print(line, soft_wrap=True)


def _shared(before: Judged, after: Judged) -> tuple[Judged, Judged]:
    """Both runs, with the questions only that both have answered."""
    ids = {one.expectation.id for one in before.results}
    ids &= {one.expectation.id for one in after.results}

    def only(judged: Judged) -> Judged:
        results = [one for one in judged.results if one.expectation.id in ids]
        return Judged(judged.name, judged.run, results, judged.expectations, judged.price)

    return only(before), only(after)


def as_object(judged: Judged, before: Judged | None, reached: Sequence[Gate]) -> Json:
    """Everything, as one JSON object."""
    report: Json = {
        "run": as_json(judged.run),
        "kinds": [asdict(tally) for tally in by_kind(judged.results, judged.price)],
        "questions": [_as_json(result) for result in judged.results],
        "unanswered": judged.unanswered,
        "thresholds": [
            {
                "name": gate.threshold.name,
                "least": gate.threshold.least,
                "share": gate.share,
                "met": gate.is_met,
            }
            for gate in reached
        ],
    }
    if before is not None:
        first, second = _shared(before, judged)
        changes = list(differences(first.results, second.results))
        report["comparison"] = {
            "run": as_json(before.run),
            "before": [asdict(tally) for tally in by_kind(first.results, first.price)],
            "after": [asdict(tally) for tally in by_kind(second.results, second.price)],
            "gained": [one.after.expectation.id for one in changes if one.is_gain],
            "lost": [one.after.expectation.id for one in changes if not one.is_gain],
        }
    return report


def _as_json(result: Result) -> Json:
    return {
        "id": result.expectation.id,
        "kind": result.expectation.kind,
        "question": result.expectation.question,
        "outcome": result.outcome,
        "cited": result.cites_gold,
        "fenced": result.is_fenced,
        "reason": result.reason,
        "answer": result.answer.answer,
        "model": result.answer.model,
        "seconds": result.answer.seconds,
    }
