"""The steps of an agent: a call of a tool, and what it came to or waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model calls a tool. The outcome follows, or a Confirm.

    Attributes:
        call: the call's id in its turn.
        arguments: as they are used: the guardrail may have masked parts of them.
    """

    kind: ClassVar[str] = "tool_call"
    call: str
    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a call came to.

    Attributes:
        call: the id of its ToolCall.
        text: what the model reads of it, mostly JSON.
        is_error: whether the call was refused, or has failed.
    """

    kind: ClassVar[str] = "tool_result"
    call: str
    tool: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """A call that is not made before the person who asks confirms it. It ends the turn.

    Attributes:
        confirmation: the id by which it is confirmed or denied, once.
        call: the id of its ToolCall.
        expires: from then on it can be confirmed no more.
    """

    kind: ClassVar[str] = "confirm"
    confirmation: str
    call: str
    tool: str
    arguments: Mapping[str, Any]
    expires: datetime


ToolStep = ToolCall | ToolOutcome | Confirm
