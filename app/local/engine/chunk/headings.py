"""The headings over a place of a text, outermost first.

    # Ferries             over everything below
    ## Fees
    Cars pay 30.          below Ferries and Fees

A chunk from the middle of a section does not say what it is about; the headings over it do.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.local.engine.chunk.units import Unit

MOST = 300  # characters of all headings together
_HEADING = re.compile(r"(?P<level>#{1,6}+)[ \t]++(?P<words>.*+)\s*+")
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

    @property
    def title(self) -> str:
        """The heading that the text begins with; "" if it begins with anything else."""
        return self._all[0].words if self._all and self._all[0].start == 0 else ""

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


def _without_closing(words: str) -> str:
    """A heading's words without the signs that may close it: `Fees ##` is "Fees", `C#` is "C#"."""
    words = words.rstrip()
    bare = words.rstrip("#")
    return bare if bare != bare.rstrip() or not bare else words


def _headings(text: str, units: Sequence[Unit]) -> list[Heading]:
    result = []
    in_code = False
    for unit in units:
        words = text[unit.start : unit.end]
        if _FENCE.match(words):
            in_code = not in_code
        elif not in_code and words.startswith("#") and (match := _HEADING.fullmatch(words)):
            plain = " ".join(_MARKUP.sub("", _without_closing(match["words"])).split())
            if plain:
                result.append(Heading(unit.start, len(match["level"]), plain))
    return result
