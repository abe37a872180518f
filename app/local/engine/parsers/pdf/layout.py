"""Paragraphs and headings, recovered from lines at places on pages.

Two lines belong to one paragraph if they follow each other closely in one size, and the first word
of the second would not have fitted on the first. Lines larger than the body's are headings.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from app.local import lazy_re as re
from app.local.engine.parsers.pdf.hyphens import SOFT_HYPHEN, BrokenWords
from app.local.engine.parsers.pdf.lines import GUTTER, Grid, Line, Part, Run
from app.local.engine.parsers.pdf.reading_order import in_reading_order
from app.local.engine.parsers.pdf.running_titles import PageLines
from app.local.engine.parsers.render import heading, table, tidy

_NOTE = 0.92  # times the body's size: smaller letters are those of notes
_FEWEST_DROPS = 4  # from line to line, of which the middle one is the usual
_LARGER = 1.15  # times the body's size: from here on a line is a heading
_LONGEST_HEADING = 160  # characters
_LEVELS = 4  # the number of heading levels
_LOOSE = 1.25  # times the page's usual distance of lines: a larger one parts paragraphs
_SAME = 0.1  # of the size: sizes that differ by less count as one
_INDENT = 0.8  # times the size: a larger indent begins a paragraph
_NARROWEST = 14  # times the size: narrower lines are those of addresses, receipts and labels
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2}")
_NUMBERED = re.compile(r"\d+((?:\.\d+)+)\.?\s+[^\W\d].{0,80}(?<![.,;:])")
_ITEM = re.compile(r"(?:[-*\u2023\u25a0-\u25ff]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s")
_SIGN = re.compile(r"[-*\u2013\u2022\u2023\u25a0-\u25ff]|\(?\d{1,3}[.)]")  # of an item, alone
_ENDS = re.compile(r"[.!?:;\u3002\uff01\uff1f][\"'\u2019\u201d)\]]*\s*\Z")
_ENDS_WITHIN = re.compile(r"[.!?][\"'\u2019\u201d)\]]*(?=\s)|[\u3002\uff01\uff1f]")
_HYPHENATED = re.compile(r"[^\W_][-\u2010]\Z")
_FROM = re.compile(r"\d\u2013\Z")  # to a number
_TAIL = 2  # signs at the end of a text that tell whether a word is broken there
_LONGEST_REST = 600  # characters of a sentence that are moved to the page of its beginning
_LEADERS = re.compile(r"(?:\s?\.){4,}\s?")


def markdown(pages: Sequence[PageLines]) -> Iterator[str]:
    """The text of each page. A sentence that goes on at the top of the next page or column is told
    whole where it begins, and a table that goes on has its header again.
    """
    levels = _levels([page.text for page in pages])
    words = BrokenWords(
        each.text for page in pages for each in (*page.above, *page.text, *page.below)
    )
    texts = _with_headers([in_reading_order(page.text) for page in pages])
    bodies = _whole_sentences([_blocks(parts, levels) for parts in texts], levels.body)
    for page, body in zip(pages, bodies, strict=True):
        above, below = ([each.text for each in side] for side in (page.above, page.below))
        blocks = ["\n".join(above), *(block.text for block in body), "\n".join(below)]
        text = words.join("\n\n".join(filter(None, blocks)))
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
        return is_full or first.text[:1].islower() or _is_broken(self.text)

    def is_higher(self, above: "_Block") -> bool:
        """Whether it begins above the end of the block before it: in the next column."""
        return bool(self.first and above.last and above.last.top < self.first.top)


def _with_headers(pages: Sequence[list[Part]]) -> Sequence[list[Part]]:
    """The parts of the pages; a table that goes on from the end of a page has its header again."""
    for page, following in pairwise(pages):
        if not page or not following:
            continue
        above, below = page[-1], following[0]
        if isinstance(above, Grid) and isinstance(below, Grid) and below.goes_on_from(above):
            following[0] = replace(below, rows=(above.rows[0], *below.rows))
    return pages


def _blocks(parts: Sequence[Part], levels: "_Levels") -> list[_Block]:
    blocks: list[_Block] = []
    leading = _leading([part.lines for part in parts if isinstance(part, Run)])
    for part in parts:
        if isinstance(part, Grid):
            blocks.append(_Block(_list(part.rows) or table(part.rows)))
            continue
        for lines in _groups(part.lines, leading):
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


def _whole_sentences(pages: list[list[_Block]], body: int) -> list[list[_Block]]:
    """The blocks of each page, the end of a sentence with its beginning on the page before, whose
    notes it passes over.

    Args:
        body: the size of most of the text.
    """
    for page, following in pairwise(pages):
        place = _end_of_text(page, body)
        if place is not None and following and page[place].goes_on(following[0]):
            paragraph, _, others = following[0].text.partition("\n")
            end = _ENDS_WITHIN.search(paragraph)
            length = end.end() if end else len(paragraph)
            if length > _LONGEST_REST:
                continue
            page[place] = replace(page[place], text=_joined(page[place].text, paragraph[:length]))
            rest = "\n".join(filter(None, (paragraph[length:].lstrip(), others)))
            following[:1] = [replace(following[0], text=rest)] if rest else []
    return pages


def _end_of_text(page: Sequence[_Block], body: int) -> int | None:
    """The place of the last block before the notes at the end of a page, which are in smaller
    letters.
    """
    for place in reversed(range(len(page))):
        first = page[place].first
        if first is None or round(first.size, 1) > _NOTE * body:
            return place
    return len(page) - 1 if page else None


def _joined(text: str, rest: str) -> str:
    """A text and its rest, of which a hyphen may part a word."""
    text = text.rstrip()
    if _HYPHENATED.search(text[-_TAIL:]) and rest[:1].isalnum():
        return text[:-1] + SOFT_HYPHEN + rest
    if _FROM.search(text[-_TAIL:]) and rest[:1].isdigit():
        return text + rest
    return text + _joint(text, rest) + rest


@dataclass(frozen=True)
class _Levels:
    """The sizes of a document's letters.

    Attributes:
        body: that of most of the text.
        headings: the heading level of each size that is larger.
    """

    body: int
    headings: dict[int, int]


def _levels(pages: Sequence[Sequence[Line]]) -> _Levels:
    sizes: Counter[int] = Counter()
    for page in pages:
        for each in page:
            sizes[round(each.size)] += len(each.text)
    body = max(sizes, key=sizes.__getitem__, default=0)
    larger = sorted((size for size in sizes if size > _LARGER * body), reverse=True)
    return _Levels(body, {size: min(rank, _LEVELS) for rank, size in enumerate(larger, start=1)})


def _drops(lines: Sequence[Line]) -> list[float]:
    """The distances from line to line."""
    return [above.bottom - below.top for above, below in pairwise(lines)]


def _leading(runs: Sequence[Sequence[Line]]) -> float:
    """The usual distance of the lines of a page."""
    return median([drop for run in runs for drop in _drops(run) if drop > 0] or [0.0])


def _groups(page: Sequence[Line], usual: float) -> Iterator[list[Line]]:
    """Groups of lines of one size that follow each other closely.

    Args:
        page: the lines.
        usual: the distance of lines on the page, which counts where these lines are few.
    """
    drops = _drops(page)
    own = [drop for drop in drops if drop > 0]
    leading = median(own) if len(own) >= _FEWEST_DROPS else usual
    run = list(page[:1])
    for drop, (above, below) in zip(drops, pairwise(page), strict=True):
        if 0 < drop <= _LOOSE * leading and abs(above.size - below.size) < _SAME * above.size:
            run.append(below)
        else:
            yield run
            run = [below]
    if run:
        yield run


def _block(lines: Sequence[Line], levels: _Levels, *, is_column: bool) -> _Block:
    """Such a group: its paragraphs, a line each, or a heading."""
    margin = max(each.right for each in lines)
    text = lines[0].text
    for above, below in pairwise(lines):
        if _wraps(above, below, margin, is_column):
            text = _joined(text, below.text)
        else:
            text = f"{text.rstrip()}\n{below.text}"
    if len(text) <= _LONGEST_HEADING and any(map(str.isalpha, text)):
        if number := _NUMBERED.fullmatch(text.strip()):
            return _Block(heading(text, 1 + number[1].count(".")))
        if level := levels.headings.get(round(lines[0].size)):
            return _Block("\n".join(heading(each, level) for each in text.splitlines()))
    return _Block(text, lines[0], lines[-1], margin if len(lines) > 1 else None, is_column)


def _wraps(above: Line, below: Line, margin: float, is_column: bool) -> bool:
    """Whether `below` goes on with the paragraph of `above`: its first word would not have fitted
    above, and neither line belongs to a table or begins an item of a list.
    """
    is_broken = _is_broken(above.text.rstrip())
    is_full = above.runs_on(below, margin) or (is_column and not _ENDS.search(above.text))
    is_prose = is_column or above.right - above.left > _NARROWEST * above.size
    return bool(
        (is_broken or (is_full and is_prose))
        and (below.left - above.left < _INDENT * above.size or _ITEM.match(above.text))
        and max(above.gap, below.gap) < GUTTER * above.size
        and not _ITEM.match(below.text)
        and not _LEADERS.search(above.text)
    )


def _is_broken(text: str) -> bool:
    """Whether a word or a range of numbers goes on in the next line."""
    end = text[-_TAIL:]
    return bool(_HYPHENATED.search(end) or _FROM.search(end))


def _joint(above: str, below: str) -> str:
    """The separator between two lines of a paragraph: none in scripts without spaces."""
    return "" if _WITHOUT_SPACES.fullmatch(above[-1] + below[0]) else " "
