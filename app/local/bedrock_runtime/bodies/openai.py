"""OpenAI-shaped models, gpt-oss and most open-weight models of others: chat completions.

    request   {"messages": [{"role": "system", "content": ".."}, {"role": "user", ..}],
               "max_completion_tokens": 1024, "temperature", "top_p", "stop": [".."]}
    reply     {"choices": [{"message": {"role": "assistant", "content": ".."},
               "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 4}}
    chunks    {"choices": [{"delta": {"content": ".."}, "finish_reason": null}]} ..,
              {"choices": [{"delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": ..}
    tool use  a member "tool_calls" of the message, or of a delta: [{"index", "id", "type":
              "function", "function": {"name", "arguments": "{..}"}}]. There is none for reasoning.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
"""

import time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.local.bedrock_runtime.bodies.conversation import conversation, refuse_tools, text_of
from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Family,
    InvalidBody,
    Opening,
    Reply,
    Request,
)
from app.local.bedrock_runtime.bodies.schema import (
    Body,
    Content,
    Count,
    Stops,
    Unit,
    check,
)
from app.local.engine.writer.content import (
    Block,
    BlockDelta,
    BlockEvent,
    BlockStart,
    TextDelta,
    ToolInputDelta,
    ToolUse,
)
from app.local.engine.writer.prompt import Finish, Prompt, Turn

STOPS = {"end": "stop", "length": "length", "stop": "stop", "tool_use": "tool_calls"}


class Message(Body):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Content
    name: str | None = None
    tool_calls: list[JSON] | None = None
    tool_call_id: str | None = None


def _list(stop: Any) -> Any:
    return [stop] if isinstance(stop, str) else stop


class ChatCompletion(Body):
    messages: Annotated[list[Message], Field(min_length=1)]
    model: str | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Unit | None = None
    stop: Annotated[Stops, BeforeValidator(_list)] | None = None
    n: Literal[1] = 1
    seed: int | None = None
    stream: bool | None = None
    stream_options: JSON | None = None
    user: str | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None
    response_format: JSON | None = None
    tools: list[JSON] | None = None
    tool_choice: Any = None


def read(body: JSON) -> Request:
    request = check(ChatCompletion, body)
    refuse_tools(request.tools, *(message.tool_calls for message in request.messages))
    if (request.response_format or {}).get("type", "text") != "text":
        raise InvalidBody("response_format: this model writes text only. Leave it out.")
    return Request.of(
        prompt(request.messages),
        max_tokens=request.max_completion_tokens or request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        stop=request.stop or (),
    )


def prompt(messages: list[Message]) -> Prompt:
    texts = [(one.role, text_of(one.content, f"messages.{i}")) for i, one in enumerate(messages)]
    system = "\n\n".join(text for role, text in texts if role in ("system", "developer"))
    turns = (
        Turn("assistant" if role == "assistant" else "user", text)
        for role, text in texts
        if role not in ("system", "developer")
    )
    return Prompt(conversation(turns), system)


def whole(reply: Reply) -> JSON:
    message = {"role": "assistant", "content": reply.text, **tool_calls(reply.content)}
    choice = {"index": 0, "message": message, "finish_reason": STOPS[reply.finish.reason]}
    return {
        **_head(reply.model, reply.id, "chat.completion"),
        "choices": [choice],
        "usage": usage(reply.finish),
    }


def opening(start: Opening) -> list[JSON]:
    return [_chunk(start.model, start.id, {"role": "assistant", "content": ""})]


def event(start: Opening, event: BlockEvent, _: int) -> list[JSON]:
    return [_chunk(start.model, start.id, delta) for delta in deltas(event)]


def deltas(event: BlockEvent) -> list[JSON]:
    """The `delta` of each chunk of what happens to a block."""
    match event:
        case BlockDelta(delta=TextDelta(text)):
            return [{"content": text}]
        case BlockStart(nth=nth, block=ToolUse() as use):
            return [{"tool_calls": [{"index": nth, **_tool_call(use, "")}]}]
        case BlockDelta(nth=nth, delta=ToolInputDelta(json)):
            return [{"tool_calls": [{"index": nth, "function": {"arguments": json}}]}]
        case _:
            return []


def tool_calls(content: tuple[Block, ...]) -> JSON:
    """The member `tool_calls` of a message; none where no tool is used."""
    calls = [
        _tool_call(block, block.input or "{}") for block in content if isinstance(block, ToolUse)
    ]
    return {"tool_calls": calls} if calls else {}


def _tool_call(use: ToolUse, arguments: str) -> JSON:
    return {
        "id": use.id,
        "type": "function",
        "function": {"name": use.name, "arguments": arguments},
    }


def closing(reply: Reply) -> list[JSON]:
    last = _chunk(reply.model, reply.id, {}, STOPS[reply.finish.reason])
    return [last, {**last, "choices": [], "usage": usage(reply.finish)}]


def usage(finish: Finish) -> JSON:
    return {
        "prompt_tokens": finish.input_tokens,
        "completion_tokens": finish.output_tokens,
        "total_tokens": finish.input_tokens + finish.output_tokens,
    }


def _chunk(model: str, answer: str, delta: JSON, reason: str | None = None) -> JSON:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {**_head(model, answer, "chat.completion.chunk"), "choices": [choice]}


def _head(model: str, answer: str, kind: str) -> JSON:
    return {"id": f"chatcmpl-{answer}", "object": kind, "created": int(time.time()), "model": model}


OPENAI = Family(read, whole, opening, event, closing, tool_use=True)
