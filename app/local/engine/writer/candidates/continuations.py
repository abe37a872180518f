"""Lists and tables that were cut between two passages of a document."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from app.local.engine.writer.candidates.blocks import ITEM, Block, is_rule
from app.local.engine.writer.candidates.rows import cells

_MOST = 100  # passages of a document that are compared with each other: as many as a search finds


def ends(parts: Sequence[Sequence[Block]], names: Sequence[str]) -> dict[int, tuple[int, Block]]:
    """Of each passage whose last block goes on in another of its document, that other's index and
    the rest of the block. Where two may go on in one, or one in two, nobody can say which it is.
    """
    ends: dict[int, tuple[int, Block]] = {}
    for numbers in _documents(parts, names):
        for number in numbers:
            last = parts[number][-1]
            signs = _signs(last)
            others = (other for other in numbers if other != number)
            pairs = ((other, _rest(last, signs, parts[other])) for other in others)
            rests = [*islice(((other, rest) for other, rest in pairs if rest), 2)]
            if len(rests) == 1:
                ends[number] = rests[0]
    claims = Counter(other for other, _ in ends.values())
    return {number: end for number, end in ends.items() if claims[end[0]] == 1}


def _documents(parts: Sequence[Sequence[Block]], names: Sequence[str]) -> list[list[int]]:
    """The passages of each document that has a name, but for one with very many."""
    documents: dict[str, list[int]] = {}
    for number, (blocks, name) in enumerate(zip(parts, names, strict=True)):
        if blocks and name:
            documents.setdefault(name, []).append(number)
    return [numbers for numbers in documents.values() if len(numbers) <= _MOST]


def _rest(last: Block, signs: Sequence[str], after: Sequence[Block]) -> Block | None:
    """What may be the rest of a list or a table that another passage ends with.

    Args:
        signs: of the list's items.
    """
    first = after[0]
    if last.kind == first.kind == "list" and _next_item(signs, first):
        return first
    kinds = [last.kind, *(one.kind for one in after[:2])]
    if kinds == ["list", "prose", "list"] and not first.text.endswith((":", "\uff1a")):
        inside = tuple(f"  {line.strip()}" for line in first.lines)  # of the item that was cut
        return Block("list", (*inside, *after[1].lines)) if _next_item(signs, after[1]) else None
    if last.kind == "table" and first.kind == "table":
        rows = first.lines
        if rows[:2] == last.lines[:2]:
            rows = rows[2:]  # a chunk repeats the header of its table
        headed = len(rows) > 1 and is_rule(rows[1])
        if rows and not headed and len(cells(rows[0])) == len(cells(last.lines[-1])):
            return Block("table", rows)
    return None


def _signs(block: Block) -> list[str]:
    """The dash or number of each item of a list."""
    if block.kind != "list":
        return []
    return [match[0].split()[0] for line in block.lines if (match := ITEM.match(line))]


def _next_item(signs: Sequence[str], first: Block) -> bool:
    """Whether the first item of a list may come behind the last of another: it has the same sign,
    or the number after it.

    Args:
        signs: of the other list's items.
    """
    after = ITEM.match(first.lines[0])
    if not signs or after is None:
        return False
    before, sign = signs[-1], after[0].split()[0]
    if sign[0].isdigit():
        return before[0].isdigit() and int(sign[:-1]) == int(before[:-1]) + 1
    return sign in signs
