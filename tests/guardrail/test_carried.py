"""The verdict in a model's reply, whose call carried the guardrail."""

from typing import Any

import pytest

from app.errors import BackendError
from app.events import PolicyFinding, Usage
from app.guardrail import Verdict
from app.guardrail.carried import carried_verdict, is_ungrounded_alone, model_output
from app.models import Completion
from app.models import Text as TextBlock

WORD = {"wordPolicy": {"customWords": [{"match": "gold", "action": "BLOCKED", "detected": True}]}}
NAME = {"match": "Ada", "type": "NAME", "action": "ANONYMIZED", "detected": True}
NAMES = {"sensitiveInformationPolicy": {"piiEntities": [NAME], "regexes": []}}


def grounding(score: float, action: str = "NONE") -> dict[str, Any]:
    check = {"type": "GROUNDING", "score": score, "threshold": 0.7, "action": action}
    return {"contextualGroundingPolicy": {"filters": [check]}}


def reply(*texts: str, intervened: bool | None, **trace: Any) -> Completion:
    return Completion(
        tuple(TextBlock(text) for text in texts),
        "guardrail" if intervened else "end",
        Usage(9, 4),
        trace={"guardrail": trace} if trace else None,
        intervened=intervened,
    )


def test_a_reply_that_passes_has_the_scores_of_the_whole() -> None:
    windows = [{"g": grounding(0.8)}, {"g": grounding(0.93)}]
    passed = reply("It is.", intervened=False, input={"g": {}}, outputs=windows)
    verdict = carried_verdict(passed, "It is.", is_open=False)
    assert (verdict.action, verdict.text) == ("none", "It is.")
    assert [finding.score for finding in verdict.findings] == [0.93]


def test_a_mask_is_told_from_a_block_by_the_trace_and_not_by_the_stop_reason() -> None:
    masked = reply("Ask {NAME}.", intervened=True, outputs=[{"g": NAMES}], actionReason="Masked.")
    verdict = carried_verdict(masked, "Ask {NAME}.", is_open=False)
    assert (verdict.action, verdict.text, verdict.reason) == ("masked", "Ask {NAME}.", "Masked.")
    assert verdict.findings == (PolicyFinding("sensitive_information", "NAME", "ANONYMIZED"),)

    blocked = reply("It is. ", "No.", intervened=True, outputs=[{"g": NAMES}, {"g": WORD}])
    verdict = carried_verdict(blocked, "It is. No.", is_open=False)
    assert (verdict.action, verdict.text) == ("blocked", "No.")


@pytest.mark.parametrize("trace", [{}, {"input": {"g": WORD}}, {"outputs": [{"g": {}}]}])
def test_what_is_not_a_mask_beyond_doubt_is_a_block(trace: dict[str, Any]) -> None:
    verdict = carried_verdict(reply("No.", intervened=True, **trace), "No.", is_open=False)
    assert (verdict.action, verdict.text) == ("blocked", "No.")


def test_a_reply_without_a_word_of_a_guardrail_was_not_judged() -> None:
    silent = reply("It is.", intervened=None)
    with pytest.raises(BackendError, match="nothing is used or shown"):
        carried_verdict(silent, "It is.", is_open=False)
    assert carried_verdict(silent, "It is.", is_open=True).action == "unjudged"


def test_what_grounding_alone_blocks_is_known_with_what_the_model_wrote() -> None:
    low = grounding(0.1, "BLOCKED")
    output = ["The documents do not say."]
    alone = reply("No.", intervened=True, outputs=[{"g": low}], modelOutput=output)
    assert is_ungrounded_alone(carried_verdict(alone, "No.", is_open=False))
    assert model_output(alone) == "The documents do not say."
    both = reply("No.", intervened=True, outputs=[{"g": {**low, **WORD}}])
    assert not is_ungrounded_alone(carried_verdict(both, "No.", is_open=False))
    assert model_output(both) == ""
    other = {"newPolicy": {"rules": [{"action": "BLOCKED"}]}}
    unknown = reply("No.", intervened=True, outputs=[{"g": {**low, **other}}])
    assert not is_ungrounded_alone(carried_verdict(unknown, "No.", is_open=False))
    assert not is_ungrounded_alone(Verdict("none", "It is."))
