"""The headings above a place in a text."""

from bisect import bisect_right
from collections.abc import Sequence

from app.citations.sentences import HEADING, Unit


def title(text: str, heading: Unit) -> str:
    r"""A heading's words, without the signs around them.

    >>> from app.citations.sentences import units
    >>> [title(text, units(text)[0]) for text in ("## Use of C# ##", "Use\n===")]
    ['Use of C#', 'Use']
    """
    words = text[heading.start : heading.end]
    if not HEADING.match(words):
        return " ".join(words.split())
    words = words.lstrip("#").strip()
    bare = words.rstrip("#")
    return bare.rstrip() if bare != words and (not bare or bare[-1].isspace()) else words


class Sections:
    """The headings of a text, by their places."""

    def __init__(self, text: str, parts: Sequence[Unit]) -> None:
        headings = [unit for unit in parts if unit.kind == "heading"]
        self._starts = [unit.start for unit in headings]
        self._levels = [unit.level for unit in headings]
        self._titles = [title(text, unit) for unit in headings]

    def at(self, place: int) -> str | None:
        """The nearest heading that begins at or before this character; None if there is none."""
        number = bisect_right(self._starts, place)
        return self._titles[number - 1] or None if number else None

    def above(self, place: int) -> tuple[str, ...]:
        """The headings of the sections that a character is in, the outermost first."""
        titles: list[str] = []
        level = 7
        for number in range(bisect_right(self._starts, place) - 1, -1, -1):
            if self._levels[number] < level:
                level = self._levels[number]
                titles.append(self._titles[number])
        return tuple(each for each in reversed(titles) if each)
