"""Streams with a guardrail: what is sent when, in both modes, of both operations."""

import json
from typing import Any

import pytest

from app import models
from app.local.engine.writer import (
    Delta,
    Finish,
    ReasoningDelta,
    TextDelta,
    ToolInputDelta,
    ToolUseStart,
)
from app.models import Prompt, invocation, user
from app.models.calls import GuardrailConfiguration
from tests.local.bedrock_runtime.guarding.test_invoke import ACTION, CONFIG, TRACE, body
from tests.local.bedrock_runtime.guardrails import NO_ANSWER, NO_QUESTION
from tests.local.bedrock_runtime.scripted import CLAUDE, JSON, TOOLS, Scripted
from tests.local.bedrock_runtime.test_families import MODELS, fitted

STREAMING = [model for model in MODELS if models.find(model).facts.streams]
HARMLESS = "Granite is light and hard, and it takes a polish well. " * 8
"""Sentences of 55 characters, 440 in all: more than a window."""
METRICS = "amazon-bedrock-invocationMetrics"


def words(text: str) -> tuple[Delta, ...]:
    """The text in pieces of a few characters, as a model streams it."""
    return tuple(TextDelta(text[place : place + 4]) for place in range(0, len(text), 4))


def writes(scripted: Scripted, *deltas: Delta, reason: Any = "end") -> None:
    scripted.scripts.append(deltas)
    scripted.finish = Finish(reason, 9, 10_000)


def stream(client: Any, guardrail: str, mode: str = "SYNCHRONOUS", **params: Any) -> list[JSON]:
    """The bodies of the chunks of an answer."""
    asked = body(CLAUDE, params.pop("text", "What is it?"))
    reply = client.invoke_model_with_response_stream(
        modelId=CLAUDE,
        body=json.dumps({**asked, CONFIG: {"streamProcessingMode": mode}}),
        guardrailIdentifier=guardrail,
        guardrailVersion="DRAFT",
        **params,
    )
    return [json.loads(event["chunk"]["bytes"]) for event in reply["body"]]


def texts(chunks: list[JSON]) -> list[str]:
    """What Claude's chunks add to its text."""
    return [chunk["delta"]["text"] for chunk in chunks if "text" in chunk.get("delta", {})]


def converse(client: Any, guardrail: str, mode: str = "sync", **params: Any) -> list[JSON]:
    text = params.pop("text", "What is it?")
    reply = client.converse_stream(
        modelId=CLAUDE,
        messages=[{"role": "user", "content": [{"text": text}]}],
        guardrailConfig={
            "guardrailIdentifier": guardrail,
            "guardrailVersion": "DRAFT",
            "streamProcessingMode": mode,
            "trace": "enabled",
        },
        **params,
    )
    return list(reply["stream"])


def deltas(events: list[JSON]) -> list[JSON]:
    return [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]


def stopped(events: list[JSON]) -> str:
    [reason] = [event["messageStop"]["stopReason"] for event in events if "messageStop" in event]
    return str(reason)


@pytest.mark.parametrize("model", STREAMING)
@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("What is basalt?", "", NO_QUESTION),
        ("What is it?", "It is basalt.", NO_ANSWER),
        ("Where is it?", "Order ORD-123456 is on its way.", "Order {order} is on its way."),
    ],
)
def test_every_family_streams_what_the_guardrail_leaves(
    client: Any,
    guardrail: str,
    scripted: Scripted,
    model: str,
    question: str,
    answer: str,
    expected: str,
) -> None:
    if answer:
        writes(scripted, *words(answer))
    configuration = GuardrailConfiguration(guardrail, "DRAFT", trace=True)
    prompt = fitted(model, Prompt((user(question),)))
    *_, reply = invocation.stream(client, models.find(model), prompt, guardrail=configuration)
    assert isinstance(reply, models.Completion)
    assert (reply.text, reply.stop_reason) == (expected, "guardrail")
    assert len(scripted.prompts) == (1 if answer else 0)


@pytest.mark.parametrize("mode", ["SYNCHRONOUS", "ASYNCHRONOUS"])
def test_a_harmless_answer_is_streamed_whole(
    client: Any, guardrail: str, scripted: Scripted, mode: str
) -> None:
    writes(scripted, *words(HARMLESS))
    chunks = stream(client, guardrail, mode, trace="ENABLED")
    assert "".join(texts(chunks)) == HARMLESS
    assert len(texts(chunks)) > 1, "in parts, not all at once"
    assert {chunk[ACTION] for chunk in chunks} == {"NONE"}
    assert [TRACE in chunk for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    outputs = chunks[-1][TRACE]["guardrail"]["outputs"]
    guarded = [
        output[guardrail]["invocationMetrics"]["guardrailCoverage"]["textCharacters"]["guarded"]
        for output in outputs
    ]
    assert guarded[-1] == len(HARMLESS), "the last judgement is of all of it"
    assert guarded[0] < len(HARMLESS)


@pytest.mark.parametrize("before", range(150, 260, 10))
@pytest.mark.parametrize("bad", ["red tuff", "ORD-123456"])
def test_nothing_bad_is_sent_wherever_it_stands(
    client: Any, guardrail: str, scripted: Scripted, before: int, bad: str
) -> None:
    """Around the border of the first window, at 200 characters."""
    lead = (HARMLESS[: before - 1] + " ").replace("well. G", "well. g")
    writes(scripted, *words(f"{lead}{bad} {HARMLESS}"))
    chunks = stream(client, guardrail)
    sent = "".join(texts(chunks))
    assert bad not in sent
    assert "red" not in sent
    assert "ORD" not in sent
    if bad == "red tuff":
        assert sent.endswith(NO_ANSWER)
        assert lead.startswith(sent.removesuffix(NO_ANSWER))
    else:
        assert sent == f"{lead}{{order}} {HARMLESS}"
    assert chunks[-1][ACTION] == "INTERVENED"
    assert chunks[0][ACTION] == "NONE", "the first chunk is there before anything is judged"


def test_a_blocked_answer_is_cut_off(client: Any, guardrail: str, scripted: Scripted) -> None:
    writes(scripted, *words(f"{HARMLESS}It lies on basalt. {HARMLESS}"))
    chunks = stream(client, guardrail, trace="ENABLED")
    assert texts(chunks)[-1] == NO_ANSWER
    starts = [chunk for chunk in chunks if chunk["type"] == "content_block_start"]
    assert len(starts) == 2, "the message is a block of its own"
    trace = chunks[-1][TRACE]["guardrail"]
    assert trace["actionReason"] == "Guardrail blocked.\nNo action."
    assert HARMLESS.startswith(trace["modelOutput"][0][:400])
    assert len(trace["modelOutput"][0]) < 2 * len(HARMLESS), "the model was not asked for the rest"
    metrics = chunks[-1][METRICS]
    assert metrics["inputTokenCount"] == 9
    assert 0 < metrics["outputTokenCount"] < 1_000, "what was written is counted, and no more"


def test_asynchronous_sends_first_and_stops_then(
    client: Any, guardrail: str, scripted: Scripted
) -> None:
    writes(scripted, *words(f"It lies on basalt. {HARMLESS}"))
    chunks = stream(client, guardrail, "ASYNCHRONOUS")
    sent = "".join(texts(chunks))
    assert sent.startswith("It lies on basalt."), "it may show first what it blocks then"
    assert sent.endswith(NO_ANSWER)
    assert chunks[-1][ACTION] == "INTERVENED"


def test_asynchronous_does_not_mask(client: Any, guardrail: str, scripted: Scripted) -> None:
    writes(scripted, *words("Order ORD-123456 is on its way."))
    chunks = stream(client, guardrail, "ASYNCHRONOUS", trace="ENABLED")
    assert "".join(texts(chunks)) == "Order ORD-123456 is on its way."
    assert chunks[-1][ACTION] == "INTERVENED"
    [output] = chunks[-1][TRACE]["guardrail"]["outputs"]
    [match] = output[guardrail]["sensitiveInformationPolicy"]["regexes"]
    assert match["action"] == "ANONYMIZED"


@pytest.mark.parametrize(
    ("mode", "text"), [("sync", NO_ANSWER), ("async", f"It is basalt.{NO_ANSWER}")]
)
def test_converse_streams_what_the_guardrail_leaves(
    client: Any, guardrail: str, scripted: Scripted, mode: str, text: str
) -> None:
    writes(scripted, *words("It is basalt."))
    events = converse(client, guardrail, mode)
    assert "".join(delta["text"] for delta in deltas(events)) == text
    assert stopped(events) == "guardrail_intervened"
    trace = events[-1]["metadata"]["trace"]["guardrail"]
    assert trace["modelOutput"] == ["It is basalt."]
    assert list(trace["outputAssessments"]) == [guardrail]


def test_converse_streams_the_message_for_a_blocked_prompt(client: Any, guardrail: str) -> None:
    events = converse(client, guardrail, text="What is basalt?")
    assert deltas(events) == [{"text": NO_QUESTION}]
    assert stopped(events) == "guardrail_intervened"
    metadata = events[-1]["metadata"]
    assert metadata["usage"]["totalTokens"] == 0
    assert guardrail in metadata["trace"]["guardrail"]["inputAssessment"]


USE = (ToolUseStart("t1", "order"), ToolInputDelta('{"id": '), ToolInputDelta('"ORD-123456"}'))


def test_other_blocks_keep_their_places(client: Any, guardrail: str, scripted: Scripted) -> None:
    thought = ReasoningDelta("About ORD-123456.", "c2lnbmVk")
    writes(scripted, thought, *words("Order ORD-654321: a look."), *USE, reason="tool_use")
    events = converse(client, guardrail, toolConfig=TOOLS)
    kinds = [next(iter(delta)) for delta in deltas(events)]
    assert list(dict.fromkeys(kinds)) == ["reasoningContent", "text", "toolUse"]
    assert {"text": "Order {order}: a look."} in deltas(events)
    use = "".join(d["toolUse"]["input"] for d in deltas(events) if "toolUse" in d)
    assert json.loads(use) == {"id": "ORD-123456"}, "arguments are not judged"
    assert stopped(events) == "tool_use"


def test_no_call_of_a_tool_follows_a_blocked_text(
    client: Any, guardrail: str, scripted: Scripted
) -> None:
    writes(scripted, *words("On basalt."), *USE, reason="tool_use")
    events = converse(client, guardrail, toolConfig=TOOLS)
    assert deltas(events) == [{"text": NO_ANSWER}]
    assert stopped(events) == "guardrail_intervened"
