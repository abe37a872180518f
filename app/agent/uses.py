"""The calls of a reply, in a form that can be repeated: to the model, to the reader, and in the
stored turn.

A model may write ids twice, names that Converse does not take back, and values that no JSON can
hold. If they were repeated as they are, the next request would be refused; stored, they would spoil
their conversation for good. So each call gets a form first that can be repeated. One whose own form
cannot be is not made, and the model reads why.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.models import Block, ToolUse
from app.tools.tool import NAME

MOST_CALLS = 16
"""Calls of one reply; more are not made."""

LONGEST_ARGUMENTS = 10_000
"""Characters of a call's arguments as JSON: as many as a question may have."""

DEEPEST_ARGUMENTS = 16
"""Lists and objects within each other."""

UNNAMED = "unknown_tool"
"""Stands for a name that is none."""

_ID = re.compile(r"[a-zA-Z0-9_.:-]{1,64}")  # Converse's rule for the id of a call
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a reply.

    Attributes:
        use: the call, as it may be repeated.
        fault: why it is not made, in words for the model; None if nothing speaks against it yet.
    """

    use: ToolUse
    fault: str | None = None


def repeatable(content: Sequence[Block], turn: int, taken: set[str]) -> Sequence[Block | Call]:
    """The blocks of a reply, its calls as they may be repeated. Of too many calls, one is left to
    say so.

    Args:
        turn: the number of the turn, which new ids have in them.
        taken: the ids of earlier calls of the conversation; those of this reply are added.

    >>> [call] = repeatable([ToolUse("", "cancel order", {})], 0, set())
    >>> call.use.id, call.use.name, call.fault
    ('call-0-1', 'unknown_tool', "There is no tool 'cancel order'.")
    """
    blocks: list[Block | Call] = []
    number = 0
    excess = sum(isinstance(block, ToolUse) for block in content) - MOST_CALLS
    for block in content:
        if not isinstance(block, ToolUse):
            blocks.append(block)
            continue
        number += 1
        if number <= MOST_CALLS:
            blocks.append(_repeatable(block, turn, taken))
        elif number == MOST_CALLS + 1:
            fault = f"A reply makes {MOST_CALLS} calls at most; {excess} more were not made."
            blocks.append(Call(_repeatable(block, turn, taken).use, fault))
    return blocks


def _repeatable(use: ToolUse, turn: int, taken: set[str]) -> Call:
    id_, number = use.id, len(taken)
    while not _ID.fullmatch(id_) or id_ in taken:
        number += 1
        id_ = f"call-{turn}-{number}"
    taken.add(id_)
    return call_of(ToolUse(id_, use.name, use.input))


def call_of(use: ToolUse) -> Call:
    """A call under its own id, as its name and its arguments may be repeated."""
    if not NAME.fullmatch(use.name):
        return Call(ToolUse(use.id, UNNAMED, {}), f"There is no tool {use.name[:64]!r}.")
    if fault := _fault_in(use.input):
        return Call(ToolUse(use.id, use.name, {}), fault)
    return Call(use)


def _fault_in(arguments: Mapping[str, Any]) -> str | None:
    """The reason why arguments cannot be repeated; None if they can."""
    if not all(map(_is_plain, _values(arguments, DEEPEST_ARGUMENTS))):
        return (
            "The arguments have half a character, a number that is too large or none, or more than "
            f"{DEEPEST_ARGUMENTS} lists and objects within each other."
        )
    if len(json.dumps(arguments, ensure_ascii=False)) > LONGEST_ARGUMENTS:
        return f"The arguments have more than {LONGEST_ARGUMENTS} characters."
    return None


def _values(value: Any, depth: int) -> Iterator[Any]:
    """Every name and value in a value of JSON, and `...` for what is too deep."""
    if not isinstance(value, Mapping | list):
        yield value
    elif depth == 0:
        yield ...
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, depth - 1)
    else:
        yield from value
        for member in value.values():
            yield from _values(member, depth - 1)


def _is_plain(value: Any) -> bool:
    """Whether every reader of JSON takes this name or value for the same."""
    match value:
        case str():
            return _HALF.search(value) is None
        case bool() | None:
            return True
        case int() | float():
            return -(2**63) < value < 2**63
    return False
