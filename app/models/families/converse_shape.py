"""Messages, replies and events in Converse's shape, which Nova's own bodies share.

    content   {"text": ".."}
              {"guardContent": {"text": {"text": "..", "qualifiers": ["query"]}}}
              {"reasoningContent": {"reasoningText": {"text": "..", "signature": ".."}}}
              {"reasoningContent": {"redactedContent": bytes}}
              {"toolUse": {"toolUseId": "..", "name": "..", "input": {..}}}
              {"toolResult": {"toolUseId": "..", "content": [..], "status": "success"}}
              {"image": {"format": "png", "source": {"bytes": bytes}}}
              {"document": {"format": "pdf", "name": "..", "source": {"bytes": bytes}}}
    reply     {"output": {"message": {"role": "assistant", "content": [..]}},
               "stopReason": "end_turn", "usage": {"inputTokens": 9, "outputTokens": 4}}
    events    {"messageStart": {"role": "assistant"}}
              {"contentBlockStart": {"start": {"toolUse": {"toolUseId": "..", "name": ".."}}}}
              {"contentBlockDelta": {"delta": {"text": ".."}, "contentBlockIndex": 0}}, where delta
                  is also {"reasoningContent": {"text": ".."}}, or its signature or
                  redactedContent, or {"toolUse": {"input": a piece of JSON}}
              {"contentBlockStop": {"contentBlockIndex": 0}}
              {"messageStop": {"stopReason": "end_turn"}}
              {"metadata": {"usage": {"inputTokens": 9, "outputTokens": 4}}}

Bytes are bytes in boto3, and base64 in a body of JSON. A block of text has no contentBlockStart.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from app.models.content import (
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
from app.models.families.family import (
    JSON,
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
    "content_filtered": "filtered",
    "tool_use": "tool_use",
}
DOCUMENTS: frozenset[DocumentFormat] = frozenset(
    {"pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"}
)

Encode = Callable[[bytes], Any]


def base64_text(data: bytes) -> str:
    """Bytes as a body of JSON has them."""
    return base64.b64encode(data).decode()


def messages(prompt: Prompt, encode: Encode) -> list[JSON]:
    """The conversation; `encode` says how its bytes are written."""
    return [
        {"role": message.role, "content": [block(each, encode) for each in message.content]}
        for message in prompt.alternating()
    ]


def block(content: Block, encode: Encode) -> JSON:
    """One block of content.

    >>> block(ToolUse("t-1", "clock", {}), base64_text)
    {'toolUse': {'toolUseId': 't-1', 'name': 'clock', 'input': {}}}
    """
    match content:
        case Text(text=words, qualifier=None):
            return {"text": words}
        case Text(text=words, qualifier=qualifier):
            return {"guardContent": {"text": {"text": words, "qualifiers": [qualifier]}}}
        case Reasoning(redacted=bytes(redacted)):
            return {"reasoningContent": {"redactedContent": encode(redacted)}}
        case Reasoning(text=words, signature=signature):
            signed = {"signature": signature} if signature else {}
            return {"reasoningContent": {"reasoningText": {"text": words, **signed}}}
        case ToolUse(id=id_, name=name, input=arguments):
            return {"toolUse": {"toolUseId": id_, "name": name, "input": dict(arguments)}}
        case ToolResult(id=id_, content=blocks, status=status):
            inner = [block(each, encode) for each in blocks]
            return {"toolResult": {"toolUseId": id_, "content": inner, "status": status}}
        case Image(format=format_, data=data):
            return {"image": {"format": format_, "source": {"bytes": encode(data)}}}
        case Document(name=name, format=format_, data=data):
            source = {"bytes": encode(data)}
            return {"document": {"format": format_, "name": name, "source": source}}


def tool_configuration(prompt: Prompt) -> JSON | None:
    """`toolConfig`; None where no tools are offered.

    >>> from app.models.content import user
    >>> tools = (ToolSpecification("clock", "Tells the time", {"type": "object"}),)
    >>> tool_configuration(Prompt((user("When?"),), tools=tools, tool_choice="any"))["toolChoice"]
    {'any': {}}
    """
    if not prompt.tools:
        return None
    choice: JSON | None = None
    if prompt.chosen_tool is not None:
        choice = {"tool": {"name": prompt.chosen_tool}}
    elif prompt.tool_choice == "any":
        choice = {"any": {}}
    return {"tools": [_tool(tool) for tool in prompt.tools], **drop_missing(toolChoice=choice)}


def _tool(tool: ToolSpecification) -> JSON:
    specification = {
        "name": tool.name,
        "description": tool.description,
        "inputSchema": {"json": dict(tool.input_schema)},
        **({"strict": True} if tool.strict else {}),
    }
    return {"toolSpec": specification}


def output_configuration(schema: Mapping[str, Any] | None) -> JSON | None:
    """`outputConfig`, in which Converse has the schema as a text; None where there is none."""
    if schema is None:
        return None
    definition = {"schema": json.dumps(schema), "name": "answer"}
    form = {"type": "json_schema", "structure": {"jsonSchema": definition}}
    return {"textFormat": form}


def reply(body: JSON) -> Piece:
    """The reply, whole."""
    blocks = body["output"]["message"]["content"]
    return Piece(
        deltas=tuple(delta for each in blocks for delta in _deltas(each)),
        stop=body["stopReason"],
        input_tokens=count(body.get("usage", {}).get("inputTokens")),
        output_tokens=count(body.get("usage", {}).get("outputTokens")),
        last=True,
        trace=body.get("trace"),
    )


def event(body: JSON) -> Piece:
    """One event of a stream. It depends on the caller which of them is the last."""
    match body:
        case {"contentBlockDelta": {"delta": {"text": text}}}:  # the most by far
            return Piece(text_deltas(text))
        case {"contentBlockStart": {"start": {"toolUse": tool}}}:
            return Piece((ToolUseStart(string(tool["toolUseId"]), string(tool["name"])),))
        case {"contentBlockDelta": {"delta": {"toolUse": tool}}}:
            return Piece((ToolInputDelta(string(tool["input"])),))
        case {"contentBlockDelta": {"delta": {"reasoningContent": part}}}:
            return Piece(_reasoning(part.get("reasoningText", part) | part))
        case {"contentBlockDelta": {"delta": delta}}:
            return Piece(text_deltas(delta.get("text")))
        case {"contentBlockStop": _}:
            return Piece((BlockEnd(),))
        case {"messageStop": {"stopReason": stop}}:
            return Piece(stop=stop)
        case {"metadata": {"usage": usage} as metadata}:
            return Piece(
                input_tokens=count(usage["inputTokens"]),
                output_tokens=count(usage["outputTokens"]),
                trace=metadata.get("trace"),
            )
        case _:
            return Piece()


def _deltas(content: JSON) -> tuple[Delta, ...]:
    """The deltas of a block that is whole. A kind that is yet to come says nothing."""
    match content:
        case {"toolUse": tool}:
            return tool_use_deltas(tool["toolUseId"], tool["name"], tool["input"])
        case {"reasoningContent": part}:
            return (*_reasoning(part.get("reasoningText", part)), BlockEnd())
        case _:
            return (*text_deltas(content.get("text")), BlockEnd())


def _reasoning(part: JSON) -> tuple[Delta, ...]:
    redacted = part.get("redactedContent")
    if isinstance(redacted, str):
        redacted = base64.b64decode(redacted, validate=True)
    delta = ReasoningDelta(
        string(part.get("text")), string(part.get("signature")) or None, redacted
    )
    return (delta,) if delta != ReasoningDelta() else ()
