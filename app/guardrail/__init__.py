"""The guardrail: every text on its way to or from a model gets a verdict.

    question      the user's question, before it is used for anything
    passages      Retrieve's passages, before the model or the user sees them
    tool_input    the arguments that the model wrote for a tool, before the tool is called
    tool_result   a tool's result, before the model sees it
    answer        the model's answer, with the passages in which it has to be grounded

A flow cannot be built without a `Guard`. `BedrockGuard` calls ApplyGuardrail; `Unguarded` is for a
deployment without a guardrail and lets every text pass. A flow goes on with `verdict.text`,
whatever the action is, and an `events.Guardrail` shows a reader what the guardrail did and found.

    bedrock       one call of ApplyGuardrail, and a verdict from its reply
    limits        what of a text goes into a call        joining   one verdict on several parts
    assessments   what each policy found                 masks     where a text was masked
    failures      no verdict: closed, or open and said so
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from app.events import Passage
from app.guardrail.assessments import (
    Assessment,
    ContentFilter,
    GroundingCheck,
    SensitiveInformation,
    Topic,
    Word,
)
from app.guardrail.bedrock import BedrockGuard
from app.guardrail.unguarded import Unguarded
from app.guardrail.verdict import Verdict
from app.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

__all__ = [
    "Assessment",
    "BedrockGuard",
    "ContentFilter",
    "GroundingCheck",
    "Guard",
    "SensitiveInformation",
    "Topic",
    "Unguarded",
    "Verdict",
    "Word",
    "guard",
]


class Guard(Protocol):
    """Judges the texts that a model reads and writes.

    Every hook raises an OutcropError if it gets no verdict. A text without a verdict must not be
    used or shown.
    """

    def question(self, text: str) -> Verdict:
        """Judge a question."""

    def passages(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        """Judge passages: a verdict for each, in their order."""

    def tool_input(self, arguments: Mapping[str, Any]) -> Verdict:
        """Judge the arguments of a tool call; `text` is their JSON, which a mask may change."""

    def tool_result(self, text: str) -> Verdict:
        """Judge a tool's result."""

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict:
        """Judge an answer to a question, with the passages that it was written from, the most
        important first. Without passages it is judged by neither grounding nor relevance.
        """


def guard(runtime: "BedrockRuntimeClient", settings: Settings) -> Guard:
    """The guard of a deployment: Bedrock's where the settings name a guardrail."""
    if not settings.guardrail_id:
        return Unguarded()
    return BedrockGuard(
        runtime,
        settings.guardrail_id,
        settings.guardrail_version,
        judges_passages=settings.guardrail_passages,
        is_open=settings.guardrail_when_down == "open",
    )
