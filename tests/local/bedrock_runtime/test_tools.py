"""Tool use and reasoning: as botocore reads them of Converse, and in the chunks of families."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.engine.writer import (
    Citation,
    Delta,
    Finish,
    Prompt,
    ReasoningDelta,
    Sampling,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStart,
    Turn,
    Writing,
)
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "anthropic.claude-sonnet-4-6"
GPT = "openai.gpt-oss-20b-1:0"
TITAN = "amazon.titan-text-express-v1"
SCHEMA: JSON = {"type": "object", "properties": {"id": {"type": "string"}}}
TOOLS: JSON = {
    "tools": [
        {"toolSpec": {"name": "order", "description": "Finds", "inputSchema": {"json": SCHEMA}}}
    ]
}
DELTAS: tuple[Delta, ...] = (
    ReasoningDelta("It is about "),
    ReasoningDelta("an order.", "c2lnbmVk"),
    TextDelta("Let me"),
    TextDelta(" look."),
    ToolUseStart("t1", "order"),
    ToolInputDelta('{"id": '),
    ToolInputDelta('"A1"}'),
    ToolUseStart("t2", "order"),
)
ASKED: list[JSON] = [{"role": "user", "content": [{"text": "Where is my order?"}]}]


class Scripted:
    """A model that answers each prompt with the next of its scripts."""

    uses_tools = True
    input_tokens = 9
    citations: tuple[Citation, ...] = ()
    finish = Finish("tool_use", 9, 7)

    def __init__(self) -> None:
        self.scripts: list[tuple[Delta, ...]] = []
        self.prompts: list[Prompt] = []

    async def write(self, prompt: Prompt, sampling: Sampling) -> Writing:
        assert sampling.max_tokens
        self.prompts.append(prompt)
        return self

    def count(self, prompt: Prompt) -> int:
        return len(prompt.texts)

    async def __aiter__(self) -> AsyncIterator[Delta]:
        for delta in self.scripts.pop(0):
            yield delta

    async def aclose(self) -> None:
        """Nothing is left open."""


@pytest.fixture(scope="module")
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def client(scripted: Scripted) -> Iterator[Any]:
    engine = engine_of(writer=scripted)
    handlers = bedrock_runtime.handlers(engine, foundation_models, lambda: TODAY)
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")


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
    use = {"toolUseId": "t1", "name": "order", "input": {"id": "A1"}}
    messages = [
        *ASKED,
        {"role": "assistant", "content": [{"text": "Let me look."}, {"toolUse": use}]},
        {
            "role": "user",
            "content": [
                {"toolResult": {"toolUseId": "t1", "content": content}},
                {"toolResult": {"toolUseId": "t2", "content": [], "status": "error"}},
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
        Turn("assistant", "Let me look.", tool_uses=(ToolUse("t1", "order", '{"id": "A1"}'),)),
        Turn(
            "user",
            "Go on.",
            tool_results=(
                ToolResult("t1", 'at\n{"place": "Oslo"}'),
                ToolResult("t2", "", failed=True),
            ),
        ),
    )
    with pytest.raises(ClientError, match="The toolConfig field must be defined when using"):
        client.converse(modelId=NOVA, messages=messages)


def test_a_family_without_tools_refuses_them(client: Any) -> None:
    with pytest.raises(ClientError, match="This model doesn't support tool use"):
        client.converse(modelId=TITAN, messages=ASKED, toolConfig=TOOLS)


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
        "Let me look.",
        [("t1", '{"id": "A1"}'), ("t2", "{}")],
    )
    assert choice["finish_reason"] == "tool_calls"
    deltas = [one["choices"][0]["delta"] for one in streamed(client, GPT, body) if one["choices"]]
    pieces = [call for delta in deltas for call in delta.get("tool_calls", [])]
    assert [(one["index"], one["function"]["arguments"]) for one in pieces] == [
        (0, ""),
        (0, '{"id": '),
        (0, '"A1"}'),
        (1, ""),
    ]
