"""`outcrop eval`: somebody's own questions, asked and judged; a quality gate by its exit code."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli import eval_report, screen
from app.cli.application import StackOption, application
from app.cli.client import Client
from app.cli.confirm import confirm
from app.cli.eval_cost import LAPTOP, estimate, parse_price, pricing
from app.cli.eval_report import Judged
from app.cli.interview import Interview
from app.cli.options import AsJson, Yes
from app.deploy.laptop.home import usable
from app.evaluation import (
    BadQuestions,
    BadRun,
    BadThreshold,
    EvalRun,
    Exchange,
    Result,
    load_run,
    parse_threshold,
    read_questions,
    results,
    save_run,
)
from app.models.facts.token_prices import TokenPrice
from app.settings import LaptopSettings, read

KEPT = "last-eval.json"  # in the home, where no --output says otherwise
SAVE_SECONDS = 5  # between two times that the answers are kept while questions are asked
MOST_AT_ONCE = 32


def evaluate(
    questions: Annotated[
        Path,
        typer.Argument(dir_okay=False, help="A file of questions; docs/eval.md has its form."),
    ],
    stack: StackOption = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="The model to ask.")] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Only questions of this kind; repeatable."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many lines of the file.")
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, max=MOST_AT_ONCE, help="So many questions at once.")
    ] = 1,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", dir_okay=False, metavar="RUN.json", help="Keep every answer here."
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            metavar="RUN.json",
            help="Judge these answers; ask nothing.",
        ),
    ] = None,
    compare: Annotated[
        list[Path] | None,
        typer.Option(
            dir_okay=False,
            metavar="RUN.json",
            help="Show this earlier run beside the new one. Given twice: the first beside the "
            "second, and nothing is asked.",
        ),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SHARE",
            help="Exit with 1 below it: right, cited, abstained, answered, a kind, or KIND.cited; "
            "repeatable.",
        ),
    ] = None,
    price: Annotated[
        str | None,
        typer.Option(metavar="IN/OUT", help="Dollars for a million tokens, read and written."),
    ] = None,
    faults: Annotated[
        bool, typer.Option("--faults", help="Print each answer that is not right, and why.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Ask the questions of a file, and count right, cited and abstained answers, time and cost.

    Without --output the answers are kept in <home>/last-eval.json. Ctrl-C keeps what was answered.
    """
    runs = [*([answers] if answers else []), *(compare or [])]
    _check(answers, compare or [], asking=[stack, model, output])
    with _misuse():
        exchanges = _chosen(read_questions(questions), kinds or [], limit)
        expectations = [turn for exchange in exchanges for turn in exchange.turns]
        thresholds = [parse_threshold(text, expectations) for text in threshold or []]
        rate = parse_price(price)
        earlier = [
            Judged(path.name, run, _judged(exchanges, run), expectations, pricing(run, rate))
            for path in runs
            for run in [load_run(path)]
        ]
    stopped: BaseException | None = None
    if answers or len(earlier) > 1:
        judged = earlier.pop(0) if answers else earlier.pop()
    else:
        run, stopped = _ask(
            _Asking(questions.name, exchanges, stack, model, concurrency, rate),
            output,
            yes=yes,
            quiet=as_json,
        )
        name = output.name if output else "this run"
        judged = Judged(name, run, _judged(exchanges, run), expectations, pricing(run, rate))
    before = earlier[0] if earlier else None
    reached = eval_report.gates(thresholds, judged)
    if as_json:
        screen.show_json(eval_report.as_object(judged, before, reached))
    else:
        eval_report.show(judged)
        if faults:
            eval_report.show_faults(judged.results)
        if before:
            eval_report.compare(before, judged)
        eval_report.show_gates(reached)
    if stopped:
        raise stopped
    raise typer.Exit(0 if all(gate.is_met for gate in reached) else 1)


@contextmanager
def _misuse() -> Iterator[None]:
    """Whatever is wrong with a file or an option ends the command before anything is asked."""
    try:
        yield
    except (BadQuestions, BadRun, BadThreshold) as error:
        raise typer.BadParameter(error.detail, param_hint=error.field) from None
    except OSError as error:
        raise typer.BadParameter(f"{error.filename}: {error.strerror}") from None


def _check(answers: Path | None, compare: Sequence[Path], asking: Sequence[object]) -> None:
    """Refuse options that would have no effect."""
    most = 1 if answers else 2
    if len(compare) > most:
        other = "beside --answers" if answers else "beside each other"
        raise typer.BadParameter(f"at most {most} can be shown {other}", param_hint="--compare")
    if (answers or len(compare) == 2) and any(asking):
        rule = "nothing is asked then: leave out --stack, --model and --output"
        hint = "--answers" if answers else "--compare"
        raise typer.BadParameter(rule, param_hint=hint)


def _chosen(
    exchanges: Sequence[Exchange], kinds: Sequence[str], limit: int | None
) -> list[Exchange]:
    """The exchanges with a question of one of the kinds, or of any; not more than `limit`."""
    known = dict.fromkeys(turn.kind for exchange in exchanges for turn in exchange.turns)
    for kind in kinds:
        if kind not in known:
            rule = f"no question is of the kind {kind!r}; there are {', '.join(known)}"
            raise typer.BadParameter(rule, param_hint="--kind")
    chosen = [
        exchange
        for exchange in exchanges
        if not kinds or any(turn.kind in kinds for turn in exchange.turns)
    ]
    return chosen[:limit]


def _judged(exchanges: Sequence[Exchange], run: EvalRun) -> list[Result]:
    return list(results(exchanges, {answer.id: answer for answer in run.answers}))


@dataclass(frozen=True)
class _Asking:
    """What is asked, of whom."""

    name: str
    exchanges: Sequence[Exchange]
    stack: str | None
    model: str | None
    concurrency: int
    rate: TokenPrice | None


def _estimate(asking: _Asking, client: Client) -> str:
    model = asking.model or str(client.call("GET", "/models")["default"])
    return f"The stack {asking.stack}: {estimate(asking.exchanges, model, asking.rate)}"


class _Keeper:
    """Keeps the answers in a file, also while questions are asked: what was paid for is not lost
    with a process that is killed.
    """

    def __init__(self, asking: _Asking, interview: Interview, path: Path) -> None:
        self._asking, self._interview, self._path = asking, interview, path
        self._started, self._saved = datetime.now(UTC), time.monotonic()

    def keep_now_and_then(self) -> None:
        if time.monotonic() - self._saved >= SAVE_SECONDS:
            self.keep(complete=False)
            self._saved = time.monotonic()

    def keep(self, *, complete: bool) -> EvalRun:
        """Write the file; the run as it is now."""
        asking = self._asking
        run = EvalRun(
            questions=asking.name,
            application=asking.stack or LAPTOP,
            started=self._started,
            complete=complete,
            answers=tuple(self._interview.in_order(asking.exchanges)),
            model=asking.model,
        )
        save_run(run, self._path)
        return run


def _ask(
    asking: _Asking, output: Path | None, *, yes: bool, quiet: bool
) -> tuple[EvalRun, BaseException | None]:
    """Ask, and keep the answers in a file; the run, and what ended it early."""
    path = output or usable(read(LaptopSettings).home) / KEPT
    if not path.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {path.parent}", param_hint="--output")
    total = sum(len(exchange.turns) for exchange in asking.exchanges)
    stopped: BaseException | None = None
    with application(asking.stack) as client:
        if asking.stack:
            screen.err.print(_estimate(asking, client), soft_wrap=True)
            confirm("Ask them?", yes=yes)
        interview = Interview(client, asking.model, asking.concurrency)
        keeper = _Keeper(asking, interview, path)
        try:
            with screen.err.bar("Asking", total, quiet=quiet) as bar:

                def advance(count: int) -> None:
                    bar(count)
                    keeper.keep_now_and_then()

                interview.ask(asking.exchanges, advance)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - raised after the report
            stopped = error
        run = keeper.keep(complete=stopped is None)
    if stopped:
        screen.err.print(f"Stopped early: {len(run.answers)} of {total} questions are answered.")
    screen.err.print(f"The answers are in {path}.", soft_wrap=True)
    return run, stopped
