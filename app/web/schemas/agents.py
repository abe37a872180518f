"""What an agent did in a turn, and how a person decides on a call that waits."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.web.schemas.base import Schema


class ToolCall(Schema):
    """A call of a tool. `call` is its id in the turn."""

    kind: Literal["tool_call"] = "tool_call"
    call: str
    tool: str
    arguments: dict[str, Any]


class ToolOutcome(Schema):
    """What the call with this id came to: what the model has read of it, mostly JSON."""

    kind: Literal["tool_result"] = "tool_result"
    call: str
    tool: str
    text: str
    is_error: bool


class Confirm(Schema):
    """A call that is made only if the person who asks confirms it, by POST /confirmations/{id}
    with this `confirmation`, before it expires.
    """

    kind: Literal["confirm"] = "confirm"
    confirmation: str
    call: str
    tool: str
    arguments: dict[str, Any]
    expires: datetime


Steps = Annotated[
    list[Annotated[ToolCall | ToolOutcome | Confirm, Field(discriminator="kind")]],
    Field(description="An agent's calls and what they came to, in their order."),
]


class Decision(Schema):
    """What the person who asks decides on a call that waits."""

    decision: Literal["confirm", "deny"]
