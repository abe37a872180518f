"""The parts of a UI message stream, each a line `data: {...}`; the last line is `data: [DONE]`.

A client keeps the parts in its message, but for those that are `transient`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from app.events import StopReason
from app.web.schemas.agents import Confirm
from app.web.schemas.answers import BudgetWarning, CitedQuote, GuardrailVerdict, Usage
from app.web.schemas.base import Schema
from app.web.schemas.messages import NearestPart, SourcePart
from app.web.schemas.problems import TurnError
from app.web.schemas.searches import Passage


class StartMetadata(Schema):
    """Where the answer will be, and what writes it."""

    conversation_id: str
    model: str
    guardrail_mode: Literal["buffer", "window", "verdict"] | None = None


class StartPart(Schema):
    """The message begins: `messageId` is `<conversation>-<turn>`."""

    type: Literal["start"]
    message_id: str
    message_metadata: StartMetadata


class StartStepPart(Schema):
    """A step begins."""

    type: Literal["start-step"]


class FinishStepPart(Schema):
    """The step ends."""

    type: Literal["finish-step"]


class TextStartPart(Schema):
    """A text begins."""

    type: Literal["text-start"]
    id: str


class TextDeltaPart(Schema):
    """The next piece of the text of this id."""

    type: Literal["text-delta"]
    id: str
    delta: str


class TextEndPart(Schema):
    """The text of this id is whole."""

    type: Literal["text-end"]
    id: str


class FoundPassages(Schema):
    """What was looked for, and what was found."""

    query: str
    passages: list[Passage]


class RetrievalPart(Schema):
    """The passages that the answer may use."""

    type: Literal["data-retrieval"]
    data: FoundPassages
    transient: Literal[True]


class NumberedQuote(CitedQuote):
    """A quote whose passage is in data-retrieval, by its number there."""

    passage_number: int | None


class QuotePart(Schema):
    """A mark of the answer, resolved to a quote."""

    type: Literal["data-citation"]
    data: NumberedQuote
    transient: Literal[True]


class VerdictPart(Schema):
    """A verdict of the guardrail. Transient, unless its text replaces the answer."""

    type: Literal["data-guardrail"]
    data: GuardrailVerdict
    transient: Literal[True] | None = None


class ToolInputPart(Schema):
    """The agent calls a tool."""

    type: Literal["tool-input-available"]
    tool_call_id: str
    tool_name: str
    input: dict[str, Any]
    dynamic: Literal[True]


class ToolOutputPart(Schema):
    """What the call came to."""

    type: Literal["tool-output-available"]
    tool_call_id: str
    output: str
    dynamic: Literal[True]


class ToolErrorPart(Schema):
    """The call was refused, or has failed."""

    type: Literal["tool-output-error"]
    tool_call_id: str
    error_text: str
    dynamic: Literal[True]


class ApprovalRequestPart(Schema):
    """The call waits for the person: `approvalId` is the confirmation's id."""

    type: Literal["tool-approval-request"]
    approval_id: str
    tool_call_id: str


class WaitingCallPart(Schema):
    """The call that waits, and until when."""

    type: Literal["data-confirm"]
    data: Confirm


class BudgetPart(Schema):
    """Much of a budget is spent."""

    type: Literal["data-budget"]
    data: BudgetWarning
    transient: Literal[True]


class ErrorDataPart(Schema):
    """The fields of the problem with which the turn failed."""

    type: Literal["data-error"]
    data: TurnError


class ErrorPart(Schema):
    """The turn failed, and nothing of it is stored. It is the last part."""

    type: Literal["error"]
    error_text: str


class FinishMetadata(Schema):
    """What the answer took.

    Attributes:
        turn: where it is stored; None if it is not.
        cost: US dollars by list prices; None where a price is not known.
    """

    model: str
    turn: int | None
    stop_reason: StopReason
    usage: Usage
    cost: float | None


class FinishPart(Schema):
    """The message is whole, and the turn is stored. It is the last part."""

    type: Literal["finish"]
    finish_reason: Literal["stop", "length", "content-filter", "tool-calls", "other"]
    message_metadata: FinishMetadata


class StreamPart(
    RootModel[
        Annotated[
            StartPart
            | StartStepPart
            | RetrievalPart
            | TextStartPart
            | TextDeltaPart
            | TextEndPart
            | SourcePart
            | QuotePart
            | VerdictPart
            | NearestPart
            | ToolInputPart
            | ToolOutputPart
            | ToolErrorPart
            | ApprovalRequestPart
            | WaitingCallPart
            | BudgetPart
            | FinishStepPart
            | FinishPart
            | ErrorDataPart
            | ErrorPart,
            Field(discriminator="type"),
        ]
    ]
):
    """A part of the stream: what stands behind `data: ` in a line of it."""
