"""Tables of a PDF page that are drawn cell by cell, with cells of several lines, as Word does.

After the lines of a cell, the next cell begins at its right and at the top of the row again. The
order of drawing tells which lines are one cell; the places of the lines alone do not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.local.engine.parsers.pdf.lines import Grid, Line, Span

_GAP = 0.7  # times the size: the least between two cells of a row
_SAME = 0.5  # times the size: heights that differ by less are one
_LEADING = 1.6  # times the size: the most between two lines of a cell
_MOST_RISE = 6  # times the size: the most by which a cell of a row begins above the one before it
_LEAST_ROWS = 2
_SHORT = 2  # lines of a cell that is no paragraph
_SMALLER = 0.9  # times the size of the text: the largest letters of a footnote
_BULLETS = "-*\u2013\u2022\u2023\u25a0\u25a1\u25aa\u25cf\u25cb\u2713\u2714"


@dataclass
class _Cell:
    """The lines of a cell, in their order, and its left and right edge."""

    lines: list[Line]
    span: Span

    @classmethod
    def of(cls, first: Line) -> "_Cell":
        return cls([first], first.span)

    @property
    def text(self) -> str:
        return " ".join(one.text.strip() for one in self.lines)

    def add(self, own: Line) -> None:
        self.lines.append(own)
        self.span = min(self.span[0], own.span[0]), max(self.span[1], own.span[1])

    def takes(self, own: Line) -> bool:
        """Whether a line that is drawn next is the next one of this cell."""
        above = self.lines[-1]
        drop = above.top - own.top
        left, right = self.span
        is_below = _SAME * own.size < drop <= _LEADING * max(own.size, above.size)
        return is_below and own.span[0] < right and own.span[1] > left


@dataclass
class _Row:
    """The cells of a row, and the drawn lines that they are parts of.

    Attributes:
        rises: whether a cell begins above the last line of the cell before it.
    """

    cells: list[_Cell]
    drawn: list[Line] = field(default_factory=list)
    rises: bool = False

    @property
    def bottom(self) -> float:
        return min(cell.lines[-1].top for cell in self.cells)

    @property
    def top(self) -> float:
        return max(cell.lines[0].top for cell in self.cells)

    def takes(self, own: Line) -> bool:
        """Whether a line that is drawn next begins the next cell of this row."""
        last = self.cells[-1]
        is_apart = own.span[0] - last.span[1] >= _GAP * own.size
        is_beside = self.bottom - _SAME * own.size < own.top < self.top + _MOST_RISE * own.size
        return is_apart and is_beside


def by_cells(lines: Sequence[Line]) -> Iterator[Grid | list[Line]]:
    """The lines of a page as they are drawn, and its tables that have cells of several lines."""
    rows = list(_rows(lines))
    others: list[Line] = []
    at = 0
    while at < len(rows):
        end, columns = _table_end(rows, at)
        table = rows[at:end]
        if not any(row.rises for row in table) or not _is_table(table):
            others += (own for row in table for own in row.drawn)
            at = end
            continue
        if others:
            yield others
        others = []
        yield _grid(table, columns)
        at = end
    if others:
        yield others


def _rows(lines: Sequence[Line]) -> Iterator[_Row]:
    row: _Row | None = None
    for own in lines:
        parts = list(_apart(own))
        if row is not None and len(parts) == 1 and row.cells[-1].takes(own):
            row.cells[-1].add(own)
            row.drawn.append(own)
        elif row is not None and row.takes(parts[0]):
            row.rises |= own.top - row.cells[-1].lines[-1].top > _SAME * own.size
            row.cells += [_Cell.of(part) for part in parts]
            row.drawn.append(own)
        else:
            if row is not None:
                yield row
            row = _Row([_Cell.of(part) for part in parts], [own])
    if row is not None:
        yield row


def _apart(own: Line) -> Iterator[Line]:
    """The parts of a line between gaps as wide as those between cells."""
    waiting: list[Line] = []
    for part in own.parts:
        if waiting and part.span[0] - waiting[-1].span[1] >= _GAP * own.size:
            yield _joined(waiting)
            waiting = []
        waiting.append(part)
    yield _joined(waiting)


def _joined(parts: Sequence[Line]) -> Line:
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    text = " ".join(part.text.strip() for part in parts)
    return Line(
        text, first.size, first.left, parts[-1].right, first.top, first.bottom, first.word, 0
    )


def _table_end(rows: Sequence[_Row], start: int) -> tuple[int, list[Span]]:
    """Where the rows end that stand below each other in the same columns, and the columns."""
    columns = [cell.span for cell in rows[start].cells]
    if len(columns) < 2:
        return start + 1, columns
    end = start + 1
    while end < len(rows):
        row, above = rows[end], rows[end - 1]
        if row.top > above.bottom - _SAME * row.cells[0].lines[0].size:
            break
        if _is_of_footnotes(row, above):
            break
        wider = _fitted(columns, row)
        if wider is None:
            break
        columns, end = wider, end + 1
    while end > start + 1 and len(rows[end - 1].cells) < 2:
        end -= 1  # it may be a paragraph below the table
    return end, columns


def _is_of_footnotes(row: _Row, above: _Row) -> bool:
    """Whether what stands below columns of paragraphs are their footnotes: smaller letters."""
    size, text_size = (
        max(one.size for cell in each.cells for one in cell.lines) for each in (row, above)
    )
    paragraphs = all(len(cell.lines) > _SHORT for cell in above.cells)
    return paragraphs and size < _SMALLER * text_size


def _fitted(columns: Sequence[Span], row: _Row) -> list[Span] | None:
    """The columns with the cells of a row, each in one of its own; None if they do not fit."""
    wider, places = list(columns), set[int]()
    for cell in row.cells:
        left, right = cell.span
        over = _over(cell, wider)
        if len(over) != 1 or over[0] in places:
            return None
        place = over[0]
        wider[place] = min(wider[place][0], left), max(wider[place][1], right)
        places.add(place)
    size = row.cells[0].lines[0].size
    return wider if all(b[0] - a[1] >= _GAP * size for a, b in pairwise(wider)) else None


def _over(cell: _Cell, columns: Sequence[Span]) -> list[int]:
    """The places of the columns that a cell overlaps."""
    left, right = cell.span
    return [at for at, (a, b) in enumerate(columns) if left < b and right > a]


def _is_table(rows: Sequence[_Row]) -> bool:
    full = [row for row in rows if len(row.cells) > 1]
    if len(full) < _LEAST_ROWS or 2 * len(full) < len(rows):
        return False
    short = [row for row in full if min(len(cell.lines) for cell in row.cells) <= _SHORT]
    if 2 * len(short) < len(full):
        return False  # they are paragraphs of columns
    marks = [one.text.lstrip()[:1] for row in rows for cell in row.cells for one in cell.lines]
    return not any(mark and mark in _BULLETS for mark in marks)


def _grid(rows: Sequence[_Row], columns: Sequence[Span]) -> Grid:
    texts = []
    for row in rows:
        cells = [""] * len(columns)
        for cell in row.cells:
            cells[_over(cell, columns)[0]] = cell.text
        texts.append(tuple(cells))
    lines = tuple(one for row in rows for cell in row.cells for one in cell.lines)
    return Grid(tuple(texts), tuple(columns), lines)
