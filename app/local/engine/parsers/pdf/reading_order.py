"""The reading order of a PDF page's lines: columns one after the other, tables row by row.

PDFium gives the lines in the order in which they are drawn, which is right for most pages. Where
two stretches of text stand side by side, over several lines and with a gap between them that runs
down all of them, they are columns of prose if their lines run on within each column, and else a
table. Where the lines of one column are drawn out of order, they are sorted.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import median
from typing import TypeGuard

from app.local.engine.parsers.pdf.cell_tables import by_cells
from app.local.engine.parsers.pdf.column_tables import by_rows
from app.local.engine.parsers.pdf.lines import GUTTER, Grid, Line, Part, Run, Span
from app.local.engine.parsers.pdf.table_headers import with_headers

GAP = 0.7  # times the size: a gap that parts columns if it runs down several lines
_SAME = 0.1  # of the size: sizes that differ by less count as one
_LEAST_ROWS = 3  # of a table of two columns; one of more columns has two at least
_MOST_DROP = 2.6  # times the usual distance of lines: a larger one ends a region
_RUNS_ON = 0.6  # the share of a column's lines that run on if it is prose
_PROSE_WORDS = 3  # the mean number of words in its lines
_CLOSER = 0.85  # times the distance of a table's rows: that of the lines within one
_HALF, _WHOLE = 0.5, 1.0
MOST_LINES = 5000  # of a page that is put in order; one with more is a map, or a drawing
_MOST_LOOKS = 300_000  # at lines, while a page's order is looked for by cutting it


def in_reading_order(page: Sequence[Line]) -> list[Part]:
    """The runs of lines of a page, and its tables, in reading order."""
    if len(page) > MOST_LINES:
        return [Run(list(page))]
    parts: list[Part] = []
    for stretch in by_cells(page):
        parts += [stretch] if isinstance(stretch, Grid) else _in_order(stretch)
    return [_sorted(part) for part in _in_their_places(with_headers(parts))]


def _in_order(lines: Sequence[Line]) -> list[Part]:
    run, start, rest = Run([]), 0, _downwards(by_rows(lines))
    parts: list[Part] = [run]
    while start < len(rest):
        region = _region(rest, start)
        ordered = _ordered(region) if region else None
        if region is None or ordered is None:
            run.lines.append(rest[start])
            start += 1
            continue
        run = Run([])
        parts += [*ordered, run]
        start += region.length
    return parts


def _in_their_places(parts: Sequence[Part]) -> list[Part]:
    """The parts, each table among the lines above and below it, whatever was drawn first."""
    placed: list[Part] = []
    for part in parts:
        before = placed[-1] if placed else None
        if isinstance(part, Grid):
            lower: list[Line] = []
            if _is_loose(before):
                lower, others = _on_side(-1, part, before.lines)
                placed[-1] = Run(others)
            placed += [part, Run(lower)]
        elif _is_loose(part) and _is_loose(before) and len(placed) > 1:
            upper: list[Line] = []
            others = part.lines
            if isinstance(table := placed[-2], Grid):
                upper, others = _on_side(1, table, part.lines)
            placed[-1] = Run(_merged(before.lines, others))
            placed.insert(-2, Run(upper))
        else:
            placed.append(part)
    return [part for part in placed if part.lines]


def _merged(lines: list[Line], others: list[Line]) -> list[Line]:
    """The lines and the others, those first that stand above all of the others."""
    if not lines or not others or max(one.top for one in lines) >= min(one.top for one in others):
        return lines + others
    return others + lines


def _is_loose(part: Part | None) -> TypeGuard[Run]:
    """Whether a part is lines that stand anywhere on the page."""
    return isinstance(part, Run) and not part.is_column


def _on_side(side: int, table: Grid, lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines on a side of a table, 1 for above it and -1 for below it, and the others."""
    left, right = table.columns[0][0], table.columns[-1][1]
    heights = [one.top for one in table.lines]
    highest, lowest = max(heights), min(heights)
    beyond: list[Line] = []
    others: list[Line] = []
    for own in lines:
        is_above, is_below = own.bottom > highest + own.size / 2, own.top < lowest - own.size / 2
        is_over = own.span[0] < right and own.span[1] > left
        is_beyond = is_over and (is_above if side > 0 else is_below and not is_above)
        (beyond if is_beyond else others).append(own)
    return beyond, others


def _downwards(page: Sequence[Line]) -> list[Line]:
    """The lines as they are drawn; from top to bottom where most are drawn above the last one."""
    rises = sum(below.top - above.top > above.size for above, below in pairwise(page))
    if 2 * rises <= len(page) - 1:
        return list(page)
    return _from_top(page)


def _from_top(lines: Sequence[Line]) -> list[Line]:
    """The lines from top to bottom, and of one height from left to right."""
    return sorted(lines, key=lambda one: (-round(one.top), one.span))


@dataclass(frozen=True)
class _Region:
    """Rows of lines with a gap that runs down all of them.

    Attributes:
        rows: what stands at one height, from left to right.
        columns: the spans of the columns.
        length: the number of lines.
    """

    rows: list[list[Line]]
    columns: list[Span]
    length: int

    def cells(self) -> list[dict[int, Line]]:
        """The line in each column of each row."""
        rows = []
        for row in self.rows:
            cells: dict[int, Line] = {}
            for each in row:
                place = _place(self.columns, each)
                cells[place] = _one_line(cells[place], each) if place in cells else each
            rows.append(cells)
        return rows


def _region(lines: Sequence[Line], start: int) -> _Region | None:
    """The region that begins with a line, if it has columns and more than one row."""
    first = lines[start]
    if len(first.parts) == 1 and not any(
        _is_beside([first], own, _WHOLE) for own in lines[start + 1 : start + 2]
    ):
        return None
    rows: list[list[Line]] = []
    columns: list[Span] = []
    drops: list[float] = []
    length = 0
    for own in lines[start:]:
        is_beside = bool(rows) and _is_beside(rows[-1], own)
        if rows and not is_beside:
            drop = _height(rows[-1]) - _height(own.parts)
            usual = median(drops) if drops else 1.6 * own.size
            if not -own.size < drop <= _MOST_DROP * usual:
                break
            if len(rows) > 1 and abs(own.size - rows[-1][0].size) > _SAME * own.size:
                break
        row = sorted([*rows[-1], *own.parts] if is_beside else own.parts, key=lambda one: one.span)
        wider = _merge([*columns, *(one.span for one in row)], GAP * own.size)
        is_first_alone = not rows and len(own.parts) == 1
        if len(wider) < 2 and not is_first_alone:
            break
        if any(
            _place(wider, left) == _place(wider, right)
            and right.span[0] - left.span[1] >= GUTTER * own.size
            for left, right in pairwise(row)
        ):
            break
        if len(columns) > 1 and len(wider) < len(columns):
            break
        if is_beside:
            rows[-1] = row
        else:
            if rows:
                drops.append(_height(rows[-1]) - _height(own.parts))
            rows.append(row)
        columns = wider
        length += 1
        if len(rows) == 2 and len(columns) < 2:
            return None
    while rows and len(rows[-1]) == 1 and len(rows[0]) > 1 and not _fits(rows, columns):
        rows.pop()
        length -= 1
    if len(columns) < 2 or len(rows) < 2:
        return None
    return _Region(rows, columns, length)


def _fits(rows: Sequence[Sequence[Line]], columns: Sequence[Span]) -> bool:
    """Whether the last row, a single line, stands in a column in which there are others."""
    place = _place(columns, rows[-1][0])
    return any(_place(columns, one) == place for row in rows[:-1] for one in row)


def _height(row: Sequence[Line]) -> float:
    return median(one.top for one in row)


def _one_line(left: Line, right: Line) -> Line:
    """Two parts of a line in one column."""
    gap = max(left.gap, right.gap)
    return replace(left, text=f"{left.text.rstrip()} {right.text}", right=right.right, gap=gap)


def _is_beside(row: Sequence[Line], own: Line, most: float = _HALF) -> bool:
    """Whether a line stands at the height of a row, but for `most` times its size, and beside all
    that is in it.
    """
    left, right = own.span
    return all(
        abs(one.top - own.top) < most * min(one.size, own.size)
        and max(left - one.span[1], one.span[0] - right) >= GUTTER * one.size
        for one in row
    )


def _merge(spans: Sequence[Span], least: float) -> list[Span]:
    """The spans joined where the gap between two of them is smaller than `least`."""
    merged: list[Span] = []
    for left, right in sorted(spans):
        if merged and left - merged[-1][1] < least:
            merged[-1] = merged[-1][0], max(merged[-1][1], right)
        else:
            merged.append((left, right))
    return merged


def _place(columns: Sequence[Span], own: Line) -> int:
    """The place of the last column that begins before the middle of a line; else of the first."""
    return max(0, bisect_right(columns, (sum(own.span) / 2, inf)) - 1)


def _ordered(region: _Region) -> list[Part] | None:
    """The region's columns or table; None if it is neither."""
    columns = [
        [row[at] for row in region.cells() if at in row] for at in range(len(region.columns))
    ]
    is_prose = [_is_prose(column) for column in columns]
    if all(is_prose):
        return [Run(column, is_column=True) for column in columns]
    full = [row for row in region.rows if len(row) > 1]
    least = _LEAST_ROWS if len(columns) == 2 else 2
    if len(full) < least or (len(full) < _HALF * len(region.rows) and not any(is_prose)):
        return None
    return [_grid(region, is_prose)]


def _is_prose(column: Sequence[Line]) -> bool:
    if len(column) < _LEAST_ROWS:
        return False
    margin = max(own.right for own in column)
    on = sum(above.runs_on(below, margin) for above, below in pairwise(column))
    words = sum(len(own.text.split()) for own in column)
    return on >= _RUNS_ON * (len(column) - 1) and words >= _PROSE_WORDS * len(column)


def _grid(region: _Region, is_prose: Sequence[bool]) -> Grid:
    """The table of a region. A row whose first cell is empty goes on with the row above, if it is
    closer to it than rows are, or if all of its cells are those of columns of prose.
    """
    rows: list[list[str]] = []
    heights = [_height(row) for row in region.rows]
    starts = [0 in cells for cells in region.cells()]
    drops = [a - b for a, b in pairwise(heights)]
    usual = median([drop for drop, start in zip(drops, starts[1:], strict=True) if start] or [0.0])
    for cells, drop in zip(region.cells(), [0.0, *drops], strict=True):
        texts = [cells[at].text.strip() if at in cells else "" for at in range(len(is_prose))]
        is_rest = drop < _CLOSER * usual or all(is_prose[at] for at in cells)
        if rows and 0 not in cells and is_rest:
            pairs = zip(rows[-1], texts, strict=True)
            rows[-1] = [f"{above} {own}".strip() for above, own in pairs]
        else:
            rows.append(texts)
    rows, columns = _with_header(rows, list(region.columns))
    own = tuple(one for row in region.rows for one in row)
    return Grid(tuple(map(tuple, rows)), tuple(columns), own)


def _with_header(rows: list[list[str]], columns: list[Span]) -> tuple[list[list[str]], list[Span]]:
    """The rows and the columns, a column that has a header only joined with a neighbour that has
    none: a number at the right of its column may stand beside its header, not below.
    """
    at = 0
    while at + 1 < len(rows[0]):
        left, right = ([row[column] for row in rows] for column in (at, at + 1))
        if (any(left[1:]) and any(right[1:])) or (left[0] and right[0]):
            at += 1
            continue
        if any(a and b for a, b in zip(left, right, strict=True)):
            at += 1
            continue
        rows = [[*row[:at], row[at] or row[at + 1], *row[at + 2 :]] for row in rows]
        columns[at : at + 2] = [(columns[at][0], columns[at + 1][1])]
    return rows, columns


def _sorted(part: Part) -> Part:
    """The lines from top to bottom, where some of them are drawn after lines below them."""
    if isinstance(part, Grid) or part.is_column:
        return part
    is_disordered = any(_is_above(below, above) for above, below in pairwise(part.lines))
    return Run(list(_cut(part.lines))) if is_disordered else part


def _is_above(own: Line, other: Line) -> bool:
    """Whether a line stands above another, in one column with it."""
    shared = min(own.span[1], other.span[1]) - max(own.span[0], other.span[0])
    return own.bottom - other.top > 0.8 * own.size and shared > 0


def _cut(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines in the order of columns, which are parted by gaps from top to bottom; where there
    is no such gap, in the order of the parts above and below the highest gap between lines. What
    would take too long to be cut is read from top to bottom.
    """
    stack = [list(lines)]
    looks = 0
    while stack:
        group = stack.pop()
        looks += len(group)
        if len(group) == 1 or looks > _MOST_LOOKS:
            yield from _from_top(group)
            continue
        size = median(one.size for one in group)
        columns = _merge([one.span for one in group], GUTTER * size)
        if len(columns) > 1:
            parts: list[list[Line]] = [[] for _ in columns]
            for one in group:
                parts[_place(columns, one)].append(one)
            stack += reversed(parts)
            continue
        group.sort(key=lambda one: -one.top)
        gaps = [above.bottom - (below.top + below.size) for above, below in pairwise(group)]
        widest = max(range(len(gaps)), key=gaps.__getitem__)
        stack += [group[widest + 1 :], group[: widest + 1]]
