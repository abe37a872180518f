"""The verdict of a guardrail that the model's own call carried, read from the model's reply.

    "amazon-bedrock-guardrailAction": "INTERVENED" or "NONE"
    "amazon-bedrock-trace": {"guardrail": {"modelOutput": [".."], "input": {id: {..}},
                                           "outputs": [{id: {..}}], "actionReason": ".."}}

The action does not tell a mask from a block, and a stop reason tells neither: the trace does. An
output is assessed window by window; the last assessment is of the whole.
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-invoke-api.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.errors import BackendError
from app.guardrail.assessments import actions, read_assessment
from app.guardrail.failures import CLOSED, OPEN
from app.guardrail.verdict import Verdict
from app.models import Completion, Text


def carried_verdict(completion: Completion, words: str, *, is_open: bool) -> Verdict:
    """The verdict on a reply, which Bedrock has masked already.

    Args:
        words: the answer in it.
        is_open: whether a reply that says nothing of a guardrail passes, unjudged.

    Raises:
        BackendError: the reply says nothing of a guardrail, and `is_open` is false.
    """
    if completion.intervened is None:
        if is_open:
            return Verdict("unjudged", words, OPEN)
        raise BackendError(f"The model's reply says nothing of the guardrail over it. {CLOSED}")
    trace: Mapping[str, Any] = (completion.trace or {}).get("guardrail", {})
    inputs = list(trace.get("input", {}).values())
    outputs = [one for each in trace.get("outputs", ()) for one in each.values()]
    reports = [read_assessment(one) for one in (*inputs, *outputs)]
    assessments = (*(replace(one, grounding=()) for one in reports[:-1]), *reports[-1:])
    if not completion.intervened:
        return Verdict("none", words, assessments=assessments)
    reason = trace.get("actionReason")
    if set(actions([*inputs, *outputs])) - {"NONE"} == {"ANONYMIZED"}:
        return Verdict("masked", words, reason, assessments)
    return Verdict("blocked", _message(completion), reason, assessments)


def model_output(completion: Completion) -> str:
    """What the model wrote, if the guardrail did not let all of it pass."""
    trace: Mapping[str, Any] = (completion.trace or {}).get("guardrail", {})
    return "".join(trace.get("modelOutput", ()))


def is_ungrounded_alone(verdict: Verdict) -> bool:
    """Whether grounding and relevance alone block an answer."""
    policies = {each.policy for each in verdict.findings if each.action not in ("", "NONE")}
    unread = any(each.unread for each in verdict.assessments)
    return verdict.blocked and policies == {"grounding"} and not unread


def _message(completion: Completion) -> str:
    """The guardrail's message: the last block of text, behind what was sent before the block."""
    texts = [block.text for block in completion.content if isinstance(block, Text)]
    return texts[-1] if texts else ""
