"""A model server behind the stand-in: a request in a family's body, what the server is asked in its
dialect, and its answer in the family's body again.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from queue import Queue
from typing import Any

import pytest

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.engine.writer import Server
from tests.http_server import Handler, HttpServer
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
CLAUDE, NOVA = "us.anthropic.claude-sonnet-4-6", "amazon.nova-lite-v1:0"
GPT, QWEN = "openai.gpt-oss-20b-1:0", "qwen.qwen3-32b-v1:0"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x06\0\0\0\x1f\x15\xc4\x89"
SCHEMA: JSON = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CALLS: list[JSON] = [
    {"reasoning_content": "Two cities."},
    {"content": "I look."},
    {"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "weather", "arguments": ""}}]},
    {"tool_calls": [{"index": 0, "function": {"arguments": '{"city":'}}]},
    {"tool_calls": [{"index": 0, "function": {"arguments": ' "Oslo"}'}}]},
    {"tool_calls": [{"index": 1, "id": "c2", "function": {"name": "weather",
                                                         "arguments": '{"city": "Rome"}'}}]},
]  # fmt: skip


class Fake:
    """A server that answers with a queue of deltas, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: Queue[tuple[list[JSON], str]] = Queue()
        self.requests: list[JSON] = []


@pytest.fixture(scope="module")
def fake() -> Fake:
    return Fake()


@pytest.fixture(scope="module")
def client(fake: Fake) -> Iterator[Any]:
    class Answers(Handler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            fake.requests.append(json.loads(self.rfile.read(length)))
            deltas, reason = fake.answers.get(timeout=10)
            self.send_response(200)
            self.end_headers()
            ends = [*(None for _ in deltas), reason]
            for delta, end in zip([*deltas, {}], ends, strict=True):
                choice = {"index": 0, "delta": delta, "finish_reason": end}
                self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

    with HttpServer(Answers) as server:
        writer = Server(f"{server.url}/v1", HashingEncoder(), "tiny")
        engine = engine_of(HashingEncoder(), writer)
        handlers = bedrock_runtime.handlers(engine, foundation_models, lambda: TODAY)
        with serving({"bedrock-runtime": handlers}) as running:
            yield running.client("bedrock-runtime")


def invoke(client: Any, model: str, body: JSON) -> JSON:
    reply: JSON = json.loads(
        client.invoke_model(modelId=model, body=json.dumps(body))["body"].read()
    )
    return reply


def test_claudes_body_through_the_servers_dialect(client: Any, fake: Fake) -> None:
    fake.answers.put((CALLS, "tool_calls"))
    source = {"type": "base64", "media_type": "image/png", "data": b64encode(PNG).decode()}
    reply = invoke(client, CLAUDE, {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "tools": [{"name": "weather", "input_schema": SCHEMA, "strict": True}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}, "effort": "low"},
        "messages": [{"role": "user", "content": [
            {"type": "image", "source": source}, {"type": "text", "text": "Which city?"}]}],
    })  # fmt: skip
    asked = fake.requests[-1]
    assert (asked["tool_choice"], asked["parallel_tool_calls"]) == ("required", False)
    assert (
        asked["tools"][0]["function"] | {"parameters": SCHEMA, "strict": True}
        == (asked["tools"][0]["function"])
    )
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert asked["reasoning_effort"] == "low"
    image, text = asked["messages"][-1]["content"]
    assert image["image_url"]["url"] == f"data:image/png;base64,{source['data']}"
    assert text["text"] == "Which city?"
    assert [block["type"] for block in reply["content"]] == [
        "thinking", "text", "tool_use", "tool_use",
    ]  # fmt: skip
    assert [block["input"] for block in reply["content"][2:]] == [
        {"city": "Oslo"},
        {"city": "Rome"},
    ]
    assert [block["id"] for block in reply["content"][2:]] == ["c1", "c2"]
    assert reply["stop_reason"] == "tool_use"


@pytest.mark.parametrize("model", [CLAUDE, NOVA, QWEN])
def test_converse_through_the_servers_dialect(client: Any, fake: Fake, model: str) -> None:
    fake.answers.put((CALLS, "stop"))
    specification = {"name": "weather", "inputSchema": {"json": SCHEMA}}
    reply = client.converse(
        modelId=model,
        messages=[{"role": "user", "content": [{"text": "Oslo and Rome?"}]}],
        toolConfig={"tools": [{"toolSpec": specification}]},
    )
    thought, said, *uses = reply["output"]["message"]["content"]
    assert thought["reasoningContent"]["reasoningText"]["text"] == "Two cities."
    assert said == {"text": "I look."}
    assert [block["toolUse"]["input"]["city"] for block in uses] == ["Oslo", "Rome"]
    assert reply["stopReason"] == "tool_use"


def test_a_json_schema_of_chat_completions_is_passed_on(client: Any, fake: Fake) -> None:
    fake.answers.put(([{"reasoning": "Hm."}, {"content": '{"city": "Oslo"}'}], "stop"))
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
    asked = [{"role": "user", "content": "Which city?"}]
    (choice,) = invoke(client, GPT, {"messages": asked, "response_format": form})["choices"]
    assert fake.requests[-1]["response_format"]["json_schema"]["schema"] == SCHEMA
    assert choice["message"]["content"] == '<reasoning>Hm.</reasoning>{"city": "Oslo"}'
