"""What a trial tells, beside the events that it shares with turns (`app.events`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.events import BudgetWarning, Error, Guardrail, StopReason, Text, Usage

Operation = Literal["InvokeModel", "InvokeModelWithResponseStream"]


@dataclass(frozen=True, slots=True)
class NativeRequest:
    """The request as it goes to Bedrock.

    Attributes:
        region: that it is signed for.
        url: that it is sent to.
        body: in the shape of the model's family.
        boto3: a program that sends it, and prints what comes back.
        curl: the same as a command. It asks for the whole reply: a stream's frames are binary.
    """

    operation: Operation
    model: str
    region: str
    url: str
    body: Mapping[str, Any]
    boto3: str
    curl: str


@dataclass(frozen=True, slots=True)
class Thought:
    """The next piece of what the model thinks before it speaks."""

    text: str


@dataclass(frozen=True, slots=True)
class TrialReply:
    """The reply, whole, as the guardrail has left it.

    Attributes:
        text: the model's words; the guardrail's message if it blocked the trial or the reply.
        reasoning: what the model thought, as far as it says.
        response: the native body of the response; of a stream, each chunk's. None if there is none,
            or if it is withheld.
        is_withheld: whether the native response holds what the guardrail masked or blocked.
        dollars: by list price; None if the price is not known.
        first_token_milliseconds: until the model's first token; None if none came.
        milliseconds: until the end of the reply.
        guardrail: the verdicts of the trial, in their order.
    """

    text: str
    reasoning: str
    response: tuple[Any, ...] | None
    is_withheld: bool
    model: str
    stop_reason: StopReason
    usage: Usage
    dollars: float | None
    first_token_milliseconds: int | None
    milliseconds: int
    guardrail: tuple[Guardrail, ...] = ()


PlaygroundEvent = Guardrail | NativeRequest | Thought | Text | BudgetWarning | TrialReply | Error
