"""Mistral AI: text completion for the older models, chat completion for the newer.

    request   {"prompt": "<s>[INST] .. [/INST]", "max_tokens": 512, "temperature", "top_p", "top_k",
               "stop": [".."]}
    reply     {"outputs": [{"text": "..", "stop_reason": "stop"}]}
    chunks    the same; stop_reason is null until the last

Chat completion is OpenAI's shape, but that a choice has a `stop_reason`; the newest open-weight
models have OpenAI's own. Numbers of tokens are in Bedrock's headers and metrics only.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-chat-completion.html
"""

from typing import Annotated

from pydantic import Field

from app.local.bedrock_runtime.bodies import openai
from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Family,
    Opening,
    Reply,
    Request,
    text_events,
)
from app.local.bedrock_runtime.bodies.openai_tools import Choice, FunctionTool, ResponseFormat
from app.local.bedrock_runtime.bodies.schema import (
    Body,
    Count,
    Stops,
    TopK,
    Unit,
    check,
)
from app.local.bedrock_runtime.bodies.templates import instructions
from app.local.engine.writer.deltas import BlockEvent

SHAPE = openai.Shape(call_id="{:.9}")  # Mistral's ids are nine letters and digits
_STOPS = {"end": "stop", "length": "length", "stop": "stop", "tool_use": "stop"}


class Completion(Body):
    prompt: Annotated[str, Field(min_length=1)]
    max_tokens: Annotated[Count, Field(le=8192)] = 512
    temperature: Unit | None = None
    top_p: Unit | None = None
    top_k: TopK | None = None
    stop: Annotated[Stops, Field(max_length=10)] | None = None


class Chat(Body):
    messages: Annotated[list[openai.Message], Field(min_length=1)]
    max_tokens: Annotated[Count, Field(le=8192)] = 8192
    temperature: Unit | None = None
    top_p: Unit | None = None
    stop: Annotated[Stops, Field(max_length=10)] | None = None
    tools: list[FunctionTool] | None = None
    tool_choice: Choice | None = None
    response_format: ResponseFormat | None = None


def read(body: JSON) -> Request:
    request = check(Completion, body)
    return Request.of(
        instructions(request.prompt),
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        top_k=request.top_k,
        stop=request.stop or (),
    )


def whole(reply: Reply) -> JSON:
    return _output(reply.text, _STOPS[reply.finish.reason])


def piece(_: Opening, text: str, __: int) -> list[JSON]:
    return [_output(text, None)]


def closing(reply: Reply) -> list[JSON]:
    return [_output("", _STOPS[reply.finish.reason])]


def _output(text: str, stop: str | None) -> JSON:
    return {"outputs": [{"text": text, "stop_reason": stop}]}


def read_chat(body: JSON) -> Request:
    request = check(Chat, body)
    return Request.of(
        openai.prompt(
            request.messages, request.tools, request.tool_choice, request.response_format
        ),
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        stop=request.stop or (),
    )


def whole_chat(reply: Reply) -> JSON:
    message = openai.message(reply, SHAPE) | {"content": reply.text}
    stop = openai.STOPS[reply.finish.reason]
    return {"choices": [{"index": 0, "message": message, "stop_reason": stop}]}


def event_chat(_: Opening, event: BlockEvent, __: int) -> list[JSON]:
    return [_choice(delta, None) for delta in openai.deltas(event, SHAPE)]


def closing_chat(reply: Reply) -> list[JSON]:
    return [_choice({}, openai.STOPS[reply.finish.reason])]


def _choice(delta: JSON, stop: str | None) -> JSON:
    delta = {"role": "assistant", "content": "", **delta}
    return {"choices": [{"index": 0, "delta": delta, "stop_reason": stop}]}


MISTRAL = Family(read, whole, lambda _: [], text_events(piece), closing, top_k=("top_k",))
MISTRAL_CHAT = Family(read_chat, whole_chat, lambda _: [], event_chat, closing_chat)
