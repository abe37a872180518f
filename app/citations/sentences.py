"""The parts of a passage that can be quoted: sentences, items of lists, rows of tables, blocks of
code, and headings.

One pass over the lines finds the kind of each; one more over each paragraph cuts it at its stops.
Both take time proportional to the text, whatever it holds.

    # Lockers                    a heading; so is a line that is underlined with === or ---
    A deposit is due. It is      two sentences: a paragraph may be wrapped anywhere
    paid back in cash.
    | Locker | Deposit |         the header of the rows below, if a rule follows it
    | --- | --- |                a rule: never quoted
    | L-3 | 7 |                  a row
    - Ask at the desk. Pay.      an item, whole
    ```                          a fence: from here to the next is code, and no heading
    <!-- # To do -->             a comment: never quoted, and no heading; nor is the YAML block
                                 with which a page may begin
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from app.citations.stops import ITEM, cut

Kind = Literal["heading", "header", "sentence", "item", "row", "code"]
Span = tuple[int, int]  # of characters, from 0, the end not included

_FENCE = re.compile(r"(`{3,}|~{3,})")
# Fences around prose, in the Markdown of Sphinx: ```{note}
_ADMONITION = re.compile(
    r"\{(?:note|tip|hint|important|warning|caution|attention|danger|error|admonition|seealso|topic"
    r"|deprecated|version(?:added|changed|removed))\}.*"
)
HEADING = re.compile(r"(#{1,6})(?:\s|$)")
_DEEPEST = 3  # columns: a line that is indented further is no heading, except in a list
_LONGEST_MATTER = 40  # lines of a YAML block
_RULE_SIGNS = frozenset("|:-=+ \t")
_GOING_ON = tuple(".,;:!?)]}\\")  # a line that begins with one of these goes on with the line above
_NARROWEST = 50  # columns: if all lines are shorter, their breaks are the writer's and no wraps
_LONGEST_TITLE = 200  # characters: a longer text above `---` is a paragraph above a rule


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a text that can be quoted.

    Attributes:
        start: the place of its first character.
        end: the place after its last character; white space around a unit belongs to none.
        header: the place of the header of its table, for a row.
        level: of a heading, from 1 for the highest.
    """

    kind: Kind
    start: int
    end: int
    header: Span | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the white space around it; `start` and `end` are its place in the text."""

    words: str
    start: int
    end: int
    indent: int  # columns


def units(text: str) -> list[Unit]:
    r"""The units of a text, in order.

    >>> text = "# Clay\n\nIt is wet. Sand\nis dry.\n\n```\n# not a heading\n```"
    >>> for unit in units(text):
    ...     print(f"{unit.kind:8} {text[unit.start : unit.end]!r}")
    heading  '# Clay'
    sentence 'It is wet.'
    sentence 'Sand\nis dry.'
    code     '```\n# not a heading\n```'
    """
    return list(_Units(text, whole_items=True).read())


def claims(text: str) -> list[Unit]:
    """The parts of an answer that a mark can stand behind: units, and each sentence of an item.

    >>> text = "- Clay is wet. It holds water."
    >>> [text[unit.start : unit.end] for unit in claims(text)]
    ['- Clay is wet.', 'It holds water.']
    """
    return list(_Units(text, whole_items=False).read())


class _Units:
    """Reads a text line by line; holds the paragraph and the table that the current line is in."""

    def __init__(self, text: str, *, whole_items: bool) -> None:
        self._text = text
        self._whole_items = whole_items
        self._lines = list(_lines(text))
        self._paragraph: list[_Line] = []
        self._rows: list[_Line] = []
        self._code: list[_Line] = []  # with its fences
        self._in_list = False
        self._directives = 0  # that are open

    def read(self) -> Iterator[Unit]:
        fence = _fence_before(self._lines)
        comment = False
        for line in self._lines[_front_matter(self._lines) :]:
            mark = _FENCE.match(line.words)
            if fence:
                self._code.append(line)
                if mark and mark[1].startswith(fence) and line.words == mark[1]:
                    fence = ""
                    yield from self._end_code()
            elif comment or line.words.startswith("<!--"):
                yield from self._end()
                comment = "-->" not in line.words
            elif mark and self._directives and line.words == mark[1]:
                yield from self._end()
                self._directives -= 1
            elif mark and _ADMONITION.fullmatch(line.words[mark.end() :]):
                yield from self._end()
                self._directives += 1
            elif mark and "`" not in line.words[mark.end() :]:
                yield from self._end()
                fence = mark[1]
                self._code.append(line)
            else:
                yield from self._read(line)
        yield from self._end_code()
        yield from self._end()

    def _read(self, line: _Line) -> Iterator[Unit]:
        """Read a line outside of code."""
        if line.words.startswith("|"):
            yield from self._end_paragraph()
            self._rows.append(line)
            return
        yield from self._end_rows()
        may_be_heading = self._in_list or line.indent <= _DEEPEST
        if not line.words:
            yield from self._end_paragraph()
        elif may_be_heading and (heading := HEADING.match(line.words)):
            yield from self._end_paragraph()
            yield Unit("heading", line.start, line.end, level=len(heading[1]))
        elif may_be_heading and _underlines(line.words):
            yield from self._underlined(1 if line.words[0] == "=" else 2)
        elif _is_break(line.words):
            yield from self._end_paragraph()
        else:
            if ITEM.match(line.words):
                yield from self._end_paragraph()
                self._in_list = True
            elif not line.indent and not self._paragraph:
                self._in_list = False
            self._paragraph.append(line)

    def _end(self) -> Iterator[Unit]:
        yield from self._end_paragraph()
        yield from self._end_rows()

    def _end_code(self) -> Iterator[Unit]:
        lines = [line for line in self._code if line.words]
        self._code = []
        if any(not _FENCE.match(line.words) for line in lines):
            yield Unit("code", lines[0].start, lines[-1].end)

    def _end_paragraph(self) -> Iterator[Unit]:
        lines, self._paragraph = self._paragraph, []
        if lines and self._whole_items and ITEM.match(lines[0].words):
            length = _item_length(lines)
            yield Unit("item", lines[0].start, lines[length - 1].end)
            lines = lines[length:]
        for start, end in _sentences(self._text, lines):
            yield Unit("sentence", start, end)

    def _underlined(self, level: int) -> Iterator[Unit]:
        """The paragraph above `===` or `---`: a heading, unless it is too long or a list item."""
        lines, self._paragraph = self._paragraph, []
        if not lines:
            return
        start, end = lines[0].start, lines[-1].end
        if end - start <= _LONGEST_TITLE and not ITEM.match(lines[0].words):
            yield Unit("heading", start, end, level=level)
        else:
            self._paragraph = lines
            yield from self._end_paragraph()

    def _end_rows(self) -> Iterator[Unit]:
        rows, self._rows = self._rows, []
        header: Span | None = None
        if len(rows) > 1 and _is_rule(rows[1].words):
            header = rows[0].start, rows[0].end
            yield Unit("header", *header)
            rows = rows[2:]
        for row in rows:
            if not _is_rule(row.words):
                yield Unit("row", row.start, row.end, header)


def _lines(text: str) -> Iterator[_Line]:
    begin = 0
    for line in text.split("\n"):
        words = line.strip()
        start = begin + len(line) - len(line.lstrip())
        indent = len(line[: start - begin].expandtabs(4))
        yield _Line(words, start, start + len(words), indent)
        begin += len(line) + 1


def _fence_before(lines: Sequence[_Line]) -> str:
    """The fence of a block of code that begins before the text, if the text was cut out of one.

    Such a text has one fence too many, and its first fence closes: it names no language, comes
    right after a line of code, and no code follows it.
    """
    fences = [place for place, line in enumerate(lines) if _FENCE.match(line.words)]
    if len(fences) % 2 == 0:
        return ""
    first = fences[0]
    mark = _FENCE.match(lines[first].words)
    bare = mark is not None and mark[1] == lines[first].words
    above = lines[first - 1].words if first else ""
    below = lines[first + 1].words if first + 1 < len(lines) else ""
    return lines[first].words[:3] if bare and (above or not first) and not below else ""


def _front_matter(lines: Sequence[_Line]) -> int:
    """The number of lines of the YAML block with which a text begins; 0 without one."""
    if len(lines) < 3 or lines[0].words != "---" or ":" not in lines[1].words:
        return 0
    ends = (place for place, line in enumerate(lines[:_LONGEST_MATTER]) if line.words == "---")
    next(ends)
    return next(ends, -1) + 1


def _item_length(lines: Sequence[_Line]) -> int:
    """The number of lines of the item that a paragraph begins with."""
    margin = max(_width(line.words) for line in lines)
    for place, (above, below) in enumerate(pairwise(lines), start=1):
        if not below.indent and not _wraps(above.words, below.words, margin):
            return place
    return len(lines)


def _is_break(words: str) -> bool:
    """Whether a line is a rule between two topics, such as `* * *`."""
    signs = words.replace(" ", "")
    return len(signs) > 2 and signs[0] in "*_" and not signs.strip(signs[0])


def _underlines(words: str) -> bool:
    return words[0] in "=-" and not words.strip(words[0])


def _is_rule(words: str) -> bool:
    return "-" in words and _RULE_SIGNS.issuperset(words)


def _sentences(text: str, lines: Sequence[_Line]) -> Iterator[Span]:
    """The sentences of a paragraph, whose wrapped lines are joined."""
    if not lines:
        return
    margin = max(_width(line.words) for line in lines)
    begin = lines[0].start
    for above, below in pairwise(lines):
        if not _wraps(above.words, below.words, margin):
            yield from cut(text, begin, above.end)
            begin = below.start
    yield from cut(text, begin, lines[-1].end)


def _wraps(above: str, below: str, margin: int) -> bool:
    """Whether a line goes on with the one above: it starts in the midst of a sentence, or its first
    word would not have fitted above.
    """
    below = below.lstrip("> ")
    if below[:1].islower() or below.startswith(_GOING_ON):
        return True
    return margin >= _NARROWEST and _width(above) + 1 + _width(below.split(" ", 1)[0]) > margin


def _width(line: str) -> int:
    """The width in columns: signs of East Asian scripts take two."""
    return len(line) if line.isascii() else len(line) + sum(sign >= "\u1100" for sign in line)
