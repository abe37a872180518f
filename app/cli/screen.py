"""The commands' output: text, tables and progress bars on a terminal; plain lines elsewhere.

Commands print only through `out` and `err`. Both take plain text: it is never read as Rich's
markup, and control characters that a terminal would obey are replaced (`terminal_text`).
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

from app.cli.terminal_text import visible, visible_json, visible_line

QUOTE_LENGTH = 200
PIPE_WIDTH = 240  # columns without a terminal, because programs need unbroken lines


class Screen:
    """Standard output or standard error."""

    def __init__(self, *, stderr: bool) -> None:
        terminal = (sys.stderr if stderr else sys.stdout).isatty()
        self._console = Console(
            stderr=stderr,
            markup=False,
            emoji=False,
            highlight=False,
            width=None if terminal else PIPE_WIDTH,
        )

    @property
    def is_terminal(self) -> bool:
        """Whether the output goes to a terminal."""
        return self._console.is_terminal

    def print(
        self, text: str | Text = "", *, style: str = "", end: str = "\n", soft_wrap: bool = False
    ) -> None:
        """Print a text. Lines are broken at words, or with `soft_wrap` left to the terminal."""
        self._console.print(_harmless(text), style=style, end=end, soft_wrap=soft_wrap)

    def indented(self, text: str | Text, columns: int, *, style: str = "") -> None:
        """Print a paragraph, all of it moved `columns` to the right."""
        padding = (0, 0, 0, columns)
        self._console.print(Padding(_harmless(text), padding, expand=False), style=style)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print rows under the names of their columns."""
        grid = Table(box=None, pad_edge=False, header_style="dim")
        for column in columns:
            grid.add_column(column, overflow="fold")
        for row in rows:
            grid.add_row(*(Text(visible_line(cell)) for cell in row))
        self._console.print(grid)

    @contextmanager
    def status(self, doing: str) -> Iterator[None]:
        """Show a spinner on a terminal while the body runs; nothing elsewhere."""
        if self.is_terminal:
            with self._console.status(Text(visible_line(doing))):
                yield
        else:
            yield

    @contextmanager
    def bar(self, label: str, total: int | None, *, quiet: bool = False) -> Iterator["Bar"]:
        """Show a progress bar of `total` steps on a terminal, below the lines that are printed
        meanwhile; nothing elsewhere.
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
    """A progress bar on the screen."""

    def __init__(self, columns: Progress, task: Any) -> None:
        self._columns, self._task = columns, task

    def __call__(
        self, completed: int, *, total: int | None = None, label: str | None = None
    ) -> None:
        """Set how many steps are completed, and where given another total or label."""
        description = None if label is None else visible_line(label)
        self._columns.update(self._task, completed=completed, total=total, description=description)


out = Screen(stderr=False)
err = Screen(stderr=True)
table = out.table
waiting = err.status


def show_json(value: Any, *, one_line: bool = False) -> None:
    """Print a JSON value to standard output, for programs, at once."""
    # Characters that the output's encoding may lack are written as JSON's escapes.
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    document = json.dumps(value, ensure_ascii=not utf8, indent=None if one_line else 2)
    sys.stdout.write(visible_json(document) + "\n")
    sys.stdout.flush()


def fail(message: str, problem: Mapping[str, Any]) -> int:
    """Print an error to standard error, and return the exit code. Further lines of the message are
    indented, so that one message does not look like two.
    """
    err.print("outcrop: " + message.replace("\n", "\n  "), style="red")
    if request_id := problem.get("requestId"):
        err.print(f"request {visible_line(str(request_id))}", style="dim")
    return 1


def sources(citations: Sequence[Mapping[str, Any]]) -> None:
    """Print the quotes behind an answer, each under its number and its document."""
    shown_places = set()
    for citation in sorted(citations, key=lambda citation: citation["number"]):
        place = (citation["number"], citation["start"])
        if place in shown_places:
            continue
        shown_places.add(place)
        line = _place(f"[{citation['number']}] ", citation)
        if citation.get("supported") is False:
            line.append(" (may not support the sentence)", style="yellow")
        out.print(line)
        for text in filter(None, (citation.get("tableHeader"), citation["text"])):
            out.indented(short(text), 4, style="dim italic")


def nearest(places: Sequence[Mapping[str, Any]]) -> None:
    """Print the places that come nearest to a question which the documents do not answer."""
    out.print("Nearest:")
    for place in places:
        out.print(_place("- ", place))


@contextmanager
def progress(label: str, total: int, *, quiet: bool = False) -> Iterator[Bar]:
    """Show a progress bar on standard error; without a terminal, print one line at the end."""
    with err.bar(label, total, quiet=quiet) as bar:
        yield bar
    if not quiet and not err.is_terminal:
        err.print(f"{label} {total}/{total}")


def _harmless(text: str | Text) -> Text:
    """The text without control characters, of the same length, because styles refer to places."""
    if isinstance(text, str):
        return Text(visible(text))
    text.plain = visible(text.plain)  # Text itself drops carriage returns: the length stays
    return text


def _place(mark: str, place: Mapping[str, Any]) -> Text:
    """A line with a mark, a document, and the page and section in it."""
    line = Text(mark, style="bold cyan")
    line.append(visible_line(place["document"]), style="cyan")
    line.append(page_name(place))
    if place["section"]:
        line.append(f", {visible_line(place['section'])}")
    return line


def page_name(place: Mapping[str, Any]) -> str:
    """The page of a place: what the document calls it, and its number in the file.

    >>> page_name({"page": 5, "pageLabel": "iii"}), page_name({"page": 5, "pageLabel": None})
    (', page iii (5)', ', page 5')
    """
    number, label = place["page"], visible_line(place.get("pageLabel") or "")
    if label:
        return f", page {label} ({number})"
    return f", page {number}" if number else ""


def short(text: str) -> str:
    """A text in one line, cut off where it is too long for one."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTE_LENGTH else line[: QUOTE_LENGTH - 1].rstrip() + "…"
