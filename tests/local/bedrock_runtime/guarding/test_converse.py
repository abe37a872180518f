"""Converse with a guardrail: what of a request is judged, and what the response says of it."""

from typing import Any

import pytest

from app.local.engine.writer import Finish, TextDelta, ToolInputDelta, ToolUseStart
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_runtime.guardrails import NO_ANSWER, NO_QUESTION
from tests.local.bedrock_runtime.scripted import (
    CLAUDE,
    JSON,
    RESULT,
    TOOLS,
    USE,
    Scripted,
)


def said(role: str, *blocks: Any) -> JSON:
    return {"role": role, "content": [{"text": b} if isinstance(b, str) else b for b in blocks]}


def guarded(text: str, *qualifiers: str) -> JSON:
    more = {"qualifiers": list(qualifiers)} if qualifiers else {}
    return {"guardContent": {"text": {"text": text, **more}}}


def converse(client: Any, guardrail: str, *messages: Any, trace: str = "", **more: Any) -> Any:
    config = {"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT"}
    return client.converse(
        modelId=CLAUDE,
        messages=[said("user", one) if isinstance(one, str) else one for one in messages],
        guardrailConfig=config | ({"trace": trace} if trace else {}),
        **more,
    )


def answering(scripted: Scripted, *deltas: Any, reason: Any = "end") -> None:
    scripted.scripts.append(tuple(TextDelta(d) if isinstance(d, str) else d for d in deltas))
    scripted.finish = Finish(reason, 9, 7)


def text_of(reply: Any) -> str:
    return "".join(block.get("text", "") for block in reply["output"]["message"]["content"])


def test_a_blocked_prompt_reaches_no_model(client: Any, guardrail: str, scripted: Scripted) -> None:
    reply = converse(client, guardrail, "What is basalt?", trace="enabled")
    assert reply["output"]["message"] == said("assistant", NO_QUESTION)
    assert reply["stopReason"] == "guardrail_intervened"
    usage = reply["usage"]
    assert [usage[f"{kind}Tokens"] for kind in ("input", "output", "total")] == [0, 0, 0]
    assert scripted.prompts == []
    trace = reply["trace"]["guardrail"]
    assert set(trace) == {"inputAssessment", "actionReason"}
    assert trace["inputAssessment"][guardrail]["wordPolicy"]["customWords"] == [
        {"match": "basalt", "action": "BLOCKED", "detected": True}
    ]


def test_a_blocked_answer_is_traced(client: Any, guardrail: str, scripted: Scripted) -> None:
    answering(scripted, "It is ", "basalt.")
    reply = converse(client, guardrail, "What is it?", trace="enabled")
    assert reply["output"]["message"] == said("assistant", NO_ANSWER)
    assert reply["stopReason"] == "guardrail_intervened"
    assert (reply["usage"]["inputTokens"], reply["usage"]["outputTokens"]) == (9, 7)
    trace = reply["trace"]["guardrail"]
    assert trace["modelOutput"] == ["It is basalt."]
    assert trace["actionReason"] == "Guardrail blocked.\nNo action."
    [output] = trace["outputAssessments"][guardrail]
    assert output["wordPolicy"]["customWords"][0]["match"] == "basalt"


def test_a_masked_answer(client: Any, guardrail: str, scripted: Scripted) -> None:
    answering(scripted, "Order ORD-123", "456 is here.")
    reply = converse(client, guardrail, "Where is it?")
    assert text_of(reply) == "Order {order} is here."
    assert reply["stopReason"] == "guardrail_intervened"
    assert "trace" not in reply


def test_what_is_harmless_passes(client: Any, guardrail: str, scripted: Scripted) -> None:
    answering(scripted, "It is granite.")
    reply = converse(client, guardrail, "What is it?", trace="enabled")
    assert (text_of(reply), reply["stopReason"]) == ("It is granite.", "end_turn")
    trace = reply["trace"]["guardrail"]
    assert trace["actionReason"] == "No action."
    assert "modelOutput" not in trace


def test_a_call_of_a_tool_stays_beside_a_masked_text(
    client: Any, guardrail: str, scripted: Scripted
) -> None:
    use = (ToolUseStart("t1", "order"), ToolInputDelta('{"id": "ORD-123456 basalt"}'))
    answering(scripted, "ORD-123456 it is.", *use, reason="tool_use")
    reply = converse(client, guardrail, "Where is it?", toolConfig=TOOLS)
    assert text_of(reply) == "{order} it is."
    assert reply["stopReason"] == "tool_use"
    [_, call] = reply["output"]["message"]["content"]
    assert call["toolUse"]["input"] == {"id": "ORD-123456 basalt"}, "arguments are not judged"


def test_a_blocked_text_takes_the_call_of_a_tool_with_it(
    client: Any, guardrail: str, scripted: Scripted
) -> None:
    answering(scripted, "Basalt it is.", ToolUseStart("t1", "order"), reason="tool_use")
    reply = converse(client, guardrail, "Where is it?", toolConfig=TOOLS)
    assert reply["output"]["message"] == said("assistant", NO_ANSWER)
    assert reply["stopReason"] == "guardrail_intervened"


def test_a_blocked_prompt_is_not_cached(client: Any, guardrail: str, scripted: Scripted) -> None:
    long, point = "Granite is hard. " * 2_000, {"cachePoint": {"type": "default"}}
    reply = converse(client, guardrail, said("user", long, point, "What is basalt?"))
    counts = [reply["usage"][f"cache{way}InputTokens"] for way in ("Read", "Write")]
    assert counts == [0, 0]
    answering(scripted, "A rock.")
    reply = converse(client, guardrail, said("user", long, point, "What is it?"))
    counts = [reply["usage"][f"cache{way}InputTokens"] for way in ("Read", "Write")]
    assert counts[0] == 0
    assert counts[1] > 1_000


SYSTEM = [{"text": "Never speak of basalt."}]
TOOL_RESULT = {"toolResult": {**RESULT["toolResult"], "content": [{"text": "basalt"}]}}


@pytest.mark.parametrize(
    ("messages", "more", "blocked"),
    [
        (["What is basalt?"], {}, True),
        (["What is light?"], {"system": SYSTEM}, False),
        (["What is light?"], {"system": [guarded("Never speak of basalt.")]}, True),
        ([said("user", "basalt", guarded("What is light?"))], {}, False),
        ([said("user", "basalt", guarded("What is light?", "guard_content"))], {}, False),
        ([said("user", "Say: ", guarded("What is basalt?", "query", "guard_content"))], {}, True),
        ([said("user", guarded("basalt", "grounding_source"), guarded("a", "query"))], {}, False),
        ([said("user", guarded("Dark.", "grounding_source"), "What is basalt?")], {}, True),
        (["What is basalt?", said("assistant", "Rock."), "And light?"], {}, True),
        (["What is it?", said("assistant", "Basalt."), "And light?"], {}, False),
        (["Hi", said("assistant", USE), said("user", TOOL_RESULT)], {"toolConfig": TOOLS}, False),
    ],
)
def test_what_of_a_request_is_judged(
    client: Any,
    guardrail: str,
    scripted: Scripted,
    messages: list[Any],
    more: JSON,
    *,
    blocked: bool,
) -> None:
    if not blocked:
        answering(scripted, "Granite.")
    reply = converse(client, guardrail, *messages, **more)
    assert (reply["stopReason"] == "guardrail_intervened") == blocked
    assert text_of(reply) == (NO_QUESTION if blocked else "Granite.")


def test_a_masked_prompt_is_what_the_model_reads(
    client: Any, guardrail: str, scripted: Scripted
) -> None:
    for _ in range(3):
        answering(scripted, "Soon.")
    reply = converse(client, guardrail, "Where is ORD-123456?")
    converse(client, guardrail, said("user", "ORD-123456:", guarded("Where is ORD-654321?")))
    query = guarded("And ORD-123456?", "query")
    converse(client, guardrail, said("user", query, guarded("Where is ORD-654321?")))
    assert [prompt.turns[-1].text for prompt in scripted.prompts] == [
        "Where is {order}?",
        "ORD-123456:\nWhere is {order}?",
        "And ORD-123456?\nWhere is {order}?",
    ]
    assert (text_of(reply), reply["stopReason"]) == ("Soon.", "end_turn")


@pytest.mark.parametrize(
    ("config", "wrong"),
    [
        ({"guardrailIdentifier": "a1", "guardrailVersion": "1"}, "does not exist."),
        ({"guardrailIdentifier": "a1"}, "guardrailVersion: is not there."),
        ({"guardrailVersion": "1"}, "guardrailIdentifier: is not there."),
    ],
)
def test_a_guardrail_that_is_not_there_is_refused(client: Any, config: JSON, wrong: str) -> None:
    code, status, message = refused(
        client.converse, modelId=CLAUDE, messages=[said("user", "Hi")], guardrailConfig=config
    )
    assert (code, status) == ("ValidationException", 400)
    assert message.endswith(wrong) or wrong in message
