"""A stored conversation as messages of the UI message protocol, ready for `useChat`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.events import StopReason
from app.web.schemas.agents import Confirm
from app.web.schemas.answers import CitedQuote, GuardrailVerdict, Place, Usage
from app.web.schemas.base import Schema
from app.web.schemas.feedback import Feedback


def _is_missing(value: object) -> bool:
    """Whether a member is left out: the protocol takes no null in its place."""
    return value is None


class StepStart(Schema):
    """A step of the answer begins."""

    type: Literal["step-start"] = "step-start"


class TextPart(Schema):
    """Words: a question's, or an answer's in Markdown, with its marks."""

    type: Literal["text"] = "text"
    text: str
    state: Literal["done"] = "done"


class Approval(Schema):
    """The person's decision on a call; without `approved` it waits for one."""

    id: str
    approved: bool | None = Field(default=None, exclude_if=_is_missing)
    reason: str | None = Field(default=None, exclude_if=_is_missing)


class ToolPart(Schema):
    """A call of a tool, and what it came to."""

    type: Literal["dynamic-tool"] = "dynamic-tool"
    tool_name: str
    tool_call_id: str
    state: Literal["approval-requested", "output-available", "output-error", "output-denied"]
    input: dict[str, Any]
    output: str | None = Field(default=None, exclude_if=_is_missing)
    error_text: str | None = Field(default=None, exclude_if=_is_missing)
    approval: Approval | None = Field(default=None, exclude_if=_is_missing)


class SourceAddress(Schema):
    """Where a source is."""

    uri: str
    page: int | None


class SourceMetadata(Schema):
    """What Outcrop says of a source, beside the protocol's own members."""

    outcrop: SourceAddress


class SourcePart(Schema):
    """A source of the answer. `sourceId` is the number in its marks."""

    type: Literal["source-document"] = "source-document"
    source_id: str
    media_type: str
    title: str
    filename: str
    provider_metadata: SourceMetadata


class CitationPart(Schema):
    """A mark of the text before, resolved to a quote."""

    type: Literal["data-citation"] = "data-citation"
    data: CitedQuote


class GuardrailPart(Schema):
    """A verdict of the guardrail on a text of the turn."""

    type: Literal["data-guardrail"] = "data-guardrail"
    data: GuardrailVerdict


class Places(Schema):
    """Places in documents, best first."""

    places: list[Place]


class NearestPart(Schema):
    """The documents do not answer; these places come nearest."""

    type: Literal["data-nearest"] = "data-nearest"
    data: Places


class ConfirmPart(Schema):
    """A call that waits for the person who asks."""

    type: Literal["data-confirm"] = "data-confirm"
    data: Confirm


MessagePart = Annotated[
    StepStart
    | TextPart
    | ToolPart
    | SourcePart
    | CitationPart
    | GuardrailPart
    | NearestPart
    | ConfirmPart,
    Field(discriminator="type"),
]


class QuestionMetadata(Schema):
    """Where a question is."""

    conversation_id: str
    turn: int


class AnswerMetadata(QuestionMetadata):
    """Where an answer is, and how it came to be.

    Attributes:
        turn: the last turn of the message: after a decision on a call, that of the decision.
        cost: US dollars by list prices; None where a price is not known.
    """

    model: str
    usage: Usage
    cost: float | None
    stop_reason: StopReason
    at: datetime
    feedback: Feedback | None


class QuestionMessage(Schema):
    """A question, under the id that its client gave it."""

    id: str
    role: Literal["user"] = "user"
    parts: list[TextPart]
    metadata: QuestionMetadata


class AnswerMessage(Schema):
    """An answer. After a decision on a call it goes on, as it does in a stream."""

    id: str
    role: Literal["assistant"] = "assistant"
    parts: list[MessagePart]
    metadata: AnswerMetadata


class Messages(Schema):
    """The thread of a conversation, oldest message first: what was superseded is left out."""

    id: str
    title: str
    messages: list[Annotated[QuestionMessage | AnswerMessage, Field(discriminator="role")]]
