"""The whole loop of tools over HTTP, as botocore writes and reads it: a question, the calls, what
they came to, the answer. In Converse for every family that has tools, and in each family's body.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Prompt, Writer
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 7, 1, tzinfo=UTC)  # Command R was there
CLAUDE, NOVA, QWEN = (
    "us.anthropic.claude-sonnet-4-6",
    "amazon.nova-lite-v1:0",
    "qwen.qwen3-32b-v1:0",
)
QUESTION = "How warm is it in Oslo and in Rome?"
ANSWER = "Oslo: 4, Rome: 16."
DEGREES = {"Oslo": 4, "Rome": 16}
SCHEMA: JSON = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
ANSWER_SCHEMA: JSON = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Call:
    name: str
    input: JSON


@dataclass(frozen=True)
class Plan:
    calls: tuple[Call, ...] = ()
    text: str = ""


class WeatherPlanner:
    """Calls for each city of the question, and answers with what the calls came to."""

    def plan(self, prompt: Prompt) -> Plan:
        *_, before, last = (None, *prompt.turns)
        cities = [city for city in DEGREES if city in prompt.turns[0].text]
        if prompt.output_schema is not None:
            return Plan(text=json.dumps({"city": cities[0]}))
        if before is None or not last or not last.tool_results:
            return Plan(tuple(Call("weather", {"city": city}) for city in cities))
        results = {result.id: re.sub(r"\D", "", result.text) for result in last.tool_results}
        told = (f"{use.parameters()['city']}: {results[use.id]}" for use in before.tool_uses)
        return Plan(text=f"{', '.join(told)}.")

    def tell(self, prompt: Prompt) -> str:
        return self.plan(prompt).text


@pytest.fixture(scope="module")
def client(encoder: Encoder) -> Iterator[Any]:
    engine = engine_of(encoder, Writer(encoder, WeatherPlanner()))
    handlers = bedrock_runtime.handlers(engine, foundation_models, lambda: TODAY)
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")


TOOLS: JSON = {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": SCHEMA}}}]}
ASKED: JSON = {"role": "user", "content": [{"text": QUESTION}]}


def converse(client: Any, model: str, messages: list[JSON], **more: Any) -> JSON:
    reply: JSON = client.converse(modelId=model, messages=messages, toolConfig=TOOLS | more)
    return reply


def converse_stream(client: Any, model: str, messages: list[JSON], **more: Any) -> JSON:
    """The same, put together as clients put a stream together."""
    stream = client.converse_stream(modelId=model, messages=messages, toolConfig=TOOLS | more)
    content: list[JSON] = []
    stop = ""
    with closing(stream["stream"]) as events:
        for event in events:
            match event:
                case {"contentBlockStart": {"start": {"toolUse": use}}}:
                    content.append({"toolUse": use | {"input": ""}})
                case {"contentBlockDelta": {"delta": {"toolUse": {"input": piece}}}}:
                    content[-1]["toolUse"]["input"] += piece
                case {"contentBlockDelta": {"delta": {"text": piece}, "contentBlockIndex": index}}:
                    content += [{"text": ""}] if index == len(content) else []
                    content[-1]["text"] += piece
                case {"messageStop": {"stopReason": reason}}:
                    stop = reason
    for block in content:
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"])
    return {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": stop}


TOOL_MODELS = [
    CLAUDE, NOVA, QWEN, "openai.gpt-oss-20b-1:0", "us.mistral.pixtral-large-2502-v1:0",
    "us.meta.llama3-3-70b-instruct-v1:0", "cohere.command-r-v1:0",
    "ai21.jamba-1-5-mini-v1:0",
]  # fmt: skip


STREAMING = [one for one in TOOL_MODELS if not re.match(r"us\.meta|ai21", one)]


@pytest.mark.parametrize(
    ("say", "model"),
    [(converse, one) for one in TOOL_MODELS] + [(converse_stream, one) for one in STREAMING],
)
def test_a_loop_of_tool_calls_in_converse(
    client: Any, model: str, say: Callable[..., JSON]
) -> None:
    reply = say(client, model, [ASKED])
    assert reply["stopReason"] == "tool_use"
    uses = [block["toolUse"] for block in reply["output"]["message"]["content"]]
    assert [(use["name"], use["input"]) for use in uses] == [
        ("weather", {"city": "Oslo"}),
        ("weather", {"city": "Rome"}),
    ]
    results = [
        {
            "toolResult": {
                "toolUseId": use["toolUseId"],
                "content": [{"json": {"degrees": DEGREES[use["input"]["city"]]}}],
            }
        }
        for use in reversed(uses)
    ]
    messages = [ASKED, reply["output"]["message"], {"role": "user", "content": results}]
    reply = say(client, model, messages)
    assert reply["output"]["message"]["content"] == [{"text": ANSWER}]
    assert reply["stopReason"] == "end_turn"


def test_the_input_of_a_call_is_streamed_in_pieces_and_counted(client: Any) -> None:
    stream = client.converse_stream(modelId=CLAUDE, messages=[ASKED], toolConfig=TOOLS)["stream"]
    with closing(stream) as events:
        told = list(events)
    pieces = [
        event["contentBlockDelta"]["delta"]["toolUse"]["input"]
        for event in told
        if "contentBlockDelta" in event
    ]
    assert pieces == ['{"city":', ' "Oslo"}', '{"city":', ' "Rome"}']
    usage = told[-1]["metadata"]["usage"]
    assert usage["inputTokens"] > usage["outputTokens"] > len(pieces)
    assert usage == client.converse(modelId=CLAUDE, messages=[ASKED], toolConfig=TOOLS)["usage"]


def test_the_schema_of_an_answer_in_converse(client: Any) -> None:
    schema = {"schema": json.dumps(ANSWER_SCHEMA), "name": "answer"}
    form = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}}
    reply = client.converse(modelId=CLAUDE, messages=[ASKED], outputConfig=form)
    (block,) = reply["output"]["message"]["content"]
    assert (json.loads(block["text"]), reply["stopReason"]) == ({"city": "Oslo"}, "end_turn")


def invoke(client: Any, model: str, body: JSON) -> JSON:
    reply: JSON = json.loads(
        client.invoke_model(modelId=model, body=json.dumps(body))["body"].read()
    )
    return reply


def invoke_stream(client: Any, model: str, body: JSON) -> list[JSON]:
    reply = client.invoke_model_with_response_stream(modelId=model, body=json.dumps(body))
    return [json.loads(event["chunk"]["bytes"]) for event in reply["body"]]


def claude(messages: list[JSON], **more: Any) -> JSON:
    return {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 500,
        "tools": [{"name": "weather", "input_schema": SCHEMA}],
        "messages": messages,
        **more,
    }


def claude_stream(client: Any, model: str, body: JSON) -> JSON:
    """A stream of Claude's, put together as its SDK puts it together."""
    content: list[JSON] = []
    whole: JSON = {}
    for chunk in invoke_stream(client, model, body):
        match chunk:
            case {"type": "message_start", "message": message}:
                whole = message
            case {"type": "content_block_start", "content_block": block}:
                content.append(block)
            case {"type": "content_block_delta", "delta": {"partial_json": piece}}:
                content[-1]["input"] = (content[-1]["input"] or "") + piece
            case {"type": "content_block_delta", "delta": {"text": piece}}:
                content[-1]["text"] += piece
            case {"type": "message_delta", "delta": delta}:
                whole |= delta
    for block in content:
        if block["type"] == "tool_use":
            block["input"] = json.loads(block["input"])
    return whole | {"content": content}


@pytest.mark.parametrize("say", [invoke, claude_stream])
def test_a_loop_of_tool_calls_in_claudes_body(client: Any, say: Callable[..., JSON]) -> None:
    asked = {"role": "user", "content": QUESTION}
    reply = say(client, CLAUDE, claude([asked]))
    assert reply["stop_reason"] == "tool_use"
    assert [(one["type"], one["input"]["city"]) for one in reply["content"]] == [
        ("tool_use", "Oslo"),
        ("tool_use", "Rome"),
    ]
    assert all(one["id"].startswith("toolu_bdrk_01") for one in reply["content"])
    results = [
        {
            "type": "tool_result",
            "tool_use_id": one["id"],
            "content": [{"type": "text", "text": f"{DEGREES[one['input']['city']]} degrees"}],
        }
        for one in reply["content"]
    ]
    messages = [
        asked,
        {"role": "assistant", "content": reply["content"]},
        {"role": "user", "content": results},
    ]
    reply = say(client, CLAUDE, claude(messages))
    assert reply["content"] == [{"type": "text", "text": ANSWER}]
    assert reply["stop_reason"] == "end_turn"


def test_claude_may_be_kept_from_calls_at_once_and_from_all(client: Any) -> None:
    asked = [{"role": "user", "content": QUESTION}]
    one = {"type": "auto", "disable_parallel_tool_use": True}
    assert len(invoke(client, CLAUDE, claude(asked, tool_choice=one))["content"]) == 1
    reply = invoke(client, CLAUDE, claude(asked, tool_choice={"type": "none"}))
    assert [block["type"] for block in reply["content"]] == ["text"]
    assert reply["stop_reason"] == "end_turn"


def test_the_schema_of_an_answer_in_claudes_body(client: Any) -> None:
    form = {"format": {"type": "json_schema", "schema": ANSWER_SCHEMA}}
    asked = [{"role": "user", "content": QUESTION}]
    reply = invoke(client, CLAUDE, claude(asked, output_config=form))
    assert [json.loads(block["text"]) for block in reply["content"]] == [{"city": "Oslo"}]


FUNCTION: JSON = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("openai.gpt-oss-20b-1:0", "finish_reason"),
        (QWEN, "finish_reason"),
        ("us.mistral.pixtral-large-2502-v1:0", "stop_reason"),
        ("ai21.jamba-1-5-mini-v1:0", "finish_reason"),
    ],
)
def test_a_loop_of_tool_calls_in_chat_completions(client: Any, model: str, reason: str) -> None:
    asked = {"role": "user", "content": QUESTION}
    body: JSON = {"messages": [asked], "tools": [FUNCTION], "max_tokens": 500}
    (choice,) = invoke(client, model, body)["choices"]
    assert choice[reason] == "tool_calls"
    calls = choice["message"]["tool_calls"]
    inputs = [json.loads(call["function"]["arguments"])["city"] for call in calls]
    assert inputs == ["Oslo", "Rome"]

    pieces = ["", ""]
    for chunk in invoke_stream(client, model, body):
        for one in chunk["choices"]:
            for call in one["delta"].get("tool_calls", ()):
                pieces[call["index"]] += call["function"]["arguments"]
    assert [json.loads(piece) for piece in pieces] == [{"city": "Oslo"}, {"city": "Rome"}]

    results = [
        {"role": "tool", "tool_call_id": call["id"], "content": str(DEGREES[city])}
        for call, city in zip(calls, inputs, strict=True)
    ]
    (choice,) = invoke(client, model, body | {"messages": [asked, choice["message"], *results]})[
        "choices"
    ]
    assert (choice["message"]["content"], choice[reason]) == (ANSWER, "stop")


def test_a_loop_of_tool_calls_in_novas_body(client: Any) -> None:
    body: JSON = {"messages": [ASKED], "toolConfig": TOOLS}
    reply = invoke(client, NOVA, body)
    assert reply["stopReason"] == "tool_use"
    message = reply["output"]["message"]
    results = [
        {
            "toolResult": {
                "toolUseId": block["toolUse"]["toolUseId"],
                "content": [{"text": str(DEGREES[block["toolUse"]["input"]["city"]])}],
            }
        }
        for block in message["content"]
    ]
    body["messages"] += [message, {"role": "user", "content": results}]
    reply = invoke(client, NOVA, body)
    assert reply["output"]["message"]["content"] == [{"text": ANSWER}]


def test_a_loop_of_tool_calls_in_command_rs_body(client: Any) -> None:
    definitions = {"city": {"type": "str", "description": "Its name", "required": True}}
    tool = {"name": "weather", "description": "Tells", "parameter_definitions": definitions}
    body: JSON = {"message": QUESTION, "tools": [tool]}
    reply = invoke(client, "cohere.command-r-v1:0", body)
    results = [
        {"call": call, "outputs": [{"degrees": DEGREES[call["parameters"]["city"]]}]}
        for call in reply["tool_calls"]
    ]
    assert (len(results), reply["finish_reason"]) == (2, "COMPLETE")
    first = invoke(client, "cohere.command-r-v1:0", body | {"tool_results": results})
    later = body | {"message": "", "chat_history": reply["chat_history"], "tool_results": results}
    second = invoke(client, "cohere.command-r-v1:0", later)
    assert first["text"] == second["text"] == ANSWER
    *_, end = invoke_stream(client, "cohere.command-r-v1:0", body)
    assert end["response"]["tool_calls"] == reply["tool_calls"]
