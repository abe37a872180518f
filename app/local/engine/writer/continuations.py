"""Lists and tables that were cut between two passages of a document."""

import re
from collections import Counter
from collections.abc import Sequence

from app.local.engine.writer.blocks import ITEM, Block, is_rule


def ends(parts: Sequence[Sequence[Block]], names: Sequence[str]) -> dict[int, tuple[int, Block]]:
    """Of each passage whose last block goes on in another of its document, that other's index and
    the rest of the block. Where two may go on in one, or one in two, nobody can say which it is.
    """
    ends: dict[int, tuple[int, Block]] = {}
    for number, before in enumerate(parts):
        rests = [
            (other, rest)
            for other, after in enumerate(parts)
            if other != number
            and names[number]
            and names[other] == names[number]
            and before
            and after
            and (rest := _rest(before[-1], after))
        ]
        if len(rests) == 1:
            ends[number] = rests[0]
    claims = Counter(other for other, _ in ends.values())
    return {number: end for number, end in ends.items() if claims[end[0]] == 1}


def _rest(last: Block, after: Sequence[Block]) -> Block | None:
    """What may be the rest of a list or a table that another passage ends with."""
    first = after[0]
    if last.kind == first.kind == "list" and _next_item(last, first):
        return first
    kinds = [last.kind, *(one.kind for one in after[:2])]
    if kinds == ["list", "prose", "list"] and not first.text.endswith((":", "\uff1a")):
        inside = tuple(f"  {line.strip()}" for line in first.lines)  # of the item that was cut
        return Block("list", (*inside, *after[1].lines)) if _next_item(last, after[1]) else None
    if last.kind == "table" and first.kind == "table":
        rows = first.lines
        if rows[:2] == last.lines[:2]:
            rows = rows[2:]  # a chunk repeats the header of its table
        headed = len(rows) > 1 and is_rule(rows[1])
        if rows and not headed and len(cells(rows[0])) == len(cells(last.lines[-1])):
            return Block("table", rows)
    return None


def _next_item(last: Block, first: Block) -> bool:
    """Whether the first item of a list may come behind the last of another: it has the same sign,
    or the number after it.
    """
    signs = [match[0].split()[0] for line in last.lines if (match := ITEM.match(line))]
    after = ITEM.match(first.lines[0])
    if not signs or after is None:
        return False
    before, sign = signs[-1], after[0].split()[0]
    if sign[0].isdigit():
        return before[0].isdigit() and int(sign[:-1]) == int(before[:-1]) + 1
    return sign in signs


def cells(line: str) -> list[str]:
    r"""The cells of a row; an escaped bar is no border.

    >>> cells(r"| a | b \| c |")
    ['a', 'b | c']
    """
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]
