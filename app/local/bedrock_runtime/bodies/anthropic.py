"""Anthropic Claude: the Messages API.

    request   {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1024, "system": "..",
               "messages": [{"role": "user", "content": ".." or [{"type": "text", "text": ".."}]}],
               "temperature", "top_p", "top_k", "stop_sequences": [".."]}; tools and structured
               output are in `anthropic_tools`
    reply     {"id", "type": "message", "role": "assistant", "model", "content": [{"type": "text",
               "text": ".."}], "stop_reason", "stop_sequence", "usage"}
    blocks    {"type": "text", "text"}, {"type": "thinking", "thinking", "signature"},
              {"type": "tool_use", "id", "name", "input": {..}}
    chunks    message_start, content_block_start, content_block_delta .., content_block_stop,
              message_delta (stop_reason, usage), message_stop

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
"""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies.anthropic_tools import (
    APART,
    check_tool_turns,
    read_choice,
    read_output_schema,
    read_tool_blocks,
    read_tools,
)
from app.local.bedrock_runtime.bodies.citations import claude_citation
from app.local.bedrock_runtime.bodies.conversation import conversation, text_of
from app.local.bedrock_runtime.bodies.documents import (
    check_citations,
    claude_document,
)
from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Cached,
    Family,
    InvalidBody,
    Opening,
    Reply,
    Request,
)
from app.local.bedrock_runtime.bodies.images import claude_image
from app.local.bedrock_runtime.bodies.parts import parts_of
from app.local.bedrock_runtime.bodies.schema import (
    Body,
    Content,
    Count,
    Stops,
    TopK,
    Unit,
    check,
)
from app.local.bedrock_runtime.bodies.thinking import claude_thinking
from app.local.engine.writer.content import Block, Reasoning, Text, ToolUse
from app.local.engine.writer.deltas import (
    BlockDelta,
    BlockEvent,
    BlockStart,
    BlockStop,
    PartDelta,
    QuoteDelta,
    ReasoningDelta,
    TextDelta,
    ToolInputDelta,
)
from app.local.engine.writer.prompt import Prompt, Turn
from app.local.engine.writer.writing import Finish

_STOPS = {
    "end": "end_turn",
    "length": "max_tokens",
    "stop": "stop_sequence",
    "tool_use": "tool_use",
}


class Message(Body):
    role: Literal["user", "assistant"]
    content: Content


class Messages(Body):
    anthropic_version: str
    max_tokens: Count
    messages: Annotated[list[Message], Field(min_length=1)]
    system: Content | None = None
    temperature: Unit | None = None
    top_p: Unit | None = None
    top_k: TopK | None = None
    stop_sequences: Stops | None = None
    anthropic_beta: list[str] | None = None
    metadata: JSON | None = None
    thinking: JSON | None = None
    tools: list[JSON] | None = None
    tool_choice: JSON | None = None
    output_config: JSON | None = None
    output_format: JSON | None = None


def read(body: JSON) -> Request:
    request = check(Messages, body)
    thinking = claude_thinking(request.thinking)
    tools = read_tools(request.tools)
    choice = read_choice(request.tool_choice, tools, thinks=thinking is not None)
    turns = [_turn(message, f"messages.{i}") for i, message in enumerate(request.messages)]
    check_citations(turns)
    check_tool_turns(turns, [message.content for message in request.messages], tools)
    return Request.of(
        Prompt(
            conversation(turns),
            text_of(request.system or [], "system"),
            tools=tools,
            tool_choice=choice,
            output_schema=read_output_schema(request.output_config, request.output_format),
        ),
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        top_k=request.top_k,
        stop=request.stop_sequences or (),
        effort=(request.output_config or {}).get("effort"),
        thinking=thinking,
    )


def _turn(message: Message, where: str) -> Turn:
    """A message. What tools it uses, and what they answered, stands apart from its text."""
    _check_filled(message.content, where)
    uses, results = read_tool_blocks(message.role, message.content, where)
    return Turn(
        message.role,
        text_of(message.content, where, APART),
        uses,
        results,
        parts_of(message.content, where, claude_image),
        parts_of(message.content, where, claude_document),
    )


def _check_filled(blocks: list[JSON], where: str) -> None:
    """Check that a message says something.

    Raises:
        InvalidBody: in Claude's words.
    """
    if not blocks:
        raise InvalidBody(
            f"{where}: all messages must have non-empty content except for the optional final "
            "assistant message"
        )
    texts = [block["text"] for block in blocks if isinstance(block.get("text"), str)]
    if not all(texts):
        raise InvalidBody("messages: text content blocks must be non-empty")
    if not all(map(str.strip, texts)):
        raise InvalidBody("messages: text content blocks must contain non-whitespace text")


def whole(reply: Reply) -> JSON:
    return {
        "model": _name(reply.model),
        "id": f"msg_bdrk_{reply.id}",
        "type": "message",
        "role": "assistant",
        "content": [_block(block) for block in reply.content],
        **_stopped(reply.finish),
        "usage": _usage(reply.finish.input_tokens, reply.finish.output_tokens, reply.cached),
    }


def opening(start: Opening) -> list[JSON]:
    message: JSON = {
        "model": _name(start.model),
        "id": f"msg_bdrk_{start.id}",
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _usage(start.input_tokens, 1, start.cached),
    }
    return [{"type": "message_start", "message": message}]


def event(_: Opening, event: BlockEvent, __: int) -> list[JSON]:
    match event:
        case BlockStart(index=index, block=block):
            start = _block(block)
            return [{"type": "content_block_start", "index": index, "content_block": start}]
        case BlockDelta(index=index, delta=delta):
            return [
                {"type": "content_block_delta", "index": index, "delta": one}
                for one in _deltas(delta)
            ]
        case BlockStop(index):
            return [{"type": "content_block_stop", "index": index}]


def _block(block: Block) -> JSON:
    match block:
        case Text(text, quotes):
            citations = [claude_citation(one) for one in quotes]
            return {"type": "text", "text": text, **({"citations": citations} if quotes else {})}
        case Reasoning(text, signature):
            return {"type": "thinking", "thinking": text, "signature": signature}
        case ToolUse(id, name):
            return {
                "type": "tool_use",
                "id": _id(id),
                "name": name,
                "input": block.parameters_so_far(),
            }


def _deltas(delta: PartDelta) -> list[JSON]:
    match delta:
        case QuoteDelta(quote):
            return [{"type": "citations_delta", "citation": claude_citation(quote)}]
        case TextDelta(text):
            return [{"type": "text_delta", "text": text}]
        case ReasoningDelta(text, signature):
            thinking = {"type": "thinking_delta", "thinking": text}
            signed = {"type": "signature_delta", "signature": signature}
            return [thinking] * bool(text) + [signed] * bool(signature)
        case ToolInputDelta(json):
            return [{"type": "input_json_delta", "partial_json": json}]


def closing(reply: Reply) -> list[JSON]:
    return [
        {
            "type": "message_delta",
            "delta": _stopped(reply.finish),
            "usage": {"output_tokens": reply.finish.output_tokens},
        },
        {"type": "message_stop"},
    ]


def _stopped(finish: Finish) -> JSON:
    return {"stop_reason": _STOPS[finish.reason], "stop_sequence": finish.stop_sequence}


def _usage(read: int, written: int, cached: Cached | None) -> JSON:
    cached = cached or Cached()
    return {
        "input_tokens": cached.beside(read),
        "cache_creation_input_tokens": cached.written,
        "cache_read_input_tokens": cached.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": cached.written_5m,
            "ephemeral_1h_input_tokens": cached.written_1h,
        },
        "output_tokens": written,
    }


def _id(use: str) -> str:
    """The id of a tool use as Claude writes it.

    >>> _id("tooluse_4Yy8l1uyhSoZiIbAZM9abc")
    'toolu_bdrk_014Yy8l1uyhSoZiIbAZM9abc'
    """
    return f"toolu_bdrk_01{use.removeprefix('tooluse_')}" if use.startswith("tooluse_") else use


def _name(model: str) -> str:
    """The model as Anthropic calls it.

    >>> _name("anthropic.claude-3-haiku-20240307-v1:0")
    'claude-3-haiku-20240307'
    """
    return re.sub(r"-v\d+(:\d+)?$", "", model.removeprefix("anthropic."))


def extend(fields: JSON, request: Request) -> Request:
    """A Converse request, with members of this body that Converse has none for."""
    prompt, sampling = request.prompt, request.sampling
    config = fields.get("output_config") or {}
    schema = read_output_schema(config, fields.get("output_format"))
    if schema is not None:
        prompt = replace(prompt, output_schema=schema)
    if "tool_choice" in fields:
        choice = read_choice(fields["tool_choice"], prompt.tools, thinks=False)
        prompt = replace(prompt, tool_choice=choice)
    thinking = claude_thinking(fields.get("thinking"))
    if thinking and prompt.tool_choice.kind in ("any", "tool"):
        raise InvalidBody("Thinking may not be enabled when tool_choice forces tool use.")
    effort = config.get("effort", sampling.effort)
    sampling = replace(sampling, effort=effort, thinking=thinking)
    return replace(request, prompt=prompt, sampling=sampling)


ANTHROPIC = Family(
    read,
    whole,
    opening,
    event,
    closing,
    top_k=("top_k",),
    betas="anthropic_beta",
    more=frozenset({"output_config", "output_format", "thinking", "tool_choice"}),
    inert=frozenset({"metadata"}),
    lacks=frozenset({"tools", "container", "mcp_servers"}),
    extend=extend,
)
