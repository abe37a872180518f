"""Tool use and reasoning: as botocore reads them of Converse, and in the chunks of families."""

import json
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local.engine.writer import (
    Finish,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStart,
    Turn,
)
from tests.local.bedrock_runtime.scripted import (
    ASKED,
    CLAUDE,
    CLOSED,
    DELTAS,
    GPT,
    JSON,
    LLAMA,
    MISTRAL,
    NOVA,
    PIXTRAL,
    QWEN,
    SCHEMA,
    TOOLS,
    Scripted,
    config,
    formed,
    spec,
)


def test_converse_answers_with_blocks(client: Any, scripted: Scripted) -> None:
    scripted.scripts.append(DELTAS)
    reply = client.converse(modelId=NOVA, messages=ASKED, toolConfig=TOOLS)
    thought = {"text": "It is about an order.", "signature": "c2lnbmVk"}
    assert reply["output"]["message"]["content"] == [
        {"reasoningContent": {"reasoningText": thought}},
        {"text": "Let me look."},
        {"toolUse": {"toolUseId": "t1", "name": "order", "input": {"id": "A1"}}},
        {"toolUse": {"toolUseId": "t2", "name": "order", "input": {}}},
    ]
    assert reply["stopReason"] == "tool_use"
    assert scripted.prompts[-1].tools == (Tool("order", "Finds", SCHEMA),)


def test_converse_stream_says_of_each_delta_which_block_it_belongs_to(
    client: Any, scripted: Scripted
) -> None:
    scripted.scripts.append(DELTAS)
    stream = client.converse_stream(modelId=CLAUDE, messages=ASKED, toolConfig=TOOLS)["stream"]
    with closing(stream) as events:
        blocks = [event for event in events if next(iter(event)).startswith("contentBlock")]

    def start(index: int, name: str) -> JSON:
        use = {"toolUse": {"toolUseId": name, "name": "order"}}
        return {"contentBlockStart": {"start": use, "contentBlockIndex": index}}

    def delta(index: int, **delta: Any) -> JSON:
        return {"contentBlockDelta": {"delta": delta, "contentBlockIndex": index}}

    def stop(index: int) -> JSON:
        return {"contentBlockStop": {"contentBlockIndex": index}}

    assert blocks == [
        delta(0, reasoningContent={"text": "It is about "}),
        delta(0, reasoningContent={"text": "an order."}),
        delta(0, reasoningContent={"signature": "c2lnbmVk"}),
        stop(0),
        delta(1, text="Let me"),
        delta(1, text=" look."),
        stop(1),
        start(2, "t1"),
        delta(2, toolUse={"input": '{"id": '}),
        delta(2, toolUse={"input": '"A1"}'}),
        stop(2),
        start(3, "t2"),
        stop(3),
    ]


def test_what_tools_answered_is_part_of_the_prompt(client: Any, scripted: Scripted) -> None:
    scripted.scripts.append((TextDelta("It is in Oslo."),))
    content = [{"text": "at"}, {"json": {"place": "Oslo"}}]
    uses = [
        {"toolUse": {"toolUseId": name, "name": "order", "input": {"id": "A1"}}}
        for name in ("t1", "t2")
    ]
    messages = [
        *ASKED,
        {"role": "assistant", "content": [{"text": "Let me look."}, *uses]},
        {
            "role": "user",
            "content": [
                {"toolResult": {"toolUseId": "t2", "content": [], "status": "error"}},
                {"toolResult": {"toolUseId": "t1", "content": content}},
                {"text": "Go on."},
            ],
        },
    ]
    choice = {"tool": {"name": "order"}}
    client.converse(modelId=NOVA, messages=messages, toolConfig={**TOOLS, "toolChoice": choice})
    prompt = scripted.prompts[-1]
    assert prompt.tool_choice == ToolChoice("tool", "order")
    assert prompt.turns == (
        Turn("user", "Where is my order?"),
        Turn(
            "assistant",
            "Let me look.",
            tool_uses=tuple(ToolUse(name, "order", '{"id": "A1"}') for name in ("t1", "t2")),
        ),
        Turn(
            "user",
            "Go on.",
            tool_results=(
                ToolResult("t2", "", failed=True),
                ToolResult("t1", 'at\n{"place": "Oslo"}'),
            ),
        ),
    )
    with pytest.raises(ClientError, match="The toolConfig field must be defined when using"):
        client.converse(modelId=NOVA, messages=messages)


@pytest.mark.parametrize(
    ("model", "change", "choice"),
    [
        (NOVA, config(spec(), any={}), ToolChoice("any")),
        (NOVA, config(spec(), auto={}), ToolChoice()),
        (CLAUDE, config(spec(), tool={"name": "order"}), ToolChoice("tool", "order")),
        (QWEN, config(spec(), tool={"name": "order"}), ToolChoice("tool", "order")),
        (PIXTRAL, config(spec(), any={}), ToolChoice("any")),
        (MISTRAL, config(spec(), any={}), ToolChoice("any")),
        (LLAMA, config(spec(), auto={}), ToolChoice()),
        (LLAMA, config(spec()), ToolChoice()),
    ],
)
def test_a_tool_choice_reaches_the_model(
    client: Any, scripted: Scripted, model: str, change: JSON, choice: ToolChoice
) -> None:
    scripted.scripts.append(DELTAS)
    client.converse(modelId=model, messages=ASKED, **change)
    assert scripted.prompts[-1].tool_choice == choice


def test_a_schema_and_strict_tools_reach_the_model(client: Any, scripted: Scripted) -> None:
    for model in (CLAUDE, QWEN, GPT):
        scripted.scripts.append((TextDelta('{"id": "A1"}'),))
        call = config(spec(schema=CLOSED, strict=True)) | formed(CLOSED)
        client.converse(modelId=model, messages=ASKED, **call)
        prompt = scripted.prompts[-1]
        assert prompt.output_schema == CLOSED
        assert prompt.tools == (Tool("order", "", CLOSED, strict=True),)


def test_a_call_that_is_cut_is_told_as_its_family_tells_it(client: Any, scripted: Scripted) -> None:
    cut = (ToolUseStart("t1", "order"), ToolInputDelta('{"id": "A1", "lines": [1'))
    scripted.finish = Finish("length", 9, 7)
    try:
        scripted.scripts += [cut, cut, cut]
        reply = client.converse(modelId=CLAUDE, messages=ASKED, toolConfig=TOOLS)
        (block,) = reply["output"]["message"]["content"]
        assert block["toolUse"]["input"] == {"id": "A1"}
        assert reply["stopReason"] == "max_tokens"
        with pytest.raises(ClientError, match="produced an invalid sequence as part of ToolUse"):
            client.converse(modelId=NOVA, messages=ASKED, toolConfig=TOOLS)
        stream = client.converse_stream(modelId=CLAUDE, messages=ASKED, toolConfig=TOOLS)["stream"]
        with closing(stream) as events:
            (stop,) = (event["messageStop"] for event in events if "messageStop" in event)
        assert stop == {"stopReason": "max_tokens"}
    finally:
        scripted.finish = Finish("tool_use", 9, 7)


def test_input_that_is_no_json_is_an_error(client: Any, scripted: Scripted) -> None:
    scripted.scripts.append((ToolUseStart("t1", "order"), ToolInputDelta('{"id": ')))
    with pytest.raises(ClientError, match="input for the tool order is no JSON object") as raised:
        client.converse(modelId=NOVA, messages=ASKED, toolConfig=TOOLS)
    assert raised.value.response["Error"]["Code"] == "ModelErrorException"


def streamed(client: Any, model: str, body: JSON) -> list[JSON]:
    reply = client.invoke_model_with_response_stream(modelId=model, body=json.dumps(body))
    return [json.loads(event["chunk"]["bytes"]) for event in reply["body"]]


def test_claude_has_each_block_in_its_body(client: Any, scripted: Scripted) -> None:
    body: JSON = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Where?"}],
    }
    scripted.scripts += [DELTAS, DELTAS]
    invoked = client.invoke_model(modelId=CLAUDE, body=json.dumps(body))
    whole = json.loads(invoked["body"].read())
    assert whole["content"] == [
        {"type": "thinking", "thinking": "It is about an order.", "signature": "c2lnbmVk"},
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "t1", "name": "order", "input": {"id": "A1"}},
        {"type": "tool_use", "id": "t2", "name": "order", "input": {}},
    ]
    assert whole["stop_reason"] == "tool_use"
    chunks = streamed(client, CLAUDE, body)
    starts = [one["content_block"] for one in chunks if one["type"] == "content_block_start"]
    assert [one["type"] for one in starts] == ["thinking", "text", "tool_use", "tool_use"]
    deltas = [(one["index"], one["delta"]) for one in chunks if "delta" in one and "index" in one]
    assert deltas == [
        (0, {"type": "thinking_delta", "thinking": "It is about "}),
        (0, {"type": "thinking_delta", "thinking": "an order."}),
        (0, {"type": "signature_delta", "signature": "c2lnbmVk"}),
        (1, {"type": "text_delta", "text": "Let me"}),
        (1, {"type": "text_delta", "text": " look."}),
        (2, {"type": "input_json_delta", "partial_json": '{"id": '}),
        (2, {"type": "input_json_delta", "partial_json": '"A1"}'}),
    ]
    stops = [one["index"] for one in chunks if one["type"] == "content_block_stop"]
    assert stops == [0, 1, 2, 3]


def test_chat_completions_count_tool_calls_apart(client: Any, scripted: Scripted) -> None:
    scripted.scripts += [DELTAS, DELTAS]
    body: JSON = {"messages": [{"role": "user", "content": "Where?"}]}
    whole = json.loads(client.invoke_model(modelId=GPT, body=json.dumps(body))["body"].read())
    (choice,) = whole["choices"]
    calls = [(one["id"], one["function"]["arguments"]) for one in choice["message"]["tool_calls"]]
    assert (choice["message"]["content"], calls) == (
        "<reasoning>It is about an order.</reasoning>Let me look.",
        [("t1", '{"id": "A1"}'), ("t2", "{}")],
    )
    assert choice["finish_reason"] == "tool_calls"
    deltas = [one["choices"][0]["delta"] for one in streamed(client, GPT, body) if one["choices"]]
    assert "".join(one.get("content", "") for one in deltas) == choice["message"]["content"]
    pieces = [call for delta in deltas for call in delta.get("tool_calls", [])]
    assert [(one["index"], one["function"]["arguments"]) for one in pieces] == [
        (0, ""),
        (0, '{"id": '),
        (0, '"A1"}'),
        (1, ""),
    ]


@pytest.mark.parametrize(
    ("model", "fields", "prompt", "effort"),
    [
        (CLAUDE, {"output_config": {"format": {"type": "json_schema", "schema": CLOSED},
                                    "effort": "low"}}, {"output_schema": CLOSED}, "low"),
        (CLAUDE, {"top_k": 5, "tool_choice": {"type": "any", "disable_parallel_tool_use": True}},
         {"tool_choice": ToolChoice("any", parallel=False)}, None),
        (CLAUDE, {"tool_choice": {"type": "none"}}, {"tool_choice": ToolChoice("none")}, None),
        (GPT, {"reasoning_effort": "high", "parallel_tool_calls": False, "seed": 1},
         {"tool_choice": ToolChoice(parallel=False)}, "high"),
        (QWEN, {"response_format": {"type": "json_schema",
                                    "json_schema": {"name": "a", "schema": CLOSED}}},
         {"output_schema": CLOSED}, None),
    ],
)  # fmt: skip
def test_members_of_the_familys_own_body_reach_the_model_through_converse(
    client: Any, scripted: Scripted, model: str, fields: JSON, prompt: JSON, effort: str | None
) -> None:
    scripted.scripts.append((TextDelta("{}"),))
    more = config(spec()) | {"additionalModelRequestFields": fields}
    client.converse(modelId=model, messages=ASKED, **more)
    last = scripted.prompts[-1]
    assert replace(last, **prompt) == last
    assert scripted.samplings[-1].effort == effort
