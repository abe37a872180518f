"""A guardrail's definition, read for one direction."""

from typing import Any

from app.local.bedrock.guardrails.reading import read_policy

GUARDRAIL: Any = {
    "contentPolicy": {
        "filters": [
            {"type": "HATE", "inputStrength": "LOW", "outputStrength": "HIGH"},
            {"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"},
        ]
    },
    "contextualGroundingPolicy": {
        "filters": [
            {"type": "GROUNDING", "threshold": 0.5},
            {"type": "RELEVANCE", "threshold": 0.5},
        ]
    },
    "wordPolicy": {"words": [{"text": "RELEVANCE"}]},
}


def test_filters_are_left_out_by_their_types() -> None:
    kinds = [rule.kind for rule in read_policy(GUARDRAIL, "INPUT").filters]
    assert kinds == ["HATE", "PROMPT_ATTACK"]
    rest = read_policy(GUARDRAIL, "INPUT", ("PROMPT_ATTACK",))
    assert [rule.kind for rule in rest.filters] == ["HATE"]
    grounding = read_policy(GUARDRAIL, "OUTPUT", ("RELEVANCE",)).grounding
    assert [rule.kind for rule in grounding] == ["GROUNDING"]
    assert [word.text for word in rest.words] == ["RELEVANCE"]
