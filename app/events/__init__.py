"""The events of a flow, and the values in them.

A flow yields events in this order and ends with exactly one terminal event, `Done` or `Error`.
`Done` has the whole answer, for a reader who does not want a stream. Events are values: no
identity, no I/O, equal when their fields are.

    Started Retrieval    Text Text Citation Text ... Usage Done
    Started Retrieval    Text ... BudgetWarning Usage Done     (much of a budget is spent)
    Started Retrieval    Text Nearest Usage Done               (the documents do not say)
    Started Retrieval    Text Error                            (nothing of it is stored)
    Started ToolCall ToolOutcome Text ... Usage Done           (an agent's turn)
    Started ToolCall Confirm Text ... Usage Done               (a person has to confirm first)
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from app.errors import OperatorError, OutcropError
from app.events.calls import Confirm, ToolCall, ToolOutcome, ToolStep
from app.events.sources import Citation, MetadataValue, Passage, Place, utf16_length
from app.events.verdicts import (
    Guardrail,
    GuardrailAction,
    GuardrailMode,
    GuardrailPolicy,
    GuardrailSource,
    PolicyFinding,
)

__all__ = [
    "Answer",
    "BudgetWarning",
    "Citation",
    "Confirm",
    "Done",
    "Error",
    "Event",
    "Guardrail",
    "GuardrailAction",
    "GuardrailMode",
    "GuardrailPolicy",
    "GuardrailSource",
    "MetadataValue",
    "Nearest",
    "Passage",
    "Place",
    "PolicyFinding",
    "Retrieval",
    "Started",
    "StopReason",
    "Text",
    "ToolCall",
    "ToolOutcome",
    "ToolStep",
    "Usage",
    "utf16_length",
]


@dataclass(frozen=True, slots=True)
class Started:
    """A turn has begun, in this conversation and with this model.

    Attributes:
        guardrail_mode: when the answer is judged; None without a guardrail.
        turn: the number under which the turn will be stored; None if it will not be.
    """

    kind: ClassVar[str] = "started"
    conversation: str
    model: str
    guardrail_mode: GuardrailMode | None = None
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The query, and the passages for it, best first."""

    kind: ClassVar[str] = "retrieval"
    query: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer. The pieces, joined, are the answer."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """The documents do not answer the question; these places come nearest to it, best first."""

    kind: ClassVar[str] = "nearest"
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that the turn's model calls are billed for."""

    kind: ClassVar[str] = "usage"
    input_tokens: int
    output_tokens: int

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        )


@dataclass(frozen=True, slots=True)
class BudgetWarning:
    """Much of a principal's budget is spent, but not all of it.

    Attributes:
        amount: what is spent in the period so far, calls under way included.
        limit: the most that may be spent; then questions are refused.
        resets: when the next period begins.
    """

    kind: ClassVar[str] = "budget"
    period: Literal["day", "month"]
    unit: Literal["tokens", "dollars"]
    amount: float
    limit: float
    resets: datetime


StopReason = Literal["end", "length", "stop_sequence", "guardrail", "filtered", "confirm", "limit"]
"""Why an answer ends. An agent's may end because a call waits to be confirmed (`confirm`), or
because a limit of its turn is reached (`limit`).
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole turn, as the guardrail has left it.

    Attributes:
        turn: the number under which it is stored, from 0; None if it is not stored: a question that
            the guardrail blocked, or a conversation that the caller keeps.
        nearest: the places that come nearest to the question, if the documents do not answer it.
        guardrail: the verdicts of the turn, in their order.
        steps: an agent's calls and what they came to, in their order.
    """

    answer: str
    citations: tuple[Citation, ...]
    usage: Usage
    model: str
    conversation_id: str
    turn: int | None
    stop_reason: StopReason
    nearest: tuple[Place, ...] = ()
    guardrail: tuple[Guardrail, ...] = ()
    steps: tuple[ToolStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is whole, and the turn is stored, unless the caller keeps the conversation."""

    kind: ClassVar[str] = "done"
    answer: Answer


@dataclass(frozen=True, slots=True)
class Error:
    """The turn has failed, and nothing of it is stored. Fields as in `problem+json`.

    Attributes:
        retry_after: in how many seconds the same question may succeed; None for a few.
        resets_at: the moment at which it may, if that is known.
    """

    kind: ClassVar[str] = "error"
    status: int
    code: str
    title: str
    detail: str
    retryable: bool
    retry_after: int | None = None
    resets_at: datetime | None = None

    @classmethod
    def of(cls, error: OutcropError) -> "Error":
        """The part of an error that a caller may read: an operator's detail stays in the log."""
        detail = error.title if isinstance(error, OperatorError) else error.detail
        return cls(
            error.status,
            error.code,
            error.title,
            detail,
            error.retryable,
            error.retry_after,
            error.resets_at,
        )


Event = (
    Started
    | Retrieval
    | Text
    | Citation
    | Guardrail
    | Nearest
    | ToolCall
    | ToolOutcome
    | Confirm
    | BudgetWarning
    | Usage
    | Done
    | Error
)
