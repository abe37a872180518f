"""One guardrail, on every path.

A flow cannot be built without a `Guard`, and says nothing to a caller that its guard has not seen:
the question before anything is looked up, the answer with the passages that it has to be grounded
in. Without a configured guardrail the guard is `Unguarded`, which lets everything pass and is
named, so that nobody wonders.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from app.aws import calling
from app.events import Passage, Verdict

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_bedrock_runtime.literals import GuardrailContentSourceType
    from mypy_boto3_bedrock_runtime.type_defs import (
        ApplyGuardrailResponseTypeDef,
        GuardrailContentBlockTypeDef,
        GuardrailTextBlockTypeDef,
    )

ALLOWED = Verdict()


class Guard(Protocol):
    """Judges what goes in and what comes out."""

    def question(self, text: str) -> Verdict: ...

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict: ...


class Unguarded:
    """No guardrail is configured: everything passes."""

    def question(self, text: str) -> Verdict:  # noqa: ARG002
        return ALLOWED

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict:  # noqa: ARG002
        return ALLOWED


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A guardrail of Bedrock's, asked through ApplyGuardrail.

    The answer is judged as contextual grounding wants it: the passages as its source, the question
    as its query, both of this turn only.
    """

    runtime: "BedrockRuntimeClient"
    identifier: str
    version: str

    def question(self, text: str) -> Verdict:
        return self._apply("INPUT", [{"text": {"text": text}}])

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict:
        sources: list[GuardrailTextBlockTypeDef] = [
            {"text": passage.text, "qualifiers": ["grounding_source"]} for passage in passages
        ]
        query: GuardrailTextBlockTypeDef = {"text": question, "qualifiers": ["query"]}
        judged: GuardrailTextBlockTypeDef = {"text": text, "qualifiers": ["guard_content"]}
        return self._apply("OUTPUT", [{"text": block} for block in (*sources, query, judged)])

    def _apply(
        self, source: "GuardrailContentSourceType", content: "list[GuardrailContentBlockTypeDef]"
    ) -> Verdict:
        with calling("ApplyGuardrail"):
            reply = self.runtime.apply_guardrail(
                guardrailIdentifier=self.identifier,
                guardrailVersion=self.version,
                source=source,
                content=content,
            )
        return _verdict(reply, len(content))


def _verdict(reply: "ApplyGuardrailResponseTypeDef", blocks: int) -> Verdict:
    """What an answer of ApplyGuardrail means.

    Bedrock says GUARDRAIL_INTERVENED of a mask as of a block. Which of the two it is, the
    assessments tell: each policy's findings have an action of their own, and of those that mask
    it is ANONYMIZED. Where they do not tell, the text is blocked.
    """
    if reply["action"] == "NONE":
        return ALLOWED
    reason = reply.get("actionReason")
    outputs = [output.get("text", "") for output in reply["outputs"]]
    if set(_actions(reply["assessments"])) - {"NONE"} == {"ANONYMIZED"} and any(outputs):
        # One output is the judged text; one for each block that was sent has it last.
        masked = outputs[-1] if len(outputs) == blocks else "".join(outputs)
        return Verdict("masked", masked, reason)
    return Verdict("blocked", "".join(outputs), reason)


def _actions(assessments: Any) -> Iterator[str]:
    """Every `action` in there, however deep.

    >>> list(_actions([{"wordPolicy": {"customWords": [{"match": "x", "action": "BLOCKED"}]}}]))
    ['BLOCKED']
    """
    if isinstance(assessments, dict):
        if isinstance(action := assessments.get("action"), str):
            yield action
        assessments = list(assessments.values())
    if isinstance(assessments, list):
        for each in assessments:
            yield from _actions(each)


def guard(runtime: "BedrockRuntimeClient", identifier: str | None, version: str) -> Guard:
    """The guard that the settings ask for."""
    return Guardrail(runtime, identifier, version) if identifier else Unguarded()
