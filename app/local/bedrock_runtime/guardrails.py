"""ApplyGuardrail: a guardrail's judgement of texts, without a model."""

from dataclasses import dataclass

from app.local.judgement import Content, Judge, Judgement
from app.local.wire import JSON, Call, ServiceError

UNITS = {"contentPolicyImageUnits": 0, "automatedReasoningPolicyUnits": 0} | {
    "automatedReasoningPolicies": 0
}


@dataclass(frozen=True, slots=True)
class AppliedGuardrails:
    """The operation on texts that a caller hands over."""

    judge: Judge

    def apply(self, call: Call) -> JSON:
        """Raises:
        ServiceError: ResourceNotFoundException; or a ValidationException for contents that are
            not there, or that the stand-in cannot judge.
        """
        params = call.params
        judgement = self.judge(
            params["guardrailIdentifier"],
            params["guardrailVersion"],
            params["source"],
            _contents(params["content"]),
            full=params.get("outputScope") == "FULL",
        )
        return _reply(judgement)


def _contents(blocks: list[JSON]) -> list[Content]:
    if not blocks:
        raise ServiceError("ValidationException", "content: must have at least one block.")
    for number, block in enumerate(blocks, 1):
        if "image" in block:
            raise ServiceError(
                "ValidationException",
                f"content.{number}.member.image: the stand-in judges no images. AWS does.",
            )
    return [
        Content(block["text"]["text"], frozenset(block["text"].get("qualifiers", ())))
        for block in blocks
    ]


def _reply(judgement: Judgement) -> JSON:
    return {
        "action": "NONE" if judgement.action == "none" else "GUARDRAIL_INTERVENED",
        "actionReason": judgement.reason,
        "outputs": [{"text": output} for output in judgement.outputs],
        "assessments": [judgement.assessment],
        "usage": {**UNITS, **judgement.usage},
        "guardrailCoverage": judgement.coverage,
    }
