"""Blocks of content in a stored turn: JSON in Converse's shape, bytes in base64.

{"text": ".."}, {"toolUse": {"toolUseId": "..", "name": "..", "input": {..}}}, ..
"""

import base64
from collections.abc import Iterable
from typing import Any

from app.models import Block, Document, Image, Reasoning, Text, ToolResult, ToolUse
from app.models.families.converse_shape import base64_text, block

JSON = dict[str, Any]


def dump_blocks(blocks: Iterable[Block]) -> list[JSON]:
    """The blocks as JSON."""
    return [block(each, base64_text) for each in blocks]


def load_blocks(content: str | list[JSON]) -> tuple[Block, ...]:
    """The blocks of a stored turn. Kinds from a newer version are left out.

    Args:
        content: JSON of blocks; the text of a turn that was stored before there were blocks.

    >>> tomorrow = load_blocks([{"text": "Quartz."}, {"kindOfTomorrow": {}}])
    >>> tomorrow == load_blocks("Quartz."), len(tomorrow)
    (True, 1)
    """
    if isinstance(content, str):
        return (Text(content),)
    return tuple(blocks for each in content if (blocks := _load(each)) is not None)


def _load(content: JSON) -> Block | None:
    match content:
        case {"text": str(text)}:
            return Text(text)
        case {"reasoningContent": {"redactedContent": redacted}}:
            return Reasoning(redacted=base64.b64decode(redacted, validate=True))
        case {"reasoningContent": {"reasoningText": written}}:
            return Reasoning(written["text"], written.get("signature"))
        case {"toolUse": {"toolUseId": id_, "name": name, "input": arguments}}:
            return ToolUse(id_, name, arguments)
        case {"toolResult": {"toolUseId": id_, "content": list(inner), "status": status}}:
            parts = (_load(each) for each in inner)
            members = tuple(part for part in parts if isinstance(part, Text | Image | Document))
            return ToolResult(id_, members, status)
        case {"image": {"format": format_, "source": {"bytes": data}}}:
            return Image(format_, base64.b64decode(data, validate=True))
        case {"document": {"name": name, "format": format_, "source": {"bytes": data}}}:
            return Document(name, format_, base64.b64decode(data, validate=True))
        case dict():
            return None
    raise TypeError(f"{content!r} is no block")
