"""What a person reads: words, tables and bars on a terminal; plain lines where there is none."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

QUOTE_LENGTH = 200
PIPED = 240  # columns, where there is no terminal: what reads lines wants them whole


def _console(*, stderr: bool) -> Console:
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, highlight=False, width=None if terminal else PIPED)


out = _console(stderr=False)
err = _console(stderr=True)


def show_json(value: Any) -> None:
    """One JSON value to standard output, for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def fail(message: str, problem: Mapping[str, Any]) -> int:
    """Say what went wrong, and give the exit code."""
    err.print(Text(f"outcrop: {message}", style="red"))
    if request_id := problem.get("requestId"):
        err.print(Text(f"request {request_id}", style="dim"))
    return 1


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows under their columns, without lines between them."""
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*map(Text, row))
    out.print(grid)


def sources(citations: Sequence[Mapping[str, Any]]) -> None:
    """What stands behind an answer: a line for each quote, under the number that it is cited by."""
    seen = set()
    for citation in sorted(citations, key=lambda citation: citation["number"]):
        place = (citation["number"], citation["start"])
        if place in seen:
            continue
        seen.add(place)
        head = Text(f"[{citation['number']}] ", style="bold cyan")
        head.append(citation["document"], style="cyan")
        if citation["page"]:
            head.append(f", page {citation['page']}")
        if citation["section"]:
            head.append(f", {citation['section']}")
        out.print(head)
        indented(Text(_short(citation["text"]), style="dim italic"), 4)


def indented(text: Text, columns: int) -> None:
    """A paragraph that begins so far to the right."""
    out.print(Padding(text, (0, 0, 0, columns), expand=False))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTE_LENGTH else line[: QUOTE_LENGTH - 1].rstrip() + "…"


@contextmanager
def progress(label: str, total: int, *, quiet: bool = False) -> Iterator["Advance"]:
    """A bar of `total` steps on standard error; without a terminal, a line at the end only."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=quiet or not err.is_terminal,
    )
    with bar:
        task = bar.add_task(label, total=total)
        yield Advance(bar, task)
    if not quiet and not err.is_terminal:
        err.print(f"{label} {total}/{total}")


class Advance:
    """A bar's handle."""

    def __init__(self, bar: Progress, task: Any) -> None:
        self._bar, self._task = bar, task

    def __call__(self, completed: int) -> None:
        self._bar.update(self._task, completed=completed)


@contextmanager
def waiting(for_what: str) -> Iterator[None]:
    """A spinner on a terminal; nothing elsewhere."""
    if err.is_terminal:
        with err.status(for_what):
            yield
    else:
        yield
