"""OpenAI-shaped models, gpt-oss and most open-weight models of others: chat completions.

    request   {"messages": [{"role": "system", "content": ".."}, {"role": "user", ..}],
               "max_completion_tokens": 1024, "temperature", "top_p", "stop": [".."]}
    reply     {"choices": [{"message": {"role": "assistant", "content": ".."},
               "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 4}}
    chunks    {"choices": [{"delta": {"content": ".."}, "finish_reason": null}]} ..,
              {"choices": [{"delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": ..}
    tool use  a member "tool_calls" of the message, or of a delta: [{"index", "id", "type":
              "function", "function": {"name", "arguments": "{..}"}}]. Which tools there are, and
              what they answered, is in `openai_tools`
    reasoning in the content, before the text, within <reasoning> tags

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.local.bedrock_runtime.bodies.conversation import conversation, text_of
from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Family,
    InvalidBody,
    Opening,
    Reply,
    Request,
)
from app.local.bedrock_runtime.bodies.images import chat_image
from app.local.bedrock_runtime.bodies.openai_tools import (
    Choice,
    FunctionTool,
    ResponseFormat,
    ToolCall,
    check_tool_turns,
    read_calls,
    read_choice,
    read_output_schema,
    read_tools,
)
from app.local.bedrock_runtime.bodies.parts import parts_of
from app.local.bedrock_runtime.bodies.schema import (
    Body,
    Content,
    Count,
    Stops,
    Unit,
    check,
    lacking,
)
from app.local.engine.writer.content import Block, Reasoning, ToolResult, ToolUse
from app.local.engine.writer.deltas import (
    BlockDelta,
    BlockEvent,
    BlockStart,
    BlockStop,
    ReasoningDelta,
    TextDelta,
    ToolInputDelta,
)
from app.local.engine.writer.prompt import Prompt, Turn
from app.local.engine.writer.writing import Finish


@dataclass(frozen=True)
class Shape:
    """What differs between the families that answer in this one's shape.

    Attributes:
        call_id: the form of a call's id.
        reasons: whether reasoning stands before the text, within tags.
    """

    call_id: str = "chatcmpl-tool-{}"
    reasons: bool = False


SHAPE = Shape(reasons=True)
_SYSTEM = ("system", "developer")
STOPS = {"end": "stop", "length": "length", "stop": "stop", "tool_use": "tool_calls"}


class Message(Body):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Content | None = None
    name: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None
    refusal: None = None
    reasoning: str | None = None
    reasoning_content: str | None = None


def _list(stop: Any) -> Any:
    return [stop] if isinstance(stop, str) else stop


Effort = Literal["none", "minimal", "low", "medium", "high"]


class ChatCompletion(Body):
    messages: Annotated[list[Message], Field(min_length=1)]
    model: str | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Unit | None = None
    stop: Annotated[Stops, BeforeValidator(_list)] | None = None
    n: Annotated[int, Field(ge=1), lacking("writes one answer", 1)] = 1
    logprobs: Annotated[bool | None, lacking("tells no likelihoods", False)] = None
    top_logprobs: Annotated[int | None, lacking("tells no likelihoods", 0)] = None
    logit_bias: Annotated[JSON | None, lacking("favours no tokens", {})] = None
    seed: int | None = None
    stream: bool | None = None
    stream_options: JSON | None = None
    user: str | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    reasoning_effort: Effort | None = None
    response_format: ResponseFormat | None = None
    tools: list[FunctionTool] | None = None
    tool_choice: Choice | None = None
    parallel_tool_calls: bool | None = None


def read(body: JSON) -> Request:
    request = check(ChatCompletion, body)
    return Request.of(
        prompt(
            request.messages,
            request.tools,
            request.tool_choice,
            request.response_format,
            parallel=request.parallel_tool_calls,
        ),
        max_tokens=request.max_completion_tokens or request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        stop=request.stop or (),
        effort=request.reasoning_effort,
    )


def prompt(
    messages: Sequence[Message],
    tools: Sequence[FunctionTool] | None = None,
    choice: Choice | None = None,
    form: ResponseFormat | None = None,
    *,
    parallel: bool | None = None,
) -> Prompt:
    """The prompt that a request of this shape is, by its members."""
    places = [(f"messages.{n}", message) for n, message in enumerate(messages)]
    system = [text_of(one.content or [], at) for at, one in places if one.role in _SYSTEM]
    turns = conversation(_turn(one, at) for at, one in places if one.role not in _SYSTEM)
    check_tool_turns(turns)
    functions = read_tools(tools)
    return Prompt(
        turns,
        "\n\n".join(system),
        tools=functions,
        tool_choice=read_choice(choice, functions, parallel=parallel),
        output_schema=read_output_schema(form),
    )


def _turn(message: Message, where: str) -> Turn:
    content = message.content or []
    images = parts_of(content, where, chat_image)
    text = text_of(content, where, ("image_url",))
    if message.role == "tool":
        if message.tool_call_id is None:
            raise InvalidBody(f"{where}.tool_call_id: Field required")
        return Turn("user", "", tool_results=(ToolResult(message.tool_call_id, text),))
    if message.role == "user":
        return Turn("user", text, images=images)
    return Turn("assistant", text, read_calls(message.tool_calls, where))


def whole(reply: Reply, shape: Shape = SHAPE) -> JSON:
    choice = {
        "index": 0,
        "message": message(reply, shape),
        "finish_reason": STOPS[reply.finish.reason],
    }
    return {
        **_head(reply.model, reply.id, "chat.completion"),
        "choices": [choice],
        "usage": usage(reply.finish),
    }


def message(reply: Reply, shape: Shape) -> JSON:
    """The message of a reply. Beside calls of tools it may have no content."""
    calls = tool_calls(reply.content, shape)
    thoughts = "".join(block.text for block in reply.content if isinstance(block, Reasoning))
    lead = f"<reasoning>{thoughts}</reasoning>" if thoughts and shape.reasons else ""
    content = f"{lead}{reply.text}"
    return {"role": "assistant", "content": content or (None if calls else ""), **calls}


def opening(start: Opening) -> list[JSON]:
    return [_chunk(start.model, start.id, {"role": "assistant", "content": ""})]


def event(start: Opening, event: BlockEvent, _: int, shape: Shape = SHAPE) -> list[JSON]:
    return [_chunk(start.model, start.id, delta) for delta in deltas(event, shape)]


def deltas(event: BlockEvent, shape: Shape) -> list[JSON]:
    """The `delta` of each chunk of what happens to a block."""
    match event:
        case BlockDelta(delta=TextDelta(text)):
            return [{"content": text}]
        case BlockStart(nth=nth, block=ToolUse() as use):
            return [{"tool_calls": [{"index": nth, **_tool_call(use, "", shape)}]}]
        case BlockDelta(nth=nth, delta=ToolInputDelta(json)):
            return [{"tool_calls": [{"index": nth, "function": {"arguments": json}}]}]
        case BlockStart(block=Reasoning()) if shape.reasons:
            return [{"content": "<reasoning>"}]
        case BlockDelta(delta=ReasoningDelta(text)) if text and shape.reasons:
            return [{"content": text}]
        case BlockStop(block=Reasoning()) if shape.reasons:
            return [{"content": "</reasoning>"}]
        case _:
            return []


def tool_calls(content: tuple[Block, ...], shape: Shape) -> JSON:
    """The member `tool_calls` of a message; none where no tool is used."""
    calls = [
        _tool_call(block, block.input or "{}", shape)
        for block in content
        if isinstance(block, ToolUse)
    ]
    return {"tool_calls": calls} if calls else {}


def _tool_call(use: ToolUse, arguments: str, shape: Shape) -> JSON:
    return {
        "id": shape.call_id.format(use.id.removeprefix("tooluse_")) if _is_ours(use.id) else use.id,
        "type": "function",
        "function": {"name": use.name, "arguments": arguments},
    }


def _is_ours(use: str) -> bool:
    """Whether the id of a tool use is of Bedrock's form, which the writer gives it."""
    return use.startswith("tooluse_")


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


class Additional(Body):
    reasoning_effort: Effort | None = None
    response_format: ResponseFormat | None = None
    parallel_tool_calls: bool | None = None
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None


def extend(fields: JSON, request: Request) -> Request:
    """A Converse request, with members of this body that Converse has none for."""
    more = check(Additional, fields)
    prompt, sampling = request.prompt, request.sampling
    if (schema := read_output_schema(more.response_format)) is not None:
        prompt = replace(prompt, output_schema=schema)
    if more.parallel_tool_calls is False:
        prompt = replace(prompt, tool_choice=replace(prompt.tool_choice, parallel=False))
    effort = more.reasoning_effort or sampling.effort
    return replace(request, prompt=prompt, sampling=replace(sampling, effort=effort))


OPENAI = Family(
    read,
    whole,
    opening,
    event,
    closing,
    more=frozenset(Additional.model_fields),
    inert=frozenset({"user"}),
    lacks=frozenset({"n", "logprobs", "top_logprobs", "logit_bias"}),
    extend=extend,
)
