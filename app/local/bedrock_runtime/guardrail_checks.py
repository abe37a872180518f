"""InvokeGuardrailChecks: scores of messages by checks that the request itself lists. There is no
guardrail, and nothing is blocked or masked.

    contentFilter         of each category, how bad the worst text is            all messages
    promptAttack          of each kind, how surely the worst text is an attack   the user's messages
    sensitiveInformation  each piece of personal data, and where it stands       all messages

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-invoke-guardrail-checks.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.local.judgement import text_units
from app.local.wire import JSON, Call, ServiceError

MOST_BLOCKS = 10
"""Blocks of a message.
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-invoke-guardrail-checks-concepts.html"""
STEPS = 5
"""Severity has so many steps above 0: 0.2, 0.4, .., 1.
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-invoke-guardrail-checks-scores.html"""


class PersonalData(Protocol):
    """A piece of personal data in a text, in code points."""

    @property
    def kind(self) -> str: ...

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class Scores(Protocol):
    """Scores texts by the checks of InvokeGuardrailChecks; the engine implements it."""

    def harm(self, text: str, /) -> Mapping[str, float]:
        """How harmful a text is by each category, 0 to 1."""
        ...

    def attacks(self, text: str, /) -> Mapping[str, float]:
        """How surely a text is an attack on the prompt, by each kind, 0 to 1."""
        ...

    def personal_data(self, text: str, /) -> Sequence[PersonalData]: ...


@dataclass(frozen=True, slots=True)
class _Block:
    """A text, with its places in the request."""

    message: int
    content: int
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class GuardrailChecks:
    """The operation.

    Attributes:
        scores: scores texts.
    """

    scores: Scores

    def invoke(self, call: Call) -> JSON:
        """Raises:
        ServiceError: a ValidationException for a request that lists no check or too many blocks.
        """
        blocks = list(_blocks(call.params["messages"]))
        checks = call.params["checks"]
        if not checks:
            raise _invalid(f"checks: has to have at least one of {', '.join(_CHECKS)}.")
        results, usage = {}, {}
        for name, check in _CHECKS.items():
            if name in checks:
                texts = [one for one in blocks if name != "promptAttack" or one.role == "user"]
                results[name] = check(self.scores, texts, checks[name])
                characters = sum(len(one.text) for one in texts)
                usage[name] = {"textUnits": text_units(characters)}
        return {"results": results, "usage": usage}


def _blocks(messages: Sequence[JSON]) -> Iterator[_Block]:
    for number, message in enumerate(messages):
        if len(message["content"]) > MOST_BLOCKS:
            raise _invalid(
                f"messages.{number + 1}.member.content: has {len(message['content'])} blocks, and "
                f"may have {MOST_BLOCKS}."
            )
        for place, block in enumerate(message["content"]):
            yield _Block(number, place, message["role"], block["text"])


def _content_filter(scores: Scores, blocks: Sequence[_Block], check: JSON) -> JSON:
    return _severities([scores.harm(one.text) for one in blocks], check)


def _prompt_attack(scores: Scores, blocks: Sequence[_Block], check: JSON) -> JSON:
    return _severities([scores.attacks(one.text) for one in blocks], check)


def _severities(scored: Sequence[Mapping[str, float]], check: JSON) -> JSON:
    """The highest score of each category, in steps."""
    return {
        "results": [
            {"category": one["category"], "severityScore": severity(scored, one["category"])}
            for one in check["categories"]
        ]
    }


def severity(scored: Sequence[Mapping[str, float]], category: str) -> float:
    """The highest score of a category, at the nearest of its steps.

    >>> severity([{"HATE": 0.02}, {"HATE": 0.57}], "HATE")
    0.6
    """
    return round(max((one[category] for one in scored), default=0.0) * STEPS) / STEPS


def _sensitive_information(scores: Scores, blocks: Sequence[_Block], check: JSON) -> JSON:
    kinds = {one["type"] for one in check["entities"]}
    return {
        "results": [
            {
                "type": one.kind,
                "confidenceScore": 1.0,  # a rule finds it or does not
                "beginOffset": one.start,
                "endOffset": one.end,
                "messageIndex": block.message,
                "contentIndex": block.content,
            }
            for block in blocks
            for one in scores.personal_data(block.text)
            if one.kind in kinds
        ],
        "truncated": False,
    }


_CHECKS: Mapping[str, Callable[[Scores, Sequence[_Block], JSON], JSON]] = {
    "contentFilter": _content_filter,
    "promptAttack": _prompt_attack,
    "sensitiveInformation": _sensitive_information,
}


def _invalid(rule: str) -> ServiceError:
    return ServiceError("ValidationException", rule)
