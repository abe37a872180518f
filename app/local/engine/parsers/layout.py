"""Paragraphs and headings, recovered from lines at places on pages.

Two lines belong to one paragraph if they follow each other closely in one size, and the first word
of the second would not have fitted on the first. Lines larger than the body's are headings.
Running titles and page numbers, which stand at the edge of many pages, are shown once.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from app.local.engine.parsers.lines import GUTTER, Grid, Line
from app.local.engine.parsers.reading_order import in_reading_order
from app.local.engine.parsers.render import heading, table, tidy

_LARGER = 1.15  # times the body's size: from here on a line is a heading
_LONGEST_HEADING = 160  # characters
_LEVELS = 4  # the number of heading levels
_MOST_FRONT_MATTER = 30  # the most pages before the one that is numbered 1
_LOOSE = 1.25  # times the page's usual distance of lines: a larger one parts paragraphs
_SAME = 0.1  # of the size: sizes that differ by less count as one
_INDENT = 0.8  # times the size: a larger indent begins a paragraph
_NARROWEST = 14  # times the size: narrower lines are those of addresses, receipts and labels
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2}")
_NUMBERED = re.compile(r"\d+((?:\.\d+)+)\.?\s+[^\W\d].{0,80}(?<![.,;:])")
_ITEM = re.compile(r"(?:[-*\u2023\u25a0-\u25ff]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s")
SOFT_HYPHEN = "\u00ad"  # stands where the end of a line broke a word
_SIGN = re.compile(r"[-*\u2013\u2022\u2023\u25a0-\u25ff]|\(?\d{1,3}[.)]")  # of an item, alone
_WORD = re.compile(r"[\w-]+")
_BROKEN = re.compile(rf"(?<![\w-])([\w-]+){SOFT_HYPHEN}([\w-]+)")
_ENDS = re.compile(r"[.!?:;\u3002\uff01\uff1f][\"'\u2019\u201d)\]]*\s*\Z")
_ENDS_WITHIN = re.compile(r"[.!?][\"'\u2019\u201d)\]]*(?=\s)|[\u3002\uff01\uff1f]")
_HYPHENATED = re.compile(r"[^\W\d_]-\Z")
_LONGEST_REST = 600  # characters of a sentence that are moved to the page of its beginning
_LEADERS = re.compile(r"(?:\s?\.){4,}\s?")


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Remove running titles and page numbers from the pages.

    These are lines at the upper or lower edge that, but for the page's number, recur on a quarter
    of the pages, and on three at least. The first of them stays if it says more than the number.
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
    """The forms in which a line may recur on other pages: its words, and for each number that could
    be the page's number, its words with the number's distance from the page.

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
    """The text of each page. A sentence that goes on at the top of the next page or column is told
    whole where it begins.
    """
    levels = _levels(pages)
    words = {word for page in pages for each in page for word in _WORD.findall(each.text)}
    for blocks in _whole_sentences([_blocks(page, levels) for page in pages]):
        text = "\n\n".join(block.text for block in blocks)
        text = _BROKEN.sub(lambda match: _join_word(match[1], match[2], words), text)
        yield tidy(_LEADERS.sub(" ... ", text))


@dataclass(frozen=True)
class _Block:
    """A heading, a table, or the paragraphs of lines that follow each other closely.

    Attributes:
        first, last: its first and its last line; None of a heading and a table.
        margin: where its lines end; None if it has too few lines to tell.
        is_column: whether it is of a column of prose.
    """

    text: str
    first: Line | None = None
    last: Line | None = None
    margin: float | None = None
    is_column: bool = False

    def goes_on(self, below: "_Block") -> bool:
        """Whether the last sentence goes on in a block on the next page or column."""
        if not (self.last and below.first) or _ENDS.search(self.text):
            return False
        last, first = self.last, below.first
        if _ITEM.match(first.text) or _LEADERS.search(last.text):
            return False
        if abs(last.size - first.size) > _SAME * last.size:
            return False
        if max(last.gap, first.gap) > GUTTER * last.size:
            return False
        if not self.is_column and last.right - last.left <= _NARROWEST * last.size:
            return False
        is_full = self.margin is not None and last.runs_on(first, self.margin)
        return is_full or first.text[:1].islower()

    def is_higher(self, above: "_Block") -> bool:
        """Whether it begins above the end of the block before it: in the next column."""
        return bool(self.first and above.last and above.last.top < self.first.top)


def _blocks(page: Sequence[Line], levels: dict[int, int]) -> list[_Block]:
    blocks: list[_Block] = []
    for part in in_reading_order(page):
        if isinstance(part, Grid):
            blocks.append(_Block(_list(part.rows) or table(part.rows)))
            continue
        for lines in _groups(part.lines):
            block = _block(lines, levels, is_column=part.is_column)
            above = blocks[-1] if blocks else None
            if above and block.is_higher(above) and above.goes_on(block):
                blocks[-1] = replace(block, text=_joined(above.text, block.text), first=above.first)
            else:
                blocks.append(block)
    return blocks


def _list(rows: Sequence[Sequence[str]]) -> str:
    """A list whose signs stand in a column of their own; "" of rows that are a table.

    >>> print(_list([["•", "clay"], ["•", "sand"]]))
    • clay
    • sand
    >>> _list([["1", "clay"], ["2", "sand"]])
    ''
    """
    signs = [row[0] if len(row) == 2 and row[1] else "" for row in rows]
    if not all(map(_SIGN.fullmatch, signs)):
        return ""
    return "\n".join(" ".join(row) for row in rows)


def _whole_sentences(pages: list[list[_Block]]) -> list[list[_Block]]:
    for page, following in pairwise(pages):
        if page and following and page[-1].goes_on(following[0]):
            paragraph, _, others = following[0].text.partition("\n")
            end = _ENDS_WITHIN.search(paragraph)
            place = end.end() if end else len(paragraph)
            if place > _LONGEST_REST:
                continue
            page[-1] = replace(page[-1], text=_joined(page[-1].text, paragraph[:place]))
            rest = "\n".join(filter(None, (paragraph[place:].lstrip(), others)))
            following[:1] = [replace(following[0], text=rest)] if rest else []
    return pages


def _joined(text: str, rest: str) -> str:
    """A text and its rest, of which a hyphen may part a word."""
    text = text.rstrip()
    if _HYPHENATED.search(text) and rest[:1].islower():
        return text[:-1] + SOFT_HYPHEN + rest
    return text + _joint(text, rest) + rest


def _join_word(left: str, right: str, words: Set[str]) -> str:
    """Join a word that the end of a line broke. It keeps its hyphen if the document has it
    elsewhere.

    >>> _join_word("well", "known", {"well-known"}), _join_word("contem", "poraneous", set())
    ('well-known', 'contemporaneous')
    """
    with_hyphen = f"{left}-{right}"
    return with_hyphen if with_hyphen in words and left + right not in words else left + right


def _levels(pages: Sequence[Sequence[Line]]) -> dict[int, int]:
    """The heading level of each size that is larger than that of most of the text."""
    sizes: Counter[int] = Counter()
    for page in pages:
        for each in page:
            sizes[round(each.size)] += len(each.text)
    body = max(sizes, key=sizes.__getitem__, default=0)
    larger = sorted((size for size in sizes if size > _LARGER * body), reverse=True)
    return {size: min(rank, _LEVELS) for rank, size in enumerate(larger, start=1)}


def _groups(page: Sequence[Line]) -> Iterator[list[Line]]:
    """Groups of lines of one size that follow each other closely."""
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


def _block(lines: Sequence[Line], levels: dict[int, int], *, is_column: bool) -> _Block:
    """Such a group: its paragraphs, a line each, or a heading."""
    margin = max(each.right for each in lines)
    text = lines[0].text
    for above, below in pairwise(lines):
        joint = _joint(above.text, below.text) if _wraps(above, below, margin, is_column) else "\n"
        text = text.rstrip() + joint + below.text
    if len(text) <= _LONGEST_HEADING and any(map(str.isalpha, text)):
        if number := _NUMBERED.fullmatch(text.strip()):
            return _Block(heading(text, 1 + number[1].count(".")))
        if level := levels.get(round(lines[0].size)):
            return _Block("\n".join(heading(each, level) for each in text.splitlines()))
    return _Block(text, lines[0], lines[-1], margin if len(lines) > 1 else None, is_column)


def _wraps(above: Line, below: Line, margin: float, is_column: bool) -> bool:
    """Whether `below` goes on with the paragraph of `above`: its first word would not have fitted
    above, and neither line belongs to a table or begins an item of a list.
    """
    return bool(
        (above.runs_on(below, margin) or (is_column and not _ENDS.search(above.text)))
        and (is_column or above.right - above.left > _NARROWEST * above.size)
        and (below.left - above.left < _INDENT * above.size or _ITEM.match(above.text))
        and max(above.gap, below.gap) < GUTTER * above.size
        and not _ITEM.match(below.text)
        and not _LEADERS.search(above.text)
    )


def _joint(above: str, below: str) -> str:
    """The separator between two lines of a paragraph: none in scripts without spaces."""
    return "" if _WITHOUT_SPACES.fullmatch(above[-1] + below[0]) else " "
