"""An answer, piece by piece -> its text and its bracketed numbers, each with what stands around it.

One pass, a sign at a time, in time proportional to the answer however it is cut into pieces. What
may become a bracketed number is held back, and so is white space in front of one; all else is
passed on at once. Which of them are marks is for `marks` to say.

    "Quartz is hard [3]. See `a[0]`."
    Words("Quartz is hard")  Run(" ", ([3],), after=".")  Words(". See `a")  Run("", ([0],), code)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

LONGEST = 40  # characters from bracket to bracket
NUMBERS = re.compile(rf"\[([\d, \t]{{1,{LONGEST}}})\]")  # what a scanner may take for a bracket
GLANCE = 64  # characters before a run that tell what it stands behind
_MOST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Words:
    """Text that is passed on as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Bracket:
    """Numbers in brackets, `[1]` or `[2, 3]`, as they are written."""

    text: str
    numbers: tuple[int, ...]


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
    """Reads an answer's pieces."""

    def __init__(self) -> None:
        self._out: list[str] = []  # text that is settled, and not passed on yet
        self._before = ""
        self._space: list[str] = []
        self._open: list[str] = []  # a bracket that is not closed yet
        self._closed: list[Bracket] = []
        self._behind: list[str] = []  # white space behind brackets
        self._code = _Code()
        self._depth = 0  # of brackets that are open, in a list of lists

    def read(self, piece: str) -> Iterator[Words | Run]:
        for sign in piece:
            yield from self._read(sign)
        yield from self._settled()

    def end(self) -> Iterator[Words | Run]:
        """What was held back until now."""
        opened, self._open = self._open, []
        if self._closed:
            yield self._run("".join((*self._behind, *opened))[:LONGEST])
        self._say("".join((*self._space, *opened)))
        self._space = []
        yield from self._settled()

    def _read(self, sign: str) -> Iterator[Words | Run]:
        if self._open:
            if sign == "]" and (closed := bracket("".join(self._open) + sign)):
                self._closed.append(closed)
                self._open = []
                return
            if (sign in ", \t" or sign.isdecimal()) and len(self._open) < LONGEST:
                self._open.append(sign)
                return
            yield from self._give_up(sign)
        if self._closed and (self._behind or sign != "["):
            if sign.isspace():
                self._behind.append(sign)
                return
            yield from self._end_run("".join((*self._behind[:1], sign)))
        if sign == "[":
            self._open.append(sign)
        elif sign.isspace():
            self._space.append(sign)
        else:
            self._say_with_space(sign)

    def _give_up(self, sign: str) -> Iterator[Words | Run]:
        """What was opened is no bracket of numbers."""
        opened, self._open = "".join(self._open), []
        if self._closed:
            yield from self._end_run(opened[:1])
        if self._depth or (sign == "[" and not opened[1:].strip()):
            self._depth += 1
        self._say_with_space(opened)

    def _end_run(self, after: str) -> Iterator[Words | Run]:
        yield from self._settled()
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
        written = "".join(each.text for each in run.brackets)
        self._code.read(written)
        self._remember(space + written)
        return run

    def _say_with_space(self, text: str) -> None:
        space, self._space = "".join(self._space), []
        if self._depth:
            self._depth = 0 if space.count("\n") > 1 else max(0, self._depth - text.count("]"))
        self._say(space + text)

    def _say(self, text: str) -> None:
        self._code.read(text)
        self._out.append(text)

    def _settled(self) -> Iterator[Words]:
        if text := "".join(self._out):
            self._remember(text)
            self._out = []
            yield Words(text)

    def _remember(self, text: str) -> None:
        self._before = (self._before + text[-GLANCE:])[-GLANCE:]


class _Code:
    """Whether what comes next stands between fences, or between backticks on one line."""

    def __init__(self) -> None:
        self._fence = ""  # the one that opened a block of code
        self._ticks = 0  # how many opened the code on this line
        self._run = ""  # backticks or tildes that have just been read
        self._last = self._before = "\n"  # the sign before, and the one before that run
        self._begins = True  # nothing but white space since the line began
        self._opened_here = False  # the fence stands on this line

    @property
    def inside(self) -> bool:
        self._end_run()
        return bool(self._fence or self._ticks)

    def read(self, text: str) -> None:
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
            self._fence, self._opened_here = "", False  # code on one line, between three backticks
        elif run[0] == "`" and not self._fence:
            if self._ticks:
                self._ticks = 0 if self._ticks == len(run) else self._ticks
            elif not self._before.isalnum():  # "it`s" opens nothing
                self._ticks = len(run)
        self._begins = False


def bracket(text: str) -> Bracket | None:
    """What stands from bracket to bracket, if that is numbers of three digits at most.

    >>> bracket("[1, 20]")
    Bracket(text='[1, 20]', numbers=(1, 20))
    >>> bracket("[1, ]"), bracket("[1000]")
    (None, None)
    """
    parts = [part.strip() for part in text[1:-1].split(",")]
    if all(part.isdecimal() and len(part) <= _MOST_DIGITS for part in parts):
        return Bracket(text, tuple(map(int, parts)))
    return None
