"""Elements in a text that is no XML: pairs of tags that somebody wrote into a prompt."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

_LONGEST_TAG = 500  # characters; without a limit, a text full of "<" would take for ever


@dataclass(frozen=True)
class Element:
    """`<name attributes>inner</name>` at [start, end) of its text."""

    name: str
    attributes: str
    inner: str
    start: int
    end: int


def elements(text: str, names: Sequence[str]) -> list[Element]:
    """The elements of these names that lie in no other of them, in order. Names are patterns.

    >>> [one.inner for one in elements("<a x='1'>one</a> and <b>two<b></b> <a>", ("a", "b"))]
    ['one', 'two<b>']
    """
    return list(_elements(text, _tag(tuple(names))))


def without(text: str, elements_to_drop: Sequence[Element]) -> str:
    """The text without these elements."""
    ends = [0, *(one.end for one in elements_to_drop)]
    starts = [*(one.start for one in elements_to_drop), len(text)]
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _elements(text: str, tag: re.Pattern[str]) -> Iterator[Element]:
    opened: re.Match[str] | None = None
    for match in tag.finditer(text):
        if opened is None:
            opened = None if match["close"] else match
        elif match["close"] and match["name"].lower() == opened["name"].lower():
            inner = text[opened.end() : match.start()]
            name = opened["name"].lower()
            yield Element(name, opened["attributes"], inner, opened.start(), match.end())
            opened = None


@cache
def _tag(names: tuple[str, ...]) -> re.Pattern[str]:
    attributes = rf"(?P<attributes>(?:\s[^>]{{0,{_LONGEST_TAG}}})?)"
    return re.compile(rf"<(?P<close>/?)(?P<name>{'|'.join(names)}){attributes}>", re.IGNORECASE)
