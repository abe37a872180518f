"""Tables of a PDF page that are drawn column by column, put into the order of their rows.

Such a table is drawn as stacks of lines side by side. Columns of prose are too, and so are lists
that go on in the next column; they stay as they are drawn.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from app.local import lazy_re as re
from app.local.engine.parsers.pdf.lines import Line

_GAP = 0.7  # times the size: the least between two columns
_SAME_ROW = 0.5  # times the size: lines whose heights differ by less stand in one row
_MOST_COLUMNS = 40
_LEAST_ROWS = 3  # of a table of two columns; one of more columns has two at least
_ALIGNED = 0.8  # the share of the lines of the shortest column that stand beside another line
_ALIGNED_EACH = 0.5  # the same of every column: a cell may have several lines
_MOST_WORDS = 5  # the mean number of words of a column's lines; prose has more
_LOOSE = 1.45  # times the size: rows that are further apart are no lines of one text
_MOST_DROP = 4.0  # times the size: from one line of a column to the next
_ITEM = re.compile(r"(?:[-*\u2022\u2023\u25a0-\u25ff]|\(?(?:\d{1,3}|[A-Za-z])[.)])\s")
_VALUE = re.compile(r"[^\w\s]{0,3}\d\S{0,20}(?:\s\S{1,12}){0,2}\s*")


def by_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines in the order in which they are drawn, but for those of tables that are drawn column
    by column, which come row by row.
    """
    stacks = list(_stacks(lines))
    result: list[Line] = []
    at = 0
    while at < len(stacks):
        lead, table, rest, count = _table(stacks, at)
        if not table:
            result += stacks[at]
            at += 1
            continue
        result += [*lead, *table]
        stacks[at + count - 1] = rest
        at += count - 1
        if not rest:
            at += 1
    return result


def _stacks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines of which each stands below the one before it, in one column with it."""
    stack: list[Line] = []
    for own in lines:
        if stack and not _is_below(stack[-1], own):
            yield stack
            stack = []
        stack.append(own)
    if stack:
        yield stack


def _is_below(above: Line, own: Line) -> bool:
    drop = above.top - own.top
    shared = min(own.span[1], above.span[1]) - max(own.span[0], above.span[0])
    return drop > _SAME_ROW * own.size and shared > -_GAP * own.size


def _table(
    stacks: Sequence[list[Line]], start: int
) -> tuple[list[Line], list[Line], list[Line], int]:
    """The table whose first column is the end of a stack: the lines above it, its lines row by row,
    the lines of its last stack that follow it, and the number of its stacks. Without lines of a
    table if there is none.
    """
    none: tuple[list[Line], list[Line], list[Line], int] = ([], [], [], 1)
    following = stacks[start + 1 : start + 2]
    if len(stacks[start]) < 2 or not following or len(following[0]) < 2:
        return none
    lead, first = _from(stacks[start], following[0][0])
    if len(first) < 2:
        return none
    columns, rest = [first], list[Line]()
    for stack in stacks[start + 1 : start + _MOST_COLUMNS]:
        column, rest = _beside(columns, stack)
        if len(column) < 2:
            break
        columns.append(column)
        if rest:
            break
    else:
        column = columns[-1]
    if len(column) < 2:
        rest = []
    if len(columns) < 2 or not _is_table(columns):
        return none
    return lead, _in_rows(columns), rest, len(columns)


def _from(stack: list[Line], beside: Line) -> tuple[list[Line], list[Line]]:
    """The lines of a stack above the height of another line, and the others."""
    highest = beside.top + 3 * beside.size
    place = next((at for at, own in enumerate(stack) if own.top <= highest), len(stack))
    while place < len(stack) and stack[place].span[1] > beside.span[0] - _GAP * beside.size:
        place += 1  # it lies over the other column too
    return stack[:place], stack[place:]


def _beside(columns: Sequence[list[Line]], stack: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of a stack that make a column at the right of all others, and the lines after it.
    The last column goes on below the others only with the rest of a cell.
    """
    edge = max(own.span[1] for column in columns for own in column)
    highest = max(column[0].top for column in columns)
    lowest = min(column[-1].top for column in columns)
    heights = sorted(own.top for column in columns for own in column)
    if not stack or abs(stack[0].top - highest) > 3 * stack[0].size:
        return [], stack
    above = stack[0]
    for place, own in enumerate(stack):
        is_apart = own.span[0] - edge >= _GAP * own.size
        is_far = above.top - own.top > _MOST_DROP * own.size
        is_other = is_far and not _has(heights, own)
        is_lower = own.top < lowest - _SAME_ROW * own.size
        is_rest = above.top - own.top < _LOOSE * own.size
        if not is_apart or is_other or (is_lower and not is_rest):
            return stack[:place], stack[place:]
        above = own
    return stack, []


def _is_table(columns: Sequence[list[Line]]) -> bool:
    if any(_is_disorderly(column) for column in columns):
        return False
    shares = [_aligned(column, columns) for column in columns]
    shortest = min(range(len(columns)), key=lambda at: len(columns[at]))
    if shares[shortest] < _ALIGNED or min(shares) < _ALIGNED_EACH:
        return False
    words = [sum(len(own.text.split()) for own in column) / len(column) for column in columns]
    if sum(count > _MOST_WORDS for count in words) > len(columns) // 3:
        return False
    if sum(_is_list(column) for column in columns) > 1 or _is_sorted(columns):
        return False
    rows = len(columns[shortest])
    drops = [above.top - own.top for above, own in pairwise(columns[shortest])]
    is_loose = median(drops) >= _LOOSE * columns[0][0].size
    has_values = rows >= _LEAST_ROWS and any(
        all(_VALUE.fullmatch(own.text) for own in column[1:]) for column in columns
    )
    least = _LEAST_ROWS if len(columns) == 2 else 2
    return rows >= least and (is_loose or has_values)


def _is_disorderly(column: Sequence[Line]) -> bool:
    """Whether the lines are of several sizes: a title, and what is below it."""
    size = median(own.size for own in column)
    return any(abs(own.size - size) > 0.3 * size for own in column)


def _aligned(column: Sequence[Line], columns: Sequence[list[Line]]) -> float:
    """The share of a column's lines that stand at the height of a line of another column."""
    heights = sorted(own.top for other in columns if other is not column for own in other)
    return sum(_has(heights, own) for own in column) / len(column)


def _has(heights: Sequence[float], own: Line) -> bool:
    place = bisect_left(heights, own.top - _SAME_ROW * own.size)
    return place < len(heights) and heights[place] <= own.top + _SAME_ROW * own.size


def _is_list(column: Sequence[Line]) -> bool:
    return 2 * sum(bool(_ITEM.match(own.text)) for own in column) > len(column)


def _is_sorted(columns: Sequence[list[Line]]) -> bool:
    """Whether the lines are an index, which goes on in the next column."""
    words = [own.text.casefold() for column in columns for own in column]
    return words == sorted(words)


def _in_rows(columns: Sequence[list[Line]]) -> list[Line]:
    """The lines from top to bottom, those of a row from left to right."""
    lines = sorted((own for column in columns for own in column), key=lambda own: -own.top)
    rows: list[list[Line]] = []
    for own in lines:
        if rows and rows[-1][0].top - own.top < _SAME_ROW * own.size:
            rows[-1].append(own)
        else:
            rows.append([own])
    return [own for row in rows for own in sorted(row, key=lambda one: one.span)]
