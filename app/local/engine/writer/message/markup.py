"""Elements in a text that is no XML: pairs of tags that somebody wrote into a prompt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from app.local import lazy_re as re

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
    r"""The elements of these names that lie in no other of them, in order. Names are patterns.

    A prompt may speak of a tag that it does not open: "only if the <source> tag has an id". Such a
    tag in the middle of a line gives way to the next of its name that begins one.

    >>> [one.inner for one in elements("<a x='1'>one</a> and <b>two<b></b> <a>", ("a", "b"))]
    ['one', 'two<b>']
    >>> [one.inner for one in elements("In the <a> tag:\n<a>one</a>", ("a",))]
    ['one']
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
        elif match["name"].lower() != opened["name"].lower():
            continue
        elif match["close"]:
            inner = text[opened.end() : match.start()]
            if inner.strip():  # <context></context> is spoken of
                name = opened["name"].lower()
                yield Element(name, opened["attributes"], inner, opened.start(), match.end())
            opened = None
        elif _begins_line(text, match.start()) and not _begins_line(text, opened.start()):
            opened = match


def _begins_line(text: str, place: int) -> bool:
    line = text.rfind("\n", 0, place) + 1
    return place - line < _LONGEST_TAG and not text[line:place].strip(" \t#>*-")


@cache
def _tag(names: tuple[str, ...]) -> re.Pattern[str]:
    attributes = rf"(?P<attributes>(?:\s[^>]{{0,{_LONGEST_TAG}}})?)"
    return re.compile(rf"<(?P<close>/?)(?P<name>{'|'.join(names)}){attributes}>", re.IGNORECASE)
