"""Tool use and reasoning: as botocore reads them of Converse, and in the chunks of families."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
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
    Image,
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
from tests.local.engine.writer.pictures import picture
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
NOVA = "amazon.nova-lite-v1:0"
CLAUDE = "us.anthropic.claude-sonnet-4-6"
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
    author = "script"
    input_tokens = 9
    citations: tuple[Citation, ...] = ()
    finish = Finish("tool_use", 9, 7)

    def __init__(self) -> None:
        self.scripts: list[tuple[Delta, ...]] = []
        self.prompts: list[Prompt] = []
        self.samplings: list[Sampling] = []

    async def write(self, prompt: Prompt, sampling: Sampling) -> Writing:
        assert sampling.max_tokens
        self.prompts.append(prompt)
        self.samplings.append(sampling)
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


LLAMA, PIXTRAL = "us.meta.llama3-3-70b-instruct-v1:0", "us.mistral.pixtral-large-2502-v1:0"
MISTRAL, FABLE = "mistral.mistral-large-2402-v1:0", "us.anthropic.claude-fable-5-1"
QWEN, OLD_LLAMA = "qwen.qwen3-32b-v1:0", "meta.llama3-8b-instruct-v1:0"
NO_TOOLS = "This model doesn't support tool use."


def spec(name: str = "order", schema: Any = None, **more: Any) -> JSON:
    return {"toolSpec": {"name": name, "inputSchema": {"json": schema or SCHEMA}, **more}}


def config(*tools: JSON, **choice: Any) -> JSON:
    return {"toolConfig": {"tools": list(tools), **({"toolChoice": choice} if choice else {})}}


def formed(schema: Any) -> JSON:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    form = {"type": "json_schema", "structure": {"jsonSchema": {"schema": text, "name": "a"}}}
    return {"outputConfig": {"textFormat": form}}


CLOSED = SCHEMA | {"additionalProperties": False}
NUMBER = {"type": "number", "maximum": 5, "minimum": 1}
USE: JSON = {"toolUse": {"toolUseId": "t1", "name": "order", "input": {}}}
USE2: JSON = {"toolUse": {"toolUseId": "t2", "name": "order", "input": {}}}
RESULT: JSON = {"toolResult": {"toolUseId": "t1", "content": [{"text": "4"}]}}


def talk(*contents: list[JSON]) -> JSON:
    """Messages by turns, the user's first, with a tool."""
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": one} for n, one in enumerate(contents)]
    return {"messages": messages, **config(spec())}


HI: list[JSON] = [{"text": "Hi"}]


@pytest.mark.parametrize(
    ("model", "change", "wrong"),
    [
        (TITAN, config(spec()), NO_TOOLS),
        (OLD_LLAMA, config(spec()), NO_TOOLS),
        (NOVA, config(spec("my tool")), "regular expression pattern: [a-zA-Z0-9_-]+"),
        (NOVA, config(spec("x" * 65)), "Member must have length less than or equal to 64"),
        (NOVA, config(spec(), spec()), "toolConfig.tools: Tool names must be unique: order"),
        (NOVA, config(spec(schema={"type": "string"})),
         ("The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the "
         "following: object.")),
        (NOVA, config(spec(), tool={"name": "clock"}), "Tool 'clock' not found in provided tools"),
        (NOVA, config({"systemTool": {"name": "nova_grounding"}}),
         "toolConfig.tools.0.systemTool: the stand-in has no system tools."),
        (LLAMA, config(spec(), any={}),
         ("This model doesn't support the toolConfig.toolChoice.any field. Remove "
         "toolConfig.toolChoice.any and try again.")),
        (LLAMA, config(spec(), tool={"name": "order"}), "the toolConfig.toolChoice.tool field."),
        (MISTRAL, config(spec(), tool={"name": "order"}), "the toolConfig.toolChoice.tool field."),
        (PIXTRAL, config(spec(), tool={"name": "order"}), "the toolConfig.toolChoice.tool field."),
        (FABLE, config(spec(), any={}), "the toolConfig.toolChoice.any field."),
        (NOVA, config(spec(strict=True)), "the toolConfig.tools.0.toolSpec.strict field."),
        (CLAUDE, config(spec(strict=True)),
         ("The model returned the following errors: tools.0.custom: For 'object' type, "
         "'additionalProperties' must be explicitly set to false")),
        (NOVA, formed(CLOSED),
         "This model doesn't support the outputConfig field. Remove outputConfig and try again."),
        (NOVA, {"outputConfig": {"effort": "low"}}, "doesn't support the outputConfig field."),
        (CLAUDE, formed(SCHEMA),
         ("The model returned the following errors: output_config.format.schema: For 'object' "
         "type, 'additionalProperties' must be explicitly set to false")),
        (CLAUDE, formed(CLOSED | {"properties": {"n": NUMBER}}),
         "For 'number' type, properties maximum, minimum are not supported"),
        (QWEN, formed(SCHEMA), "The value at outputConfig.textFormat.structure.jsonSchema.schema"),
        (CLAUDE, formed("{"),
         ("The format of the value at outputConfig.textFormat.structure.jsonSchema.schema is "
         "invalid. Provide a json object for the field and try again.")),
        (NOVA, talk(HI, [USE]) | {"toolConfig": None}, "The toolConfig field must be defined"),
        (NOVA, talk(HI, [USE, USE2], [RESULT]),
         "Expected toolResult blocks at messages.2.content for the following Ids: t2"),
        (NOVA, talk(HI, [USE], HI),
         "Expected toolResult blocks at messages.2.content for the following Ids: t1"),
        (NOVA, talk(HI, HI, [RESULT]),
         ("The number of toolResult blocks at messages.2.content exceeds the number of toolUse "
         "blocks of previous turn.")),
        (NOVA, talk(HI, [USE], [RESULT, RESULT]),
         "The toolResult blocks at messages.2.content contain duplicate Ids: t1"),
        (NOVA, talk([USE]), "messages.0: `toolUse` blocks can only be in `assistant` messages"),
        (NOVA, talk(HI, [RESULT], HI),
         "messages.1: `toolResult` blocks can only be in `user` messages"),
        (LLAMA, talk(HI, [USE], [RESULT, *HI]),
         ("messages.2.content: Conversation blocks and tool result blocks cannot be provided in "
         "the same turn.")),
        (NOVA, talk(HI, [{"toolUse": {"toolUseId": "t1", "name": "order", "input": "A"}}]),
         ("The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a "
         "json object for the field and try again.")),
        (NOVA, talk(HI, [USE], [{"toolResult": {"toolUseId": "t1", "content": [{"json": [1]}]}}]),
         "The format of the value at messages.2.content.0.toolResult.content.0.json is invalid."),
    ],
)  # fmt: skip
def test_what_converse_refuses_is_told_in_its_words(
    client: Any, model: str, change: JSON, wrong: str
) -> None:
    request = {key: value for key, value in ({"messages": ASKED} | change).items() if value}
    for operation in (client.converse, client.converse_stream):
        if model in (LLAMA, MISTRAL) and operation == client.converse_stream:
            wrong = "This model doesn't support tool use in streaming mode."
        with pytest.raises(ClientError) as raised:
            operation(modelId=model, **request)
        assert raised.value.response["Error"]["Code"] == "ValidationException"
        assert wrong in raised.value.response["Error"]["Message"]


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


@pytest.mark.parametrize(
    ("model", "change", "wrong"),
    [
        (FABLE, {"tools": True, "tool_choice": {"type": "any"}},
         'tool_choice: type "tool" and "any" are not supported for this model.'),
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0",
         {"output_config": {"format": {"type": "json_schema", "schema": CLOSED}}},
         "output_config.format: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_what_a_model_of_claudes_has_not_is_told_in_claudes_words(
    client: Any, model: str, change: JSON, wrong: str
) -> None:
    tools = {"tools": [{"name": "order", "input_schema": SCHEMA}]} if "tools" in change else {}
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, **change, **tools}
    body["messages"] = [{"role": "user", "content": "Hi"}]
    with pytest.raises(ClientError) as raised:
        client.invoke_model(modelId=model, body=json.dumps(body))
    assert raised.value.response["Error"]["Message"] == wrong


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


PNG = picture("png", 2, 3)
PNG64 = b64encode(PNG).decode()
CONVERSE_IMAGE: JSON = {"image": {"format": "png", "source": {"bytes": PNG}}}
NOVA_IMAGE: JSON = {"image": {"format": "png", "source": {"bytes": PNG64}}}
CLAUDE_IMAGE: JSON = {
    "type": "image",
    "source": {"type": "base64", "media_type": "image/png", "data": PNG64},
}
CHAT_IMAGE: JSON = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG64}"}}
CHAT_TEXT = {"type": "text", "text": "What is it?"}


@pytest.mark.parametrize(
    ("model", "content"),
    [
        (NOVA, [NOVA_IMAGE, {"text": "What is it?"}]),
        (CLAUDE, [CLAUDE_IMAGE, CHAT_TEXT]),
        ("qwen.qwen3-vl-235b-a22b", [CHAT_IMAGE, CHAT_TEXT]),
        (PIXTRAL, [CHAT_IMAGE, CHAT_TEXT]),
    ],
)
def test_an_image_reaches_a_model_that_sees(
    client: Any, scripted: Scripted, model: str, content: list[JSON]
) -> None:
    scripted.scripts += [(TextDelta("A stone."),)] * 2
    claudes = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9}
    body: JSON = {"messages": [{"role": "user", "content": content}]}
    body |= claudes if model == CLAUDE else {}
    client.invoke_model(modelId=model, body=json.dumps(body))
    messages = [{"role": "user", "content": [CONVERSE_IMAGE, {"text": "What is it?"}]}]
    client.converse(modelId=model, messages=messages)
    for prompt in scripted.prompts[-2:]:
        assert prompt.turns == (Turn("user", "What is it?", images=(Image("png", PNG),)),)


def test_an_image_in_a_result_reaches_the_model(client: Any, scripted: Scripted) -> None:
    result = {"toolUseId": "t1", "content": [{"text": "Here"}, CONVERSE_IMAGE], "status": "success"}
    scripted.scripts.append((TextDelta("A stone."),))
    client.converse(modelId=NOVA, **talk(HI, [USE], [{"toolResult": result}]))
    (read,) = scripted.prompts[-1].turns[-1].tool_results
    assert read == ToolResult("t1", "Here", images=(Image("png", PNG),))


@pytest.mark.parametrize(
    ("model", "block", "wrong"),
    [
        (QWEN, CONVERSE_IMAGE, "This model doesn't support the image content block that you"),
        (NOVA, {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://photos/b.png"}}}},
         "messages.0.content.0.image.source: the stand-in fetches no images; send its bytes."),
    ],
)  # fmt: skip
def test_an_image_that_is_not_seen_is_refused_by_its_place(
    client: Any, model: str, block: JSON, wrong: str
) -> None:
    with pytest.raises(ClientError) as raised:
        client.converse(modelId=model, messages=[{"role": "user", "content": [block, *HI]}])
    assert wrong in raised.value.response["Error"]["Message"]


def test_earlier_reasoning_is_passed_over(client: Any, scripted: Scripted) -> None:
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}}
    scripted.scripts += [(TextDelta("4."),)] * 2
    client.converse(modelId=CLAUDE, **talk(HI, [thought, USE], [RESULT]))
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
            {"type": "redacted_thinking", "data": "c2ln"},
            {"type": "tool_use", "id": "t1", "name": "order", "input": {}},
        ]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "4"}]},
    ]  # fmt: skip
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": messages}
    body["tools"] = [{"name": "order", "input_schema": SCHEMA}]
    client.invoke_model(modelId=CLAUDE, body=json.dumps(body))
    converse, claude = (prompt.turns for prompt in scripted.prompts[-2:])
    assert converse == claude
    assert converse[1] == Turn("assistant", "", (ToolUse("t1", "order", "{}"),))


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


@pytest.mark.parametrize(
    ("model", "fields", "wrong"),
    [
        (CLAUDE, {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
         "The model returned the following errors: output_config.format.schema: For 'object' type"),
        (CLAUDE, {"tool_choice": {"type": "tool", "name": "clock"}},
         "The model returned the following errors: Tool 'clock' not found in provided tools"),
        (CLAUDE, {"foo": 1}, "The model returned the following errors: foo: Extra inputs are not"),
        (GPT, {"reasoning_effort": "much"},
         "The model returned the following errors: Malformed input request: #/reasoning_effort"),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0",
         {"output_config": {"format": {"type": "json_schema", "schema": CLOSED}}},
         "following errors: output_config.format: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_them_is_told_in_the_familys_words(
    client: Any, model: str, fields: JSON, wrong: str
) -> None:
    more = config(spec()) | {"additionalModelRequestFields": fields}
    with pytest.raises(ClientError) as raised:
        client.converse(modelId=model, messages=ASKED, **more)
    assert wrong in raised.value.response["Error"]["Message"]


TEXT_FILE: JSON = {"document": {"format": "txt", "name": "note", "source": {"bytes": b"Snow."}}}
SEARCH_RESULT: JSON = {
    "searchResult": {
        "source": "https://example.com",
        "title": "Oslo",
        "content": [{"text": "It snows."}],
        "citations": {"enabled": False},
    }
}


def test_documents_in_a_result_are_part_of_its_text(client: Any, scripted: Scripted) -> None:
    result = {"toolUseId": "t1", "content": [{"text": "Here"}, TEXT_FILE, SEARCH_RESULT]}
    scripted.scripts += [(TextDelta("Snow."),)] * 2
    client.converse(modelId=CLAUDE, **talk(HI, [USE], [{"toolResult": result}]))
    claudes = [
        {"type": "text", "text": "Here"},
        {"type": "document", "title": "note",
         "source": {"type": "text", "media_type": "text/plain", "data": "Snow."}},
        {"type": "search_result", "source": "https://example.com", "title": "Oslo",
         "content": [{"type": "text", "text": "It snows."}]},
    ]  # fmt: skip
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "t1", "name": "order", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t1", "content": claudes}]},
    ]  # fmt: skip
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": messages}
    body["tools"] = [{"name": "order", "input_schema": SCHEMA}]
    client.invoke_model(modelId=CLAUDE, body=json.dumps(body))
    for prompt in scripted.prompts[-2:]:
        (read,) = prompt.turns[-1].tool_results
        assert read.text.split("\n\n")[:3] == ["Here", "note", "Snow."]
        assert read.text.endswith("It snows.")


@pytest.mark.parametrize(
    ("model", "part", "kind"),
    [
        (PIXTRAL, CONVERSE_IMAGE, "image"),
        ("qwen.qwen3-vl-235b-a22b", CONVERSE_IMAGE, "image"),
        ("qwen.qwen3-vl-235b-a22b", TEXT_FILE, "document"),
    ],
)
def test_a_model_that_reads_no_such_result_refuses_it(
    client: Any, model: str, part: JSON, kind: str
) -> None:
    result = {"toolResult": {"toolUseId": "t1", "content": [part]}}
    wrong = f"This model doesn't support the {kind} content block that you provided"
    with pytest.raises(ClientError, match=wrong):
        client.converse(modelId=model, **talk(HI, [USE], [result]))
