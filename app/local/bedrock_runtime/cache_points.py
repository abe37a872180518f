"""A request as the pieces that a prompt cache knows: in the order in which a model reads them, each
with its tokens, and whether a cache point follows it.

    Converse, Nova   toolConfig.tools, system, messages[].content; {"cachePoint": {"type", "ttl"}}
                     is a block of its own behind what is to be kept
    Claude           tools, system, messages[].content; "cache_control": {"type": "ephemeral",
                     "ttl"} is a member of the last block that is to be kept
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.local.bedrock_runtime.bodies import InvalidBody
from app.local.engine.writer import Document
from app.local.wire import JSON

TTLS = ("5m", "1h")
_UNREAD = frozenset(  # members that are no text: files, and what says what a block is
    {"bytes", "data", "type", "format", "media_type", "signature", "id", "toolUseId", "tool_use_id"}
)
_DOCUMENTS = ("document", "searchResult")
_CLAUDES_DOCUMENTS = ("document", "search_result")

Count = Callable[[str], int]


@dataclass(frozen=True)
class Piece:
    """A block of a request.

    Attributes:
        content: what it is, to the letter.
        tokens: how many tokens it is.
        where: its place, as Claude names it.
        ttl: how long what ends with it is to be kept; empty where no cache point follows.
    """

    content: str
    tokens: int
    where: str
    ttl: str = ""


def has_points(request: JSON) -> bool:
    """Whether a request, or a body, has any cache point: most have none, and need no counting."""
    return any(
        "cachePoint" in block or "cache_control" in block for _, _, block in _blocks(request)
    )


def pieces(request: JSON, documents: tuple[Document, ...], count: Count) -> Iterator[Piece]:
    """The pieces of a Converse request, or of a body of Claude's or Nova's.

    Args:
        request: the parameters or the body, as they came.
        documents: those of its messages, in order, with their text.
        count: tells how many tokens a text is.

    Raises:
        InvalidBody: a time is neither of those that there are.
    """
    following = iter(documents)
    last: Piece | None = None
    for where, role, block in _blocks(request):
        if "cachePoint" in block:
            if last is not None:
                last = _kept(last, _ttl(block["cachePoint"], f"{where}.cachePoint"))
            continue
        if last is not None:
            yield last
        control = block.get("cache_control")
        ttl = _ttl(control, f"{where}.cache_control.ephemeral") if control else ""
        read = {name: value for name, value in block.items() if name != "cache_control"}
        tokens = count(_text(read, following))
        last = Piece(f"{role}:{_letters(read)}", tokens, where, ttl)
    if last is not None:
        yield last


def _kept(piece: Piece, ttl: str) -> Piece:
    return Piece(piece.content, piece.tokens, piece.where, ttl)


def _ttl(point: Any, where: str) -> str:
    ttl = point.get("ttl", "5m") if isinstance(point, dict) else None
    if ttl not in TTLS:
        raise InvalidBody(f"{where}.ttl: Input should be '5m' or '1h'")
    return str(ttl)


def _blocks(request: JSON) -> Iterator[tuple[str, str, JSON]]:
    """Where each block stands, who says it, and the block."""
    configuration = request.get("toolConfig") or {}
    for place, tool in enumerate(configuration.get("tools") or request.get("tools") or ()):
        yield f"tools.{place}", "tools", tool
    yield from _content(request.get("system"), "system", "system")
    for place, message in enumerate(request.get("messages") or ()):
        where = f"messages.{place}.content"
        yield from _content(message.get("content"), where, str(message.get("role")))


def _content(content: Any, where: str, role: str) -> Iterator[tuple[str, str, JSON]]:
    if isinstance(content, str):
        yield f"{where}.0", role, {"type": "text", "text": content}
    elif isinstance(content, list):
        for place, block in enumerate(content):
            if isinstance(block, dict):
                yield f"{where}.{place}", role, block


def _letters(block: JSON) -> str:
    return json.dumps(block, sort_keys=True, default=lambda value: b64encode(value).decode())


def _text(block: JSON, documents: Iterator[Document]) -> str:
    """The text of a block, as it is counted; of a document what was read in it."""
    known = any(name in block for name in _DOCUMENTS) or block.get("type") in _CLAUDES_DOCUMENTS
    if known and (document := next(documents, None)):
        return "\n".join((document.title, document.about, document.text))
    return "\n".join(_strings(block))


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str(text):
            yield text
        case Mapping():
            for name, item in value.items():
                if name in ("json", "input", "input_schema") and isinstance(item, dict):
                    yield json.dumps(item, default=str)
                elif name not in _UNREAD:
                    yield from _strings(item)
        case list():
            for item in value:
                yield from _strings(item)
