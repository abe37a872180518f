"""The text of an answer and its bracketed numbers, read piece by piece.

The scanner passes over the answer once, a sign or some plain words at a time, in time proportional
to its length, whatever the pieces. It holds back a possible bracketed number and the white space
before it; all other text is passed on at once. `marks` decides which of the numbers are marks.

    "Quartz is hard [3]. See `a[0]`."
    Words("Quartz is hard")  Run(" ", ([3],), after=".")  Words(". See `a")  Run("", ([0],), code)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.citations.bracket_numbers import (
    CLOSERS,
    LONGEST,
    OPENERS,
    RAISED,
    SQUARE,
    Bracket,
    bracket,
    may_go_on,
    raised,
)

GLANCE = 64  # characters of the text before a run that a Run holds

# Words, of which no sign can be of a bracketed number, nor of the white space before one. The
# lookbehind lets white space without a word behind it be tried once, from its start.
_PLAIN = re.compile(rf"(?<!\s)(?:\s*+[^\s{re.escape(OPENERS + RAISED)}]++)++")
_MARKS_CODE = re.compile(r"[`~\n]")


@dataclass(frozen=True, slots=True)
class Words:
    """Text without bracketed numbers."""

    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """Brackets that follow one another without a space.

    Attributes:
        space: the white space before the first.
        before: the end of the text before it.
        after: the next characters behind it: white space or none, then one more; empty at the end.
        where: in code, in a list of lists such as `[[1, 2], [3, 4]]`, or in prose.
    """

    space: str
    brackets: tuple[Bracket, ...]
    before: str
    after: str
    where: Literal["prose", "code", "list"]


class Scanner:
    """Reads the pieces of one answer."""

    def __init__(self) -> None:
        self._out: list[str] = []  # text that is ready to be passed on
        self._before = ""
        self._space: list[str] = []
        self._open: list[str] = []  # an open bracket
        self._closed: list[Bracket] = []
        self._behind: list[str] = []  # white space after the brackets of a run
        self._code = _Code()
        self._depth = 0  # the number of open brackets, in a list of lists

    def read(self, piece: str) -> Iterator[Words | Run]:
        place = 0
        while place < len(piece):
            is_prose = not (self._open or self._closed or self._depth)
            if is_prose and (plain := _PLAIN.match(piece, place)):
                self._say_with_space(plain[0])
                place = plain.end()
            else:
                yield from self._read(piece[place])
                place += 1
        if self._out:
            yield from self._pass_on()

    def end(self) -> Iterator[Words | Run]:
        """The text and numbers that are still held back, at the end of the answer."""
        self._close_raised("")
        open_text, self._open = self._open, []
        if self._closed:
            yield self._run("".join((*self._behind, *open_text))[:LONGEST])
        self._say("".join((*self._space, *open_text)))
        self._space = []
        yield from self._pass_on()

    def _read(self, sign: str) -> Iterator[Words | Run]:
        self._close_raised(sign)
        if self._open:
            if self._open[0] in RAISED:
                self._open.append(sign)
                return
            if sign in CLOSERS and (closed_bracket := bracket("".join(self._open) + sign)):
                self._closed.append(closed_bracket)
                self._open = []
                return
            if may_go_on("".join(self._open), sign):
                self._open.append(sign)
                return
            yield from self._give_up(sign)
        if self._closed and (self._behind or sign not in OPENERS + RAISED):
            if sign.isspace():
                self._behind.append(sign)
                return
            yield from self._end_run("".join((*self._behind[:1], sign)))
        if sign in OPENERS + RAISED:
            self._open.append(sign)
        elif sign.isspace():
            self._space.append(sign)
        else:
            self._say_with_space(sign)

    def _close_raised(self, sign: str) -> None:
        """Close raised numbers, unless this sign is one of them."""
        if self._open and self._open[0] in RAISED and (not sign or sign not in RAISED):
            self._closed += raised("".join(self._open))
            self._open = []

    def _give_up(self, sign: str) -> Iterator[Words | Run]:
        """Treat the open bracket as text, because it holds something other than numbers."""
        open_text, self._open = "".join(self._open), []
        if self._closed:
            yield from self._end_run(open_text[:1])
        is_list = open_text.startswith("[[") or (sign == "[" and not open_text[1:].strip())
        if open_text[0] in SQUARE and (self._depth or is_list):
            self._depth += open_text.count("[")
        self._say_with_space(open_text)

    def _end_run(self, after: str) -> Iterator[Words | Run]:
        yield from self._pass_on()
        yield self._run(after)

    def _run(self, after: str) -> Run:
        space = "".join(self._space)
        self._code.read(space)
        run = Run(
            space,
            tuple(self._closed),
            self._before,
            after,
            "code" if self._code.inside else "list" if self._depth else "prose",
        )
        self._space, self._behind, self._closed = self._behind, [], []
        text = "".join(each.text for each in run.brackets)
        self._code.read(text)
        self._remember(space + text)
        return run

    def _say_with_space(self, text: str) -> None:
        space = ""
        if self._space:
            space, self._space = "".join(self._space), []
        if self._depth:
            self._depth = 0 if space.count("\n") > 1 else max(0, self._depth - text.count("]"))
        self._say(space + text)

    def _say(self, text: str) -> None:
        self._code.read(text)
        self._out.append(text)

    def _pass_on(self) -> Iterator[Words]:
        if text := "".join(self._out):
            self._remember(text)
            self._out = []
            yield Words(text)

    def _remember(self, text: str) -> None:
        self._before = (self._before + text[-GLANCE:])[-GLANCE:]


class _Code:
    """Knows whether the next sign is code: between fences, or between backticks on one line."""

    def __init__(self) -> None:
        self._fence = ""  # the fence that opened a block of code
        self._ticks = 0  # the number of backticks that opened code on this line
        self._run = ""  # the backticks or tildes that were just read
        self._last = self._before = "\n"  # the last sign, and the sign before that run
        self._begins = True  # only white space since the line began
        self._opened_here = False  # this line is a fence

    @property
    def inside(self) -> bool:
        self._end_run()
        return bool(self._fence or self._ticks)

    def read(self, text: str) -> None:
        if text and not self._run and not _MARKS_CODE.search(text):
            self._begins = self._begins and text.isspace()
            self._last = text[-1]
            return
        for sign in text:
            if self._run and sign == self._run[0]:
                self._run += sign if len(self._run) < LONGEST else ""
                continue
            self._end_run()
            if sign in "`~":
                self._run, self._before = sign, self._last
            elif sign == "\n":
                self._ticks, self._begins, self._opened_here = 0, True, False
            elif not sign.isspace():
                self._begins = False
            self._last = sign

    def _end_run(self) -> None:
        run, self._run = self._run, ""
        if not run:
            return
        if self._begins and len(run) > 2:
            if not self._fence:
                self._fence, self._opened_here = run, True
            elif run.startswith(self._fence):
                self._fence = ""
        elif self._opened_here and run[0] == self._fence[0] == "`":
            self._fence, self._opened_here = "", False  # code on one line between three backticks
        elif run[0] == "`" and not self._fence:
            if self._ticks:
                self._ticks = 0 if self._ticks == len(run) else self._ticks
            elif not self._before.isalnum():  # the backtick of "it`s" opens no code
                self._ticks = len(run)
        self._begins = False
