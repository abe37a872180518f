"""The headings over a place of a text, outermost first.

    # Ferries             over everything below
    ## Fees
    Cars pay 30.          below Ferries and Fees

A chunk from the middle of a section does not say what it is about; the headings over it do.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.chunk.units import Unit

MOST = 300  # characters of all headings together
# A line that is indented further is code.
_HEADING = re.compile(r" {0,3}+(?P<level>#{1,6}+)[ \t]++(?P<words>.*+)\s*+")
_FENCE = re.compile(r"```|~~~")
_MARKUP = re.compile(r"<[^<>]*>|[*_`\\]")


@dataclass(frozen=True)
class Heading:
    """A heading: where it begins, its level from 1, and its words without markup."""

    start: int
    level: int
    words: str


class Headings:
    """The headings of a text."""

    def __init__(self, text: str, units: Sequence[Unit]) -> None:
        self._all = _headings(text, units)
        self._starts = [heading.start for heading in self._all]

    def within(self, start: int, end: int) -> list[str]:
        """The headings in a stretch of the text."""
        first, last = (bisect_left(self._starts, place) for place in (start, end))
        return [one.words for one in self._all[first:last]]

    def over(self, place: int) -> list[str]:
        """The headings over a place of the text that begin before it, outermost first."""
        path: list[Heading] = []
        level = 7
        number = bisect_right(self._starts, place) - 1
        if number >= 0 and self._starts[number] == place:
            level = self._all[number].level
            number -= 1
        for heading in reversed(self._all[: number + 1]):
            if heading.level < level:
                path.append(heading)
                level = heading.level
            if level == 1:
                break
        return [heading.words for heading in reversed(path)]


def joined(path: Sequence[str]) -> str:
    """Headings as one line, at most MOST characters long: the innermost are kept.

    >>> joined(["Ferries", "Fees"])
    'Ferries > Fees'
    """
    line = ""
    for words in reversed(path):
        longer = f"{words} > {line}" if line else words
        if len(longer) > MOST:
            break
        line = longer
    return line


def with_context(context: str, text: str) -> str:
    """A chunk below the headings over it, as it is embedded and read."""
    return f"{context}\n\n{text}" if context else text


def heading(line: str, start: int) -> Heading | None:
    """The heading that a line is, if it is one and has words.

    >>> heading("## *Fees* ##", 0)
    Heading(start=0, level=2, words='Fees')

    Args:
        line: with the white space before it.
        start: the place of its first sign in the text.
    """
    match = _HEADING.fullmatch(line) if "#" in line else None
    words = " ".join(_MARKUP.sub("", _without_closing(match["words"])).split()) if match else ""
    return Heading(start, len(match["level"]), words) if match and words else None


def _without_closing(words: str) -> str:
    """A heading's words without the signs that may close it: `Fees ##` is "Fees", `C#` is "C#"."""
    words = words.rstrip()
    bare = words.rstrip("#")
    return bare if bare != bare.rstrip() or not bare else words


def _headings(text: str, units: Sequence[Unit]) -> list[Heading]:
    result: list[Heading] = []
    in_code = False
    for unit in units:
        words = text[unit.start : unit.end]
        if _FENCE.match(words):
            in_code = not in_code
        elif not in_code and words.startswith("#"):
            near = max(unit.start - 4, 0)  # a line does not begin further back than a heading may
            line = text[text.rfind("\n", near, unit.start) + 1 or near : unit.end]
            result += filter(None, [heading(line, unit.start)])
    return result
