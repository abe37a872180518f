"""Tables of a text, whose header each chunk repeats that begins below it.

    | berth | fee |         a header
    | --- | --- |           and the rule below it, which go before
    | B2750 | 31.50 |       a row, where a chunk begins

A row alone says what the values are, and not of what.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.local.engine.chunk.units import RULE, Unit


@dataclass(frozen=True)
class Table:
    """The rows of a table: where the first begins and the last ends, and its header with the
    rule.
    """

    start: int
    end: int
    header: str


def tables(text: str, units: Sequence[Unit]) -> list[Table]:
    """The tables of a text that have rows, in order."""
    result: list[Table] = []
    for place in range(1, len(units) - 1):
        rule, above = units[place], units[place - 1]
        is_rule = RULE.fullmatch(text, rule.start, rule.end) and _continues(text, units, place)
        if is_rule and text.startswith("|", above.start):
            last = place
            while last + 1 < len(units) and _continues(text, units, last + 1):
                last += 1
            if last > place:
                header = text[above.start : rule.end]
                result.append(Table(units[place + 1].start, units[last].end, header))
    return result


def header_at(tables: Sequence[Table], place: int) -> str:
    """The header of the table in whose rows a place of the text lies; "" where it lies in none."""
    number = bisect_right(tables, place, key=lambda table: table.start) - 1
    return tables[number].header if number >= 0 and place < tables[number].end else ""


def open_header(text: str) -> str:
    r"""The header of a table that a text breaks off in; "" where it ends with anything else.

    >>> open_header("soils:\n| soil | wet |\n| --- | --- |\n| clay | yes |\n")
    '| soil | wet |\n| --- | --- |'
    """
    below: list[str] = []
    end = len(text.rstrip())
    while end > 0:
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end].strip()
        if not line.startswith("|"):
            return ""
        if below and RULE.fullmatch(below[0]):
            return f"{line}\n{below[0]}"
        below[:] = [line]
        end = start - 1
    return ""


def _continues(text: str, units: Sequence[Unit], place: int) -> bool:
    """Whether a unit goes on with the table of the unit above it."""
    gap = text[units[place - 1].end : units[place].start]
    return text.startswith("|", units[place].start) and gap.count("\n") == 1
