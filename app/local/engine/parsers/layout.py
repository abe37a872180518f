"""Lines at places on pages, made paragraphs and headings again.

Lines are one paragraph where a typesetter would have broken it: they follow each other closely, in
one size, and the first word of the next would not have fitted on the one before. What is larger
than the body is a heading. What stands at the edge of many pages, page numbers and running titles,
is told once.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from app.local.engine.parsers.render import heading, tidy

_LARGER = 1.15  # times the body's size: a heading
_LONGEST_HEADING = 160  # characters
_LEVELS = 4  # of headings, by their size
_MOST_FRONT_MATTER = 30  # pages before the one that is numbered 1
_LOOSE = 1.25  # times the page's usual distance of lines: further apart are two paragraphs
_SAME = 0.1  # of the size: what differs by less is of one size
_SPACE = 0.25  # times the size: how wide a space is
_INDENT = 0.8  # times the size: a line that stands so far in begins a paragraph
_GUTTER = 1.5  # times the size: words that are further apart are of two cells of a table
_NARROWEST = 14  # times the size: a narrower line is of an address, a receipt, a label
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2}")
_NUMBERED = re.compile(r"\d+((?:\.\d+)+)\.?\s+[^\W\d].{0,80}(?<![.,;:])")
_ITEM = re.compile(r"(?:[-*\u2023\u25a0-\u25ff]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s")
SOFT_HYPHEN = "\u00ad"  # stands where the end of a line broke a word
_WORD = re.compile(r"[\w-]+")
_BROKEN = re.compile(rf"(?<![\w-])([\w-]+){SOFT_HYPHEN}([\w-]+)")
_LEADERS = re.compile(r"(?:\s?\.){4,}\s?")


@dataclass(frozen=True)
class Line:
    """A line of a page. Lengths are in points; heights count from the bottom of the page.

    Attributes:
        text: never empty; a space at its end tells that a word ends there.
        size: how high its first letter's font is.
        left: where it begins.
        right: where it ends.
        top: the height at which it begins.
        bottom: the height at which it ends: lower, where a hyphenated word joins two lines.
        word: how wide its first word is.
        gap: the widest space between two of its words.
    """

    text: str
    size: float
    left: float
    right: float
    top: float
    bottom: float
    word: float
    gap: float


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without what runs along their upper or lower edge: lines that come again there, but
    for the page's number, on a quarter of the pages, and on three at least. The first stays, if it
    says more than the number.
    """
    edges = [
        {each: _running(each.text, number) for each in _edges(page)}
        for number, page in enumerate(pages, start=1)
    ]
    times = Counter(words for edge in edges for each in edge.values() for words in each)
    often = {words for words, count in times.items() if count >= max(3, len(pages) / 4)}
    repeats = {words for words in often if not any(map(str.isalpha, words))}
    pages_without: list[list[Line]] = []
    for page, edge in zip(pages, edges, strict=True):
        pages_without.append([each for each in page if repeats.isdisjoint(edge.get(each, ()))])
        for words in edge.values():
            repeats |= words & often
    return pages_without


def _edges(page: Sequence[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda each: each.top)
    return by_height[:2] + by_height[2:][-2:]


def _running(text: str, page: int) -> set[str]:
    """What a line may say on other pages too: its words; and, for each number that could be the
    page's, its words and by how much that number differs.

    >>> sorted(_running("12 Soils", 11)), sorted(_running("Invoice 4711", 11))
    (['#1 Soils', '12 Soils'], ['Invoice 4711'])
    """
    words = {text}
    for match in re.finditer(r"\d{1,6}", text):
        difference = int(match[0]) - page
        if abs(difference) <= _MOST_FRONT_MATTER:
            words.add(f"{text[: match.start()]}#{difference}{text[match.end() :]}")
    return words


def markdown(pages: Sequence[Sequence[Line]]) -> Iterator[str]:
    """The text of each page."""
    levels = _levels(pages)
    words = {word for page in pages for each in page for word in _WORD.findall(each.text)}
    for page in pages:
        text = "\n\n".join(_block(lines, levels) for lines in _close_together(page))
        text = _BROKEN.sub(lambda match: _whole(match[1], match[2], words), text)
        yield tidy(_LEADERS.sub(" ... ", text))


def _whole(left: str, right: str, words: Set[str]) -> str:
    """A word that the end of a line broke, with its hyphen only if it is written so elsewhere.

    >>> _whole("well", "known", {"well-known"}), _whole("contem", "poraneous", set())
    ('well-known', 'contemporaneous')
    """
    hyphenated = f"{left}-{right}"
    return hyphenated if hyphenated in words and left + right not in words else left + right


def _levels(pages: Sequence[Sequence[Line]]) -> dict[int, int]:
    """The level of heading that each size stands for, of those larger than most of the text."""
    sizes: Counter[int] = Counter()
    for page in pages:
        for each in page:
            sizes[round(each.size)] += len(each.text)
    body = max(sizes, key=sizes.__getitem__, default=0)
    larger = sorted((size for size in sizes if size > _LARGER * body), reverse=True)
    return {size: min(rank, _LEVELS) for rank, size in enumerate(larger, start=1)}


def _close_together(page: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines of one size, one closely below the other."""
    drops = [above.bottom - below.top for above, below in pairwise(page)]
    leading = median([drop for drop in drops if drop > 0] or [0.0])
    run = list(page[:1])
    for drop, (above, below) in zip(drops, pairwise(page), strict=True):
        if 0 < drop <= _LOOSE * leading and abs(above.size - below.size) < _SAME * above.size:
            run.append(below)
        else:
            yield run
            run = [below]
    if run:
        yield run


def _block(lines: Sequence[Line], levels: dict[int, int]) -> str:
    """A run of lines as text: one paragraph a line, or a heading."""
    margin = max(each.right for each in lines)
    text = lines[0].text
    for above, below in pairwise(lines):
        joint = _joint(above.text, below.text) if _wraps(above, below, margin) else "\n"
        text = text.rstrip() + joint + below.text
    if len(text) <= _LONGEST_HEADING and any(map(str.isalpha, text)):
        if number := _NUMBERED.fullmatch(text.strip()):
            return heading(text, 1 + number[1].count("."))
        if level := levels.get(round(lines[0].size)):
            return "\n".join(heading(each, level) for each in text.splitlines())
    return text


def _wraps(above: Line, below: Line, margin: float) -> bool:
    """Whether `below` goes on with the paragraph of `above`: its first word would not have fitted
    there, and neither is of a table or begins an item of a list.
    """
    return bool(
        above.right + below.word + _SPACE * above.size > margin
        and above.right - above.left > _NARROWEST * above.size
        and (below.left - above.left < _INDENT * above.size or _ITEM.match(above.text))
        and max(above.gap, below.gap) < _GUTTER * above.size
        and not _ITEM.match(below.text)
        and not _LEADERS.search(above.text)
    )


def _joint(above: str, below: str) -> str:
    """What stands between two lines of a paragraph: nothing in scripts without spaces."""
    return "" if _WITHOUT_SPACES.fullmatch(above[-1] + below[0]) else " "
