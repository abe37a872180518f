"""The application's own calls of tools, against the stand-in's planner, over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app import models
from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.engine.planner import Planner
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from app.models import (
    Completion,
    Message,
    Prompt,
    Text,
    ToolResult,
    ToolSpecification,
    ToolUse,
    assistant,
    converse,
    invocation,
    user,
)
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 7, 1, tzinfo=UTC)  # Command R was there
CITY = {"type": "string", "description": "The name of the city"}
SCHEMA: JSON = {
    "type": "object",
    "properties": {"city": CITY},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = ToolSpecification("get_weather", "Get the current weather in a city", SCHEMA)
CLOCK = ToolSpecification("send_email", "Send an email", {"type": "object", "properties": {}})
PROMPT = Prompt((user("What is the weather in Oslo?"),), tools=(CLOCK, WEATHER), max_tokens=500)
CLAUDE, NOVA, QWEN = (
    "us.anthropic.claude-sonnet-4-6",
    "amazon.nova-lite-v1:0",
    "qwen.qwen3-32b-v1:0",
)
# One a family that has tools, in a body of its own or in Converse alone.
BODIES = [
    CLAUDE, NOVA, QWEN, "openai.gpt-oss-20b-1:0", "us.mistral.pixtral-large-2502-v1:0",
    "mistral.mistral-large-3-675b-instruct", "ai21.jamba-1-5-mini-v1:0", "cohere.command-r-v1:0",
]  # fmt: skip
CONVERSE = [*BODIES, "us.meta.llama3-3-70b-instruct-v1:0", "mistral.mistral-large-2402-v1:0"]


@pytest.fixture(scope="module")
def client(encoder: Encoder) -> Iterator[Any]:
    engine = engine_of(encoder, Writer(encoder, Planner(encoder)))
    handlers = bedrock_runtime.handlers(engine, foundation_models, lambda: TODAY)
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")


def streamed(client: Any, way: Any, model: str, prompt: Prompt) -> Completion:
    *_, completion = way.stream(client, models.find(model), prompt)
    assert isinstance(completion, Completion)
    return completion


def whole(client: Any, way: Any, model: str, prompt: Prompt) -> Completion:
    completion: Completion = way.invoke(client, models.find(model), prompt)
    return completion


@pytest.mark.parametrize(
    ("way", "model"),
    [(invocation, model) for model in BODIES] + [(converse, model) for model in CONVERSE],
)
def test_a_tool_is_called_and_its_result_answers(client: Any, way: Any, model: str) -> None:
    for say in (whole, streamed):
        completion = say(client, way, model, PROMPT)
        assert completion.stop_reason == "tool_use"
        (use,) = completion.content
        assert isinstance(use, ToolUse)
        assert (use.name, dict(use.input)) == ("get_weather", {"city": "Oslo"})
        result = ToolResult(use.id, (Text(json.dumps({"temperature": 4, "sky": "snow"})),))
        answered = (
            *PROMPT.messages,
            Message("assistant", completion.content),
            Message("user", (result,)),
        )
        completion = say(client, way, model, replace(PROMPT, messages=answered))
        assert completion.stop_reason == "end"
        assert "snow" in completion.text


@pytest.mark.parametrize("way", [invocation, converse])
def test_claude_can_be_kept_from_tools_that_were_called(client: Any, way: Any) -> None:
    call = ToolUse("t1", "get_weather", {"city": "Oslo"})
    messages = (
        *PROMPT.messages,
        Message("assistant", (call,)),
        Message("user", (ToolResult("t1", (Text("Snow."),)),)),
        assistant("Snow."),
        user("What is the weather in Rome?"),
    )
    free = whole(client, way, CLAUDE, replace(PROMPT, messages=messages))
    assert free.stop_reason == "tool_use"
    barred = whole(client, way, CLAUDE, replace(PROMPT, messages=messages, tool_choice="none"))
    assert barred.stop_reason == "end"


@pytest.mark.parametrize(
    ("way", "model"),
    [(invocation, CLAUDE), (invocation, QWEN), (converse, CLAUDE), (converse, QWEN)],
)
def test_an_answer_is_held_to_a_schema(client: Any, way: Any, model: str) -> None:
    prompt = replace(PROMPT, tools=(), output_schema=SCHEMA)
    for say in (whole, streamed):
        assert json.loads(say(client, way, model, prompt).text) == {"city": "Oslo"}


@pytest.mark.parametrize(
    ("way", "model", "choice"),
    [
        (invocation, CLAUDE, "get_weather"),
        (invocation, NOVA, "any"),
        (invocation, QWEN, "any"),
        (converse, CLAUDE, "any"),
        (converse, NOVA, "get_weather"),
    ],
)
def test_the_stand_in_obeys_the_applications_tool_choice(
    client: Any, way: Any, model: str, choice: str
) -> None:
    forced = whole(client, way, model, replace(PROMPT, tool_choice=choice))
    assert forced.stop_reason == "tool_use"
    barred = whole(client, way, model, replace(PROMPT, tool_choice="none"))
    assert (barred.stop_reason, [type(block) for block in barred.content]) == ("end", [Text])
