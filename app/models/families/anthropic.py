"""Anthropic Claude: the Messages API.

    request   {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1024, "system": "..",
               "messages": [{"role": "user", "content": [{"type": "text", "text": ".."}]}],
               "temperature", "top_p", "top_k", "stop_sequences": [".."],
               "tools": [{"name", "description", "input_schema", "strict"}],
               "tool_choice": {"type": "auto", "any", "none" or "tool", "name"},
               "output_config": {"format": {"type": "json_schema", "schema": {..}}}}
    content   {"type": "text", "text"}, {"type": "thinking", "thinking", "signature"},
              {"type": "redacted_thinking", "data"}, {"type": "tool_use", "id", "name", "input"},
              {"type": "tool_result", "tool_use_id", "content": [..], "is_error"},
              {"type": "image" or "document", "source": {"type": "base64", "media_type", "data"}}
    reply     {"content": [{"type": "text", "text": ".."}], "stop_reason": "end_turn",
               "usage": {"input_tokens": 9, "output_tokens": 4}}
    chunks    message_start (message.usage)
              content_block_start (content_block), content_block_delta (delta of the type
                  text_delta, thinking_delta, signature_delta or input_json_delta),
              content_block_stop, ping
              message_delta (delta.stop_reason, usage.output_tokens)
              message_stop, the last

Whatever type of block or chunk is yet to come carries nothing of the answer.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
"""

import base64
from collections.abc import Mapping
from typing import Any

from app.models.content import (
    KINDS,
    Block,
    BlockEnd,
    Delta,
    Document,
    DocumentFormat,
    Image,
    Reasoning,
    ReasoningDelta,
    ReplyStop,
    Text,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStart,
)
from app.models.families.converse_shape import base64_text
from app.models.families.family import (
    JSON,
    Family,
    Piece,
    count,
    drop_missing,
    string,
    text_deltas,
    tool_use_deltas,
)
from app.models.prompt import Prompt, ToolSpecification

STOPS: dict[str, ReplyStop] = {
    "end_turn": "end",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "stop_sequence": "stop_sequence",
    "refusal": "filtered",
    "tool_use": "tool_use",
}
# Documents that are text go as text; other formats than PDF the API does not take.
_PLAIN: frozenset[DocumentFormat] = frozenset({"txt", "md", "csv", "html"})


def request(prompt: Prompt) -> JSON:
    """The body of a request.

    >>> from app.models.content import user
    >>> request(Prompt((user("Hello"),), max_tokens=10))["messages"]
    [{'role': 'user', 'content': [{'type': 'text', 'text': 'Hello'}]}]
    """
    return {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": prompt.max_tokens,
        "messages": [
            {"role": message.role, "content": [_block(block) for block in message.content]}
            for message in prompt.alternating()
        ],
        **drop_missing(
            system=prompt.system or None,
            temperature=prompt.temperature,
            top_p=prompt.top_p,
            top_k=prompt.top_k,
            stop_sequences=prompt.stop,
            tools=tuple(_tool(tool) for tool in prompt.tools),
            tool_choice=_choice(prompt),
            output_config=_output(prompt.output_schema),
        ),
    }


def _tool(tool: ToolSpecification) -> JSON:
    strict = {"strict": True} if tool.strict else {}
    schema = dict(tool.input_schema)
    return {"name": tool.name, "description": tool.description, "input_schema": schema, **strict}


def _choice(prompt: Prompt) -> JSON | None:
    """Whether a tool may or must be called; None where that is left to the model."""
    if prompt.tool_choice == "auto":
        return None
    if prompt.chosen_tool is not None:
        return {"type": "tool", "name": prompt.chosen_tool}
    return {"type": prompt.tool_choice}


def _output(schema: Mapping[str, Any] | None) -> JSON | None:
    if schema is None:
        return None
    return {"format": {"type": "json_schema", "schema": dict(schema)}}


def _block(content: Block) -> JSON:
    match content:
        case Text(text=words):
            return {"type": "text", "text": words}
        case Reasoning(redacted=bytes(redacted)):
            return {"type": "redacted_thinking", "data": base64_text(redacted)}
        case Reasoning(text=words, signature=signature):
            return {"type": "thinking", "thinking": words, **drop_missing(signature=signature)}
        case ToolUse(id=id_, name=name, input=arguments):
            return {"type": "tool_use", "id": id_, "name": name, "input": dict(arguments)}
        case ToolResult(id=id_, content=blocks, status=status):
            inner = [_block(block) for block in blocks]
            failed = {"is_error": True} if status == "error" else {}
            return {"type": "tool_result", "tool_use_id": id_, "content": inner, **failed}
        case Image(format=format_, data=data):
            return {"type": "image", "source": _base64(f"image/{format_}", data)}
        case Document(name=name, format=format_, data=data) if format_ in _PLAIN:
            words = data.decode("utf-8", "replace")
            source = {"type": "text", "media_type": "text/plain", "data": words}
            return {"type": "document", "source": source, "title": name}
        case Document(name=name, data=data):
            source = _base64("application/pdf", data)
            return {"type": "document", "source": source, "title": name}


def _base64(media_type: str, data: bytes) -> JSON:
    return {"type": "base64", "media_type": media_type, "data": base64_text(data)}


def reply(body: JSON) -> Piece:
    return Piece(
        deltas=tuple(delta for block in body["content"] for delta in _deltas(block)),
        stop=body["stop_reason"],
        input_tokens=_input_tokens(body),
        output_tokens=_output_tokens(body),
        last=True,
    )


def _deltas(block: JSON) -> tuple[Delta, ...]:
    """The deltas of a block that is whole."""
    match block["type"]:
        case "text":
            return (*text_deltas(block["text"]), BlockEnd())
        case "thinking":
            signature = string(block.get("signature")) or None
            return ReasoningDelta(string(block["thinking"]), signature), BlockEnd()
        case "redacted_thinking":
            return _redacted(block), BlockEnd()
        case "tool_use":
            return tool_use_deltas(block["id"], block["name"], block["input"])
        case _:
            return ()


def _redacted(block: JSON) -> Delta:
    return ReasoningDelta(redacted=base64.b64decode(string(block["data"]), validate=True))


def chunk(body: JSON) -> Piece:
    match body["type"]:
        case "message_start":
            return Piece(input_tokens=_input_tokens(body["message"]))
        case "content_block_start":
            return Piece(_start(body["content_block"]))
        case "content_block_delta":
            return Piece(_delta(body["delta"]))
        case "content_block_stop":
            return Piece((BlockEnd(),))
        case "message_delta":
            return Piece(stop=body["delta"].get("stop_reason"), output_tokens=_output_tokens(body))
        case "message_stop":
            return Piece(last=True)
        case "error":
            raise ValueError(f"{body['error']['type']}: {body['error']['message']}")
        case _:
            return Piece()


def _start(block: JSON) -> tuple[Delta, ...]:
    """What the start of a block says: only redacted thinking is whole in it."""
    match block:
        case {"type": "tool_use", "id": id_, "name": name}:
            return (ToolUseStart(string(id_), string(name)),)
        case {"type": "redacted_thinking"}:
            return (_redacted(block),)
        case _:
            return ()


def _delta(delta: JSON) -> tuple[Delta, ...]:
    match delta:
        case {"type": "thinking_delta", "thinking": words}:
            return (ReasoningDelta(string(words)),)
        case {"type": "signature_delta", "signature": signature}:
            return (ReasoningDelta(signature=string(signature)),)
        case {"type": "input_json_delta", "partial_json": piece}:
            return (ToolInputDelta(string(piece)),)
        case _:
            return text_deltas(delta.get("text"))


def _input_tokens(body: JSON) -> int | None:
    """Three counts that exclude each other: read afresh, from a cache, and into a cache."""
    usage = body.get("usage", {})
    counts = [
        count(usage.get(name))
        for name in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    ]
    return None if counts[0] is None else sum(n or 0 for n in counts)


def _output_tokens(body: JSON) -> int | None:
    return count(body.get("usage", {}).get("output_tokens"))


ANTHROPIC = Family(
    "anthropic",
    request,
    reply,
    chunk,
    STOPS,
    blocks=frozenset(KINDS),
    documents=_PLAIN | {"pdf"},
    results=frozenset({Text, Image, Document}),
    choices=frozenset({"any", "tool", "none"}),
    schemas=True,
)
