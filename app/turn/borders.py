"""Where an answer that is being written may be parted: behind a whole sentence, or a whole block.

A block of code, a list and a table are not cut, nor is a heading parted from what it stands above.
The last sentence so far is not whole: nothing tells yet whether it goes on.
"""

import re
from itertools import pairwise

from app.citations.sentences import Unit, units

LONGEST_BLOCK = 3_000
"""Characters: a longer block may be parted between its lines."""

_FENCE = re.compile(r"(?m)^[ \t]{0,3}(?:`{3,}|~{3,})")
_TABLE = ("header", "row")
_INTRODUCED = ("item", "code", *_TABLE)


def borders(text: str, begin: int) -> list[int]:
    r"""The places behind `begin`, which is such a place itself, where the text may be parted.

    >>> borders("It is wet. It is cold. It", 0)
    [10, 22]
    >>> borders("Do this:\n\n- a\n- b\n\nIt is done. And", 0)
    [17, 30]
    """
    rest = text[begin:]
    places = [one.end for one, next_ in pairwise(units(rest)) if not _belong(rest, one, next_)]
    if not places and len(rest) > LONGEST_BLOCK:
        return [begin + match.end() for match in re.finditer(r"\n", rest)]
    fences = [match.start() for match in _FENCE.finditer(rest)]
    return [begin + end for end in places if sum(fence < end for fence in fences) % 2 == 0]


def _belong(text: str, one: Unit, next_: Unit) -> bool:
    """Whether a unit and the next one are not parted."""
    if one.kind == "heading":
        return True
    if one.kind == "sentence" and next_.kind in _INTRODUCED:
        return text[one.start : one.end].endswith((":", "："))  # noqa: RUF001 this sign is meant
    return (one.kind == next_.kind == "item") or (one.kind in _TABLE and next_.kind in _TABLE)
