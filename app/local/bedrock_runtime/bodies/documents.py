"""Documents and search results in the bodies of the families that have a place for them.

    Converse, Nova   {"document": {"format": "pdf", "name": "..", "source": {"bytes": ..},
                     "context", "citations": {"enabled": true}}}; or "s3Location", "text", "content"
                     {"searchResult": {"source", "title", "content": [{"text"}], "citations"}}
    Claude           {"type": "document", "source": {"type": "base64", "media_type":
                     "application/pdf", "data"}, "title", "context", "citations"}; or a source of
                     type "text" or "content"
                     {"type": "search_result", "source", "title", "content": [{"type": "text", ..}]}

A file is read here no further than its bytes: `attachments` parses it.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.engine.writer.content import Document, File
from app.local.engine.writer.prompt import Turn

_MOST_DOCUMENTS = 5
_MOST_BYTES = 4_718_592  # 4.5 MB
_NAME = re.compile(r"(?!.*  )[\w()\[\] -]{1,200}", re.ASCII)  # Bedrock takes underscores, too
_FORMATS = ("pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md")


def converse_document(block: JSON, where: str) -> Document | None:
    """The document or search result of a block of Converse or Nova; None where it is another.

    Raises:
        InvalidBody: it is one that breaks a rule.
    """
    if "searchResult" in block:
        return _converse_result(block["searchResult"], f"{where}.searchResult")
    if "document" not in block:
        return None
    document = block["document"]
    name = document.get("name", "") if isinstance(document, dict) else None
    if not isinstance(name, str):
        raise InvalidBody(f"{where}.document: it has to be an object with a name.")
    if not _NAME.fullmatch(name):
        raise InvalidBody(
            "The document file name can only contain alphanumeric characters, whitespace "
            "characters, hyphens, parentheses, and square brackets. The name can't contain more "
            "than one consecutive whitespace character. Check that the file name conforms to these "
            "restrictions and retry your request."
        )
    parts: dict[str, Any] = {
        "title": name,
        "about": document.get("context", ""),
        "cited": _enabled(document),
    }
    match document.get("source"):
        case {"text": str(text)}:
            return Document("", text, **parts)
        case {"content": list(blocks)}:
            texts = [one["text"] for one in blocks if isinstance(one, dict) and "text" in one]
            return _in_blocks(texts, **parts)
        case {"bytes": data}:
            file = File(_format(document, where), _bytes(data, f"{where}.document.source.bytes"))
        case {"s3Location": {"uri": str(uri)}}:
            file = File(_format(document, where), b"", uri)
        case _:
            raise InvalidBody(f"{where}.document.source: send its bytes, text, content or place.")
    return Document("", "", file=file, **parts)


def _converse_result(result: Any, where: str) -> Document:
    match result:
        case {"source": str(), "title": str(), "content": [*blocks]} if all(
            isinstance(one, dict) and isinstance(one.get("text"), str) for one in blocks
        ):
            return _search_result(result, [one["text"] for one in blocks])
        case _:
            raise InvalidBody(f"{where}: it has to have source, title, and content of texts.")


def claude_document(block: JSON, where: str) -> Document | None:
    """The document or search result of a block of Claude's; None where it is another.

    Raises:
        InvalidBody: it is one that breaks a rule.
    """
    kind = block.get("type")
    if kind == "search_result":
        content = block.get("content")
        if not isinstance(content, list) or not content:
            raise InvalidBody(f"{where}.search_result.content: Field required")
        for member in ("source", "title"):
            if not isinstance(block.get(member), str):
                raise InvalidBody(f"{where}.search_result.{member}: Field required")
        return _search_result(block, _texts(content, f"{where}.search_result.content"))
    if kind != "document":
        return None
    at = f"{where}.document.source"
    parts: dict[str, Any] = {
        "title": block.get("title") or "",
        "about": block.get("context") or "",
        "cited": _enabled(block),
    }
    match block.get("source"):
        case {"type": "text", "data": str(text)}:
            return Document("", text, **parts)
        case {"type": "content", "content": str(text)}:
            return _in_blocks([text], **parts)
        case {"type": "content", "content": list(blocks)}:
            return _in_blocks(_texts(blocks, f"{at}.content"), **parts)
        case {"type": "base64", "media_type": "application/pdf", "data": data}:
            return Document("", "", file=File("pdf", _bytes(data, f"{at}.base64.data")), **parts)
        case {"type": "base64", "media_type": kind}:
            raise InvalidBody(f"{at}.base64.media_type: Input should be 'application/pdf'")
        case {"type": "url" | "file" as kind}:
            raise InvalidBody(f"{at}: the stand-in fetches no documents by {kind}; send the data.")
        case _:
            raise InvalidBody(f"{at}: Field required")


def check_citations(turns: Iterable[Turn], prefix: str = "") -> None:
    """Check that all documents of a request want to be cited, or none, as Claude has it.

    Raises:
        InvalidBody: naming the rule; the message begins with `prefix`.
    """
    cited = {one.cited for turn in turns for one in _documents(turn)}
    if len(cited) > 1:
        raise InvalidBody(f"{prefix}citations: enable them on all documents, or on none.")


def _documents(turn: Turn) -> Iterator[Document]:
    """Those of a turn, and before them those of the results of tools."""
    for result in turn.tool_results:
        yield from result.documents
    yield from turn.documents


def check_files(turns: Sequence[Turn]) -> None:
    """Check what Converse says of the documents of a request.

    Raises:
        InvalidBody: in the words of Converse.
    """
    documents = [one for turn in turns for one in _documents(turn) if one.kind != "search_result"]
    if any(_files(turn) and not turn.text.strip() for turn in turns):
        raise InvalidBody(
            "A text block must be included when using documents. Add a text block and retry your "
            "request."
        )
    names = [one.title for one in documents]
    if len(set(names)) < len(names):
        raise InvalidBody(
            "Messages can't contain duplicate document names. Rename the document and retry your "
            "request."
        )
    if len(documents) > _MOST_DOCUMENTS:
        raise InvalidBody(f"You can't include more than {_MOST_DOCUMENTS} documents in a request.")


def _files(turn: Turn) -> bool:
    return any(one.kind != "search_result" for one in turn.documents)


def _format(document: JSON, where: str) -> str:
    form = document.get("format")
    if form not in _FORMATS:
        raise InvalidBody(f"{where}.document.format: send one of {', '.join(_FORMATS)}.")
    return str(form)


def _bytes(data: Any, where: str) -> bytes:
    try:
        content = data if isinstance(data, bytes) else b64decode(data, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise InvalidBody(f"{where}: Invalid base64 data") from None
    if not content:
        raise InvalidBody(f"{where}: the document is empty.")
    return content


def check_size(content: bytes, where: str) -> None:
    """Check that a file is not too large.

    Raises:
        InvalidBody: naming the rule.
    """
    if len(content) > _MOST_BYTES:
        raise InvalidBody(
            f"{where}: the file has {len(content):,} bytes, which exceeds the maximum document "
            "size of 4.5 MB."
        )


def _texts(blocks: Sequence[Any], where: str) -> list[str]:
    texts = []
    for place, block in enumerate(blocks):
        match block:
            case {"type": "text", "text": str(text)}:
                texts.append(text)
            case {"type": kind}:
                raise InvalidBody(f"{where}.{place}: the stand-in reads no {kind} in a document.")
            case _:
                raise InvalidBody(f"{where}.{place}.type: Field required")
    return texts


def _in_blocks(blocks: Sequence[str], **parts: Any) -> Document:
    return Document("", "\n\n".join(blocks), kind="block", parts=tuple(blocks), **parts)


def _search_result(result: JSON, texts: Sequence[str]) -> Document:
    return Document(
        "",
        "\n\n".join(texts),
        result["title"],
        "search_result",
        tuple(texts),
        result["source"],
        cited=_enabled(result),
    )


def _enabled(block: JSON) -> bool:
    citations = block.get("citations")
    return isinstance(citations, dict) and bool(citations.get("enabled"))
