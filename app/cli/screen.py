"""What a person reads: words, tables and bars on a terminal; plain lines where there is none.

`out` and `err` are the only ways to the terminal. What they are given is text: it is never read as
Rich's markup, and no sign in it is one that a terminal obeys (`visible`).
"""

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

from app.cli.visible import visible, visible_json, visible_line

QUOTE_LENGTH = 200
PIPED = 240  # columns, where there is no terminal: what reads lines wants them whole


class Screen:
    """Standard output or standard error."""

    def __init__(self, *, stderr: bool) -> None:
        terminal = (sys.stderr if stderr else sys.stdout).isatty()
        self._console = Console(
            stderr=stderr,
            markup=False,
            emoji=False,
            highlight=False,
            width=None if terminal else PIPED,
        )

    @property
    def is_terminal(self) -> bool:
        """Whether a person is looking."""
        return self._console.is_terminal

    def print(
        self, text: str | Text = "", *, style: str = "", end: str = "\n", soft_wrap: bool = False
    ) -> None:
        """Text as it is. With `soft_wrap` the terminal breaks its lines, else they are broken at
        words.
        """
        self._console.print(_harmless(text), style=style, end=end, soft_wrap=soft_wrap)

    def indented(self, text: str | Text, columns: int, *, style: str = "") -> None:
        """A paragraph that begins so far to the right."""
        padding = (0, 0, 0, columns)
        self._console.print(Padding(_harmless(text), padding, expand=False), style=style)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Rows under their columns, without lines between them."""
        grid = Table(box=None, pad_edge=False, header_style="dim")
        for column in columns:
            grid.add_column(column, overflow="fold")
        for row in rows:
            grid.add_row(*(Text(visible_line(cell)) for cell in row))
        self._console.print(grid)

    @contextmanager
    def status(self, doing: str) -> Iterator[None]:
        """A spinner on a terminal; nothing elsewhere."""
        if self.is_terminal:
            with self._console.status(Text(visible_line(doing))):
                yield
        else:
            yield

    @contextmanager
    def bar(self, label: str, total: int | None, *, quiet: bool = False) -> Iterator["Bar"]:
        """A bar of `total` steps on a terminal, lines that are printed meanwhile above it; nothing
        elsewhere.
        """
        columns = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=quiet or not self.is_terminal,
        )
        with columns:
            yield Bar(columns, columns.add_task(visible_line(label), total=total))


class Bar:
    """A bar's handle."""

    def __init__(self, columns: Progress, task: Any) -> None:
        self._columns, self._task = columns, task

    def __call__(
        self, completed: int, *, total: int | None = None, label: str | None = None
    ) -> None:
        """So much is done; of another total, under another label, where these are given."""
        description = None if label is None else visible_line(label)
        self._columns.update(self._task, completed=completed, total=total, description=description)


out = Screen(stderr=False)
err = Screen(stderr=True)
table = out.table
waiting = err.status


def show_json(value: Any) -> None:
    """One JSON value to standard output, for programs."""
    # An encoding that has not every sign leaves it to JSON's escapes, which all of them have.
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    document = json.dumps(value, ensure_ascii=not utf8, indent=2)
    sys.stdout.write(visible_json(document) + "\n")


def fail(message: str, problem: Mapping[str, Any]) -> int:
    """Say what went wrong, and give the exit code. Only its first line is at the margin, so that
    no message can pass for two.
    """
    err.print("outcrop: " + message.replace("\n", "\n  "), style="red")
    if request_id := problem.get("requestId"):
        err.print(f"request {visible_line(str(request_id))}", style="dim")
    return 1


def sources(citations: Sequence[Mapping[str, Any]]) -> None:
    """What stands behind an answer: a line for each quote, under the number that it is cited by."""
    seen = set()
    for citation in sorted(citations, key=lambda citation: citation["number"]):
        place = (citation["number"], citation["start"])
        if place in seen:
            continue
        seen.add(place)
        head = Text(f"[{citation['number']}] ", style="bold cyan")
        head.append(visible_line(citation["document"]), style="cyan")
        if citation["page"]:
            head.append(f", page {citation['page']}")
        if citation["section"]:
            head.append(f", {visible_line(citation['section'])}")
        out.print(head)
        out.indented(_short(citation["text"]), 4, style="dim italic")


@contextmanager
def progress(label: str, total: int, *, quiet: bool = False) -> Iterator[Bar]:
    """A bar of `total` steps on standard error; without a terminal, a line at the end only."""
    with err.bar(label, total, quiet=quiet) as bar:
        yield bar
    if not quiet and not err.is_terminal:
        err.print(f"{label} {total}/{total}")


def _harmless(text: str | Text) -> Text:
    """The text, sign for sign, so that what is styled stays where it is."""
    if isinstance(text, str):
        return Text(visible(text))
    text.plain = visible(text.plain)  # Text itself drops carriage returns: nothing moves
    return text


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTE_LENGTH else line[: QUOTE_LENGTH - 1].rstrip() + "…"
