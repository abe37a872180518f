"""Bodies of the query protocol: a form comes in, and XML goes out.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html

    PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess&DurationSeconds=900

Only what STS needs of it is here: no maps, and no flattened lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from app.local.wire.call import JSON
from app.local.wire.errors import Malformed
from app.local.wire.scalars import from_text
from app.local.wire.xml_body import DECLARATION, elements, escape

CONTENT_TYPE = "text/xml"


def decode(shape: StructureShape, query: Mapping[str, list[str]]) -> JSON:
    """A structure, from the members of a form. Members that the model does not have are ignored."""
    root = _Node()
    for name, texts in query.items():
        root.add(name.split("."), texts[0])
    return _structure(shape, root, "")


def encode(operation: OperationModel, value: JSON, request_id: str) -> bytes:
    """An operation's answer."""
    shape: Any = operation.output_shape
    body = ""
    if shape:
        wrapper = shape.serialization["resultWrapper"]
        body = f"<{wrapper}>{''.join(elements(shape, value, shape.members))}</{wrapper}>"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return _document(f"{operation.name}Response", operation.metadata, body + metadata)


def encode_error(metadata: Mapping[str, Any], members: Mapping[str, str], request_id: str) -> bytes:
    """An error. `members` has Type, Code and Message, and what else its shape has."""
    fields = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in members.items())
    body = f"<Error>{fields}</Error><RequestId>{request_id}</RequestId>"
    return _document("ErrorResponse", metadata, body)


def _document(root: str, metadata: Mapping[str, Any], body: str) -> bytes:
    uri = metadata.get("xmlNamespace")
    namespace = f' xmlns="{escape(uri)}"' if uri else ""
    return f"{DECLARATION}<{root}{namespace}>{body}</{root}>".encode(errors="replace")


@dataclass
class _Node:
    """What a form says under one prefix of its names."""

    text: str | None = None
    children: dict[str, "_Node"] = field(default_factory=dict)

    def add(self, steps: list[str], text: str) -> None:
        node = self
        for step in steps:
            node = node.children.setdefault(step, _Node())
        node.text = text


def _structure(shape: StructureShape, node: _Node, path: str) -> JSON:
    result: JSON = {}
    for name, member in shape.members.items():
        child = node.children.get(member.serialization.get("name", name))
        if child is not None:
            result[name] = _read(member, child, f"{path}.{name}" if path else name)
    return result


def _read(shape: Shape, node: _Node, path: str) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, node, path)
    if isinstance(shape, ListShape):
        return _list(shape, node, path)
    text = node.text or ""
    try:
        return from_text(shape, text)
    except ValueError as error:
        kind = f"a value of type {shape.type_name}"
        raise Malformed(f"{text!r} cannot be converted to {kind}", path) from error


def _list(shape: ListShape, node: _Node, path: str) -> list[Any]:
    items = node.children.get(shape.member.serialization.get("name", "member"), _Node()).children
    numbers = [text for text in items if text.isascii() and text.isdigit() and len(text) < 10]
    if len(numbers) < len(items):
        raise Malformed("Items of a list are numbered: 1, 2, and so on", path)
    return [
        _read(shape.member, items[text], f"{path}.{place}.member")
        for place, text in enumerate(sorted(numbers, key=int), 1)
    ]
