"""The header of a table on a PDF page whose lines stand above the rows, at heights of their own.

A label of two lines stands beside labels of one, and a label of several columns above their middle,
so that these lines are no rows:

    #                 Score             | # Layers | Rate (%) | Score low | Score high |
            Rate                 ->     | --- | --- | --- | --- |
    Layers  (%)     low   high          | 6 | 0.965 | 2 | 3 |
    6       0.965    2     3
"""

from bisect import bisect
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice
from typing import TypeGuard

from app.local.engine.parsers.pdf.lines import Grid, Line, Part, Run, Span

_FURTHEST = 1.9  # times the size: the most between two heights of a header, and above the rows
_LARGER = 0.3  # of the size: a header's font may differ by so much
_MOST_WORDS = 5  # of a label's line
_LEAST_COLUMNS = 2
_FEWEST_ROWS = 2  # of a table; one with fewer may itself be a part of a header
_MOST_LINES = 4  # of what looks like a column of prose, and may be a label

Places = tuple[int, ...]  # columns


def with_headers(parts: Sequence[Part]) -> list[Part]:
    """The parts of a page, with the lines above tables that label their columns in the tables."""
    free = _free(parts)
    single = {line: part for part in parts if _is_single_row(part) for line in part.lines}
    taken: set[Line] = set()
    result: list[Part] = []
    for part in parts:
        if isinstance(part, Grid) and len(part.rows) >= _FEWEST_ROWS:
            labels = _header(part, free, taken)
            header = {  # of a table of one row, all of it or nothing
                line: places
                for line, places in labels.items()
                if line not in single or all(one in labels for one in single[line].lines)
            }
            columns = {place for places in header.values() for place in places}
            if len(columns) >= max(_LEAST_COLUMNS, len(part.columns) / 2):
                taken |= header.keys()
                part = _labelled(part, header)  # noqa: PLW2901
        result.append(part)
    result = [_without(part, taken) for part in result]
    return [part for part in result if (part.lines if isinstance(part, Run) else part.rows)]


def _is_single_row(part: Part) -> TypeGuard[Grid]:
    return isinstance(part, Grid) and len(part.rows) == 1


def _free(parts: Sequence[Part]) -> list[Line]:
    """The lines that may belong to a table's header, from the lowest."""
    free: list[Line] = []
    for part in parts:
        is_short = len(part.lines) <= _MOST_LINES
        if _is_single_row(part) or (isinstance(part, Run) and (is_short or not part.is_column)):
            free += part.lines
    return sorted(free, key=_height)


def _height(line: Line) -> float:
    return line.top


def _header(table: Grid, free: Sequence[Line], taken: Set[Line]) -> dict[Line, Places]:
    """The lines above a table that label its columns, from the highest, and their columns.

    Args:
        free: the lines that may, from the lowest.
        taken: those of them that belong to the header of another table.
    """
    size = table.lines[0].size
    left, right = table.columns[0][0], table.columns[-1][1]
    top = reach = _top(table)
    header: dict[Line, Places] = {}
    for line in islice(free, bisect(free, top - size, key=_height), None):
        if line.top - reach > _FURTHEST * size:
            break
        is_over = line.bottom > top + size / 2 and line.span[1] >= left and line.span[0] <= right
        if not is_over or line.parts[0] in taken:
            continue
        if abs(line.size - size) > _LARGER * size:
            break
        labels = {part: _places(table.columns, part) for part in line.parts}
        if not all(labels.values()):
            break
        header |= labels
        reach = line.top
    header = dict(sorted(header.items(), key=lambda item: -item[0].top))
    first = () if _is_data(table.rows) else table.rows[0]
    own = {place for place, cell in enumerate(first) if cell}
    return {line: _spread(line, header, own) for line in header}


def _top(table: Grid) -> float:
    """The height of the first row, or of the second if the first may be a part of the header."""
    heights = sorted((line.top for line in table.lines), reverse=True)
    if all(table.rows[0]) or _is_data(table.rows):
        return heights[0]
    below = (height for height in heights if height < heights[0] - table.lines[0].size / 2)
    return next(below, heights[0])


def _is_data(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is no header: it has a number, or a text that its column repeats."""
    first, *others = rows
    columns = list(zip(*others, strict=True))
    return any(
        any(map(str.isdecimal, cell)) or (cell != "" and cell in column)
        for cell, column in zip(first, columns, strict=True)
    )


def _places(columns: Sequence[Span], label: Line) -> Places:
    """The columns that a label stands in the middle of: one, or two; none if it is long."""
    words = label.text.split()
    is_end = label.text.rstrip().endswith(".") and label.text[:1].islower()
    if len(words) > _MOST_WORDS or is_end:
        return ()
    left, right = label.span
    middle, slack = (left + right) / 2, label.size
    for place, (start, end) in enumerate(columns):
        least = columns[place - 1][1] if place else start - 3 * slack
        most = columns[place + 1][0] if place + 1 < len(columns) else end + 3 * slack
        if start - slack <= middle <= end + slack and least <= left and right <= most:
            return (place,)
    for place in range(len(columns) - 1):
        start, end = columns[place][0], columns[place + 1][1]
        if abs(middle - (start + end) / 2) <= slack and start <= left and right <= end:
            return (place, place + 1)
    return ()


def _spread(label: Line, header: Mapping[Line, Places], own: Set[int]) -> Places:
    """A label's columns, and as many more to its left and right as have only labels below it, or
    in the table's own first row.
    """
    level = label.top - label.size / 2
    beside = {place for line, places in header.items() if line.top >= level for place in places}
    below = {place for line, places in header.items() if line.top < level for place in places} | own
    places = header[label]
    while {places[0] - 1, places[-1] + 1} <= below - beside:
        places = (places[0] - 1, *places, places[-1] + 1)
    return places


def _without(part: Part, header: Set[Line]) -> Part:
    """A part of the page without the lines of headers."""
    if isinstance(part, Run):
        rest = [line for line in part.lines if not all(one in header for one in line.parts)]
        return replace(part, lines=rest)
    return replace(part, rows=()) if any(line in header for line in part.lines) else part


def _labelled(table: Grid, header: Mapping[Line, Places]) -> Grid:
    """The table with its header: joined with the first row if that is one."""
    labels = [
        " ".join(line.text.strip() for line, places in header.items() if column in places)
        for column in range(len(table.columns))
    ]
    if _is_data(table.rows):
        return replace(table, rows=(tuple(labels), *table.rows))
    pairs = zip(labels, table.rows[0], strict=True)
    return replace(table, rows=(tuple(f"{a} {b}".strip() for a, b in pairs), *table.rows[1:]))
