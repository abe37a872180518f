"""What the answer to a call says of the guardrail that judged it.

InvokeModel   "amazon-bedrock-guardrailAction": "INTERVENED" or "NONE", and with the trace
              "amazon-bedrock-trace": {"guardrail": {"modelOutput": [".."], "input": {id: {..}},
              "outputs": [{id: {..}}], "actionReason": ".."}}
Converse      {"modelOutput": [".."], "inputAssessment": {id: {..}}, "outputAssessments":
              {id: [{..}]}, "actionReason": ".."}

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-test.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailTraceAssessment.html
"""

from collections.abc import Sequence

from app.local.judgement import Judgement
from app.local.wire import JSON

ACTION, TRACE = "amazon-bedrock-guardrailAction", "amazon-bedrock-trace"

_SEVERITY = ("blocked", "masked", "none")


def action(judgements: Sequence[Judgement]) -> str:
    """What the guardrail did, if these are all of its judgements."""
    return "INTERVENED" if any(one.action != "none" for one in judgements) else "NONE"


def body_trace(
    prompt: Judgement | None, outputs: Sequence[Judgement], model_output: Sequence[str]
) -> JSON:
    return {
        "guardrail": {
            **({"modelOutput": list(model_output)} if model_output else {}),
            **({"input": {_id(prompt): prompt.assessment}} if prompt else {}),
            **({"outputs": [{_id(one): one.assessment} for one in outputs]} if outputs else {}),
            "actionReason": _reason(prompt, outputs),
        }
    }


def converse_trace(
    prompt: Judgement | None, outputs: Sequence[Judgement], model_output: Sequence[str]
) -> JSON:
    assessments: dict[str, list[JSON]] = {}
    for one in outputs:
        assessments.setdefault(_id(one), []).append(one.assessment)
    return {
        **({"modelOutput": list(model_output)} if model_output else {}),
        **({"inputAssessment": {_id(prompt): prompt.assessment}} if prompt else {}),
        **({"outputAssessments": assessments} if assessments else {}),
        "actionReason": _reason(prompt, outputs),
    }


def _reason(prompt: Judgement | None, outputs: Sequence[Judgement]) -> str:
    """The reasons of all judgements, the gravest first."""
    judgements = [*([prompt] if prompt else []), *outputs]
    judgements.sort(key=lambda one: _SEVERITY.index(one.action))
    return "\n".join(dict.fromkeys(one.reason for one in judgements))


def _id(judgement: Judgement) -> str:
    """The id of the guardrail, however the request names it."""
    identifier: str = judgement.assessment["appliedGuardrailDetails"]["guardrailId"]
    return identifier
