"""Converse and ConverseStream: through botocore against raw answers, and against the stand-in."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.aws import Clients
from app.errors import InvalidRequest, ModelFailed, OutcropError, StreamCut, Throttled
from app.events import Usage
from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.models import (
    BlockEnd,
    Completion,
    Delta,
    Message,
    Prompt,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolInputDelta,
    ToolResult,
    ToolUseStart,
    converse,
    find,
    user,
)
from app.models.calls import GuardrailConfiguration
from tests.local.bedrock_runtime.scripted import DELTAS, TODAY, Scripted
from tests.local.engines import engine_of
from tests.models.conversation import CALL, EMPTY_CALL, FAILURE, PROMPT, SCHEMA, THOUGHT, TOOL
from tests.models.loopback import (
    STREAM_END,
    Act,
    Loopback,
    answer,
    error,
    exception_frame,
    frame,
    http_chunk,
    stream,
    stream_head,
)
from tests.wire_server import serving

JSON = dict[str, Any]
CLAUDE = find("eu.anthropic.claude-sonnet-4-6")
NOVA = find("amazon.nova-lite-v1:0")
ASK = Prompt((user("Where is my order?"),), tools=(TOOL,))
COUNTS = {"inputTokens": 21, "outputTokens": 5, "totalTokens": 26}

REQUEST: JSON = {
    "messages": [
        {
            "role": "user",
            "content": [
                {"text": "Where is my order?"},
                {"image": {"format": "png", "source": {"bytes": "cG5n"}}},
                {"document": {"format": "pdf", "name": "bill", "source": {"bytes": "JVBERg=="}}},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {
                    "reasoningContent": {
                        "reasoningText": {"text": "It is about an order.", "signature": "c2lnbmVk"}
                    }
                },
                {"reasoningContent": {"redactedContent": "c2VjcmV0"}},
                {"text": "Let me look."},
                {"toolUse": {"toolUseId": "t1", "name": "order", "input": {"id": "A1"}}},
                {"toolUse": {"toolUseId": "t2", "name": "order", "input": {}}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "toolResult": {
                        "toolUseId": "t1",
                        "content": [
                            {"text": "in Oslo"},
                            {"image": {"format": "png", "source": {"bytes": "cG5n"}}},
                        ],
                        "status": "success",
                    }
                },
                {
                    "toolResult": {
                        "toolUseId": "t2",
                        "content": [{"text": "which one?"}],
                        "status": "error",
                    }
                },
                {"text": "Well?"},
            ],
        },
    ],
    "system": [{"text": "Be brief."}],
    "inferenceConfig": {"maxTokens": 100, "temperature": 0.5, "stopSequences": ["END"]},
    "toolConfig": {
        "tools": [
            {
                "toolSpec": {
                    "name": "order",
                    "description": "Finds an order.",
                    "inputSchema": {"json": SCHEMA},
                }
            }
        ]
    },
}
REPLY: JSON = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                REQUEST["messages"][1]["content"][0],
                {"reasoningContent": {"redactedContent": "c2VjcmV0"}},
                {"text": "Let me look."},
                {"toolUse": {"toolUseId": "t1", "name": "order", "input": {"id": "A1"}}},
                {"kindOfTomorrow": {}},
            ],
        }
    },
    "stopReason": "tool_use",
    "usage": COUNTS,
    "metrics": {"latencyMs": 7},
}
EVENTS: tuple[tuple[str, JSON], ...] = (
    ("messageStart", {"role": "assistant"}),
    (
        "contentBlockDelta",
        {"delta": {"reasoningContent": {"text": "It is about an order."}}, "contentBlockIndex": 0},
    ),
    (
        "contentBlockDelta",
        {"delta": {"reasoningContent": {"signature": "c2lnbmVk"}}, "contentBlockIndex": 0},
    ),
    ("contentBlockStop", {"contentBlockIndex": 0}),
    ("contentBlockDelta", {"delta": {"text": "Let me"}, "contentBlockIndex": 1}),
    ("contentBlockDelta", {"delta": {"text": " look."}, "contentBlockIndex": 1}),
    ("contentBlockStop", {"contentBlockIndex": 1}),
    (
        "contentBlockStart",
        {"start": {"toolUse": {"toolUseId": "t1", "name": "order"}}, "contentBlockIndex": 2},
    ),
    ("contentBlockDelta", {"delta": {"toolUse": {"input": '{"id": '}}, "contentBlockIndex": 2}),
    ("contentBlockDelta", {"delta": {"toolUse": {"input": '"A1"}'}}, "contentBlockIndex": 2}),
    ("contentBlockStop", {"contentBlockIndex": 2}),
    ("messageStop", {"stopReason": "tool_use"}),
    ("metadata", {"usage": COUNTS, "metrics": {"latencyMs": 7}}),
)
COMPLETION = Completion((THOUGHT, Text("Let me look."), CALL), "tool_use", Usage(21, 5))


def frames(events: tuple[tuple[str, JSON], ...] = EVENTS) -> list[bytes]:
    return [
        frame(
            json.dumps(payload | {"p": "abc"}).encode(),
            {":event-type": name, ":content-type": "application/json", ":message-type": "event"},
        )
        for name, payload in events
    ]


def deltas_of(aws: Clients, prompt: Prompt = ASK) -> list[Delta | Completion]:
    return list(converse.stream(aws.bedrock_runtime, CLAUDE, prompt))


def test_a_prompt_is_written_and_a_reply_read(server: Loopback, aws: Clients) -> None:
    server.enqueue(answer(REPLY))

    completion = converse.invoke(aws.bedrock_runtime, CLAUDE, PROMPT)

    content = (THOUGHT, Reasoning(redacted=b"secret"), Text("Let me look."), CALL)
    assert completion == Completion(content, "tool_use", Usage(21, 5))
    (request,) = server.requests
    assert request.line.split()[1] == "/model/eu.anthropic.claude-sonnet-4-6/converse"
    assert json.loads(request.body) == REQUEST


def test_a_reply_streams(server: Loopback, aws: Clients) -> None:
    server.enqueue(*stream(frames()))
    assert deltas_of(aws) == [
        ReasoningDelta("It is about an order."),
        ReasoningDelta(signature="c2lnbmVk"),
        BlockEnd(),
        TextDelta("Let me"),
        TextDelta(" look."),
        BlockEnd(),
        ToolUseStart("t1", "order"),
        ToolInputDelta('{"id": '),
        ToolInputDelta('"A1"}'),
        BlockEnd(),
        COMPLETION,
    ]
    (request,) = server.requests
    assert request.line.split()[1].endswith("/converse-stream")


def test_a_reply_is_sent_back_as_it_came(server: Loopback, aws: Clients) -> None:
    """What the agent loop does: the completion is the next prompt's message."""
    server.enqueue(answer(REPLY))
    completion = converse.invoke(aws.bedrock_runtime, CLAUDE, ASK)
    server.enqueue(answer(REPLY))
    said = Message("assistant", completion.content)
    converse.invoke(
        aws.bedrock_runtime, CLAUDE, replace(ASK, messages=(*ASK.messages, said, user("So?")))
    )
    *known, _ = REPLY["output"]["message"]["content"]
    assert json.loads(server.requests[-1].body)["messages"][1]["content"] == known


@pytest.mark.parametrize("end", [(STREAM_END,), (Act.CLOSE,), (Act.RESET,)])
def test_a_stream_without_message_stop_was_cut_and_is_not_sent_again(
    end: tuple[bytes | Act, ...], server: Loopback, aws: Clients
) -> None:
    for kept in range(len(EVENTS) - 1):
        server.enqueue(stream_head(), *map(http_chunk, frames()[:kept]), *end)
        with pytest.raises(StreamCut):
            deltas_of(aws)
        assert len(server.requests) == kept + 1


@pytest.mark.parametrize("end", [STREAM_END, Act.CLOSE, Act.RESET])
def test_a_stream_that_ends_after_message_stop_is_whole_without_counts(
    end: bytes | Act, server: Loopback, aws: Clients
) -> None:
    server.enqueue(stream_head(), *map(http_chunk, frames()[:-1]), end)
    assert deltas_of(aws)[-1] == replace(COMPLETION, usage=Usage(0, 0))


def test_errors_are_ours_and_a_call_is_sent_once(server: Loopback, aws: Clients) -> None:
    server.enqueue(error("ThrottlingException", 429))
    with pytest.raises(Throttled, match="Converse"):
        converse.invoke(aws.bedrock_runtime, CLAUDE, ASK)
    server.enqueue(*stream([*frames()[:5], exception_frame("throttlingException", "Slow down.")]))
    with pytest.raises(Throttled, match="ConverseStream"):
        deltas_of(aws)
    assert len(server.requests) == 2


def test_every_exception_of_the_stream_that_botocore_knows_is_ours(
    server: Loopback, aws: Clients
) -> None:
    service = aws.bedrock_runtime.meta.service_model
    output: Any = service.operation_model("ConverseStream").output_shape
    members = output.members["stream"].members
    exceptions = [name for name, shape in members.items() if shape.metadata.get("exception")]
    assert len(exceptions) >= 5
    for name in exceptions:
        server.enqueue(*stream([exception_frame(name, "Sorry.")]))
        with pytest.raises(OutcropError, match="ConverseStream"):
            deltas_of(aws)


def test_a_guardrail_is_asked_and_its_word_comes_back(server: Loopback, aws: Clients) -> None:
    trace = {"guardrail": {"actionReason": "Guardrail blocked."}}
    stopped = {"stopReason": "guardrail_intervened", "trace": trace}
    server.enqueue(answer(REPLY | stopped))
    guardrail = GuardrailConfiguration("gr1", "DRAFT", trace=True)
    completion = converse.invoke(aws.bedrock_runtime, CLAUDE, ASK, guardrail=guardrail)
    assert (completion.stop_reason, completion.trace) == ("guardrail", trace)
    assert json.loads(server.requests[0].body)["guardrailConfig"] == {
        "guardrailIdentifier": "gr1",
        "guardrailVersion": "DRAFT",
        "trace": "enabled",
    }

    ends = (("messageStop", {"stopReason": "guardrail_intervened"}),)
    metadata = (("metadata", EVENTS[-1][1] | {"trace": trace}),)
    server.enqueue(*stream(frames(EVENTS[:-2] + ends + metadata)))
    streamed = list(converse.stream(aws.bedrock_runtime, CLAUDE, ASK, guardrail=guardrail))[-1]
    assert isinstance(streamed, Completion)
    assert (streamed.stop_reason, streamed.trace) == ("guardrail", trace)


def test_a_guardrail_judges_a_stream_meanwhile_where_that_is_asked_for(
    server: Loopback, aws: Clients
) -> None:
    blocks = (Text("Quartz.", "grounding_source"), Text("Hard?"))
    prompt = replace(ASK, messages=(Message("user", blocks),))
    guardrail = GuardrailConfiguration("gr1", "1", is_asynchronous=True)
    for each in (guardrail, None):
        server.enqueue(*stream(frames(EVENTS)))
        list(converse.stream(aws.bedrock_runtime, CLAUDE, prompt, guardrail=each))
    one, other = (json.loads(request.body) for request in server.requests[-2:])
    assert one["guardrailConfig"]["streamProcessingMode"] == "async"
    assert "guardContent" in one["messages"][0]["content"][0]
    assert other["messages"][0]["content"] == [{"text": "Quartz.Hard?"}]
    server.enqueue(answer(REPLY))
    converse.invoke(aws.bedrock_runtime, CLAUDE, ASK, guardrail=guardrail)
    assert "streamProcessingMode" not in json.loads(server.requests[-1].body)["guardrailConfig"]


def test_a_call_of_a_tool_that_was_not_offered_is_a_failure(server: Loopback, aws: Clients) -> None:
    server.enqueue(answer(REPLY))
    with pytest.raises(ModelFailed, match="stopped without an answer: tool_use"):
        converse.invoke(aws.bedrock_runtime, CLAUDE, replace(ASK, tools=()))


@pytest.mark.parametrize("written", ['{"id": ', "[1]", "null", "7", "[" * 50_000])
def test_an_input_that_is_no_object_is_a_failure_unless_the_reply_was_too_long(
    written: str, server: Loopback, aws: Clients
) -> None:
    piece = {"delta": {"toolUse": {"input": written}}, "contentBlockIndex": 2}
    broken = (*EVENTS[:8], ("contentBlockDelta", piece), *EVENTS[10:])
    server.enqueue(*stream(frames(broken)))
    with pytest.raises(ModelFailed, match="the tool 'order' with an input that is not a JSON"):
        deltas_of(aws)

    length = ("messageStop", {"stopReason": "max_tokens"})
    server.enqueue(*stream(frames((*broken[:-2], length, broken[-1]))))
    completion = deltas_of(aws)[-1]
    assert completion == replace(COMPLETION, content=COMPLETION.content[:2], stop_reason="length")


def test_top_k_goes_where_the_model_has_it(server: Loopback, aws: Clients) -> None:
    for model, fields in (
        (CLAUDE, {"top_k": 5}),
        (NOVA, {"inferenceConfig": {"topK": 5}}),
        (find("cohere.command-r-v1:0"), {"k": 5}),
    ):
        server.enqueue(answer(REPLY))
        converse.invoke(aws.bedrock_runtime, model, replace(ASK, top_k=5))
        assert json.loads(server.requests[-1].body)["additionalModelRequestFields"] == fields


def test_a_system_prompt_comes_first_where_the_model_takes_none(
    server: Loopback, aws: Clients
) -> None:
    mistral = find("mistral.mistral-7b-instruct-v0:2")
    content = {"role": "assistant", "content": [{"text": "Here."}]}
    here = REPLY | {"output": {"message": content}, "stopReason": "end_turn"}
    for system, text in (("Be brief.", "Be brief.\n\nWhere is it?"), ("", "Where is it?")):
        server.enqueue(answer(here))
        converse.invoke(
            aws.bedrock_runtime, mistral, Prompt((user("Where is it?"),), system=system)
        )
        body = json.loads(server.requests[-1].body)
        assert "system" not in body
        assert body["messages"] == [{"role": "user", "content": [{"text": text}]}]


@pytest.mark.parametrize(
    ("model_id", "words"),
    [
        ("amazon.titan-text-express-v1", "calls no tools"),
        ("amazon.nova-micro-v1:0", "takes no block of the kind image"),
    ],
)
def test_what_a_model_does_not_take_is_refused_before_anything_is_sent(
    model_id: str, words: str, server: Loopback, aws: Clients
) -> None:
    prompt = replace(PROMPT, stop=())
    with pytest.raises(InvalidRequest, match=words) as raised:
        converse.invoke(aws.bedrock_runtime, find(model_id), prompt)
    assert model_id in raised.value.detail
    assert server.requests == []


@pytest.fixture(scope="module")
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def stand_in(scripted: Scripted) -> Iterator[Any]:
    handlers = bedrock_runtime.handlers(
        engine_of(writer=scripted), foundation_models, lambda: TODAY
    )
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")


@pytest.mark.parametrize("model", [NOVA, find("us.anthropic.claude-sonnet-4-6")])
def test_the_stand_in_answers_with_the_same_blocks(
    model: Any, stand_in: Any, scripted: Scripted
) -> None:
    content = (THOUGHT, Text("Let me look."), CALL, EMPTY_CALL)
    scripted.scripts += [DELTAS, DELTAS]
    whole = converse.invoke(stand_in, model, ASK)
    *deltas, streamed = converse.stream(stand_in, model, ASK)
    assert (whole.content, whole.stop_reason) == (content, "tool_use")
    assert streamed == whole
    assert deltas.count(BlockEnd()) == len(content)
    assert whole.usage != Usage(0, 0)

    # Into a prompt the stand-in takes neither reasoning nor an image in a result.
    said = Message("assistant", content[1:])
    results = Message("user", (ToolResult("t1", (Text("in Oslo"),)), FAILURE))
    scripted.scripts.append(DELTAS)
    converse.invoke(stand_in, model, replace(ASK, messages=(*ASK.messages, said, results)))
    assert "in Oslo" in repr(scripted.prompts[-1])
    assert "which one?" in repr(scripted.prompts[-1])
