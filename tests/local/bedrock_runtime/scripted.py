"""A model that answers by script, behind the stand-in's wire, and the requests of tools to it."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

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
    ToolInputDelta,
    ToolUseStart,
    Writing,
)
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


@contextmanager
def serving_scripted(scripted: Scripted) -> Iterator[Any]:
    """A client of a stand-in whose model is scripted."""
    engine = engine_of(writer=scripted)
    handlers = bedrock_runtime.handlers(engine, foundation_models, lambda: TODAY)
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")
