"""XML bodies: reads and writes them by the shapes of the model.

https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
"""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from botocore.model import ListShape, Shape, StructureShape

from app.local import lazy_re as re
from app.local.wire.call import JSON
from app.local.wire.errors import Malformed
from app.local.wire.scalars import from_text, to_text

CONTENT_TYPE = "application/xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def decode(_shape: StructureShape, data: bytes, members: dict[str, Shape]) -> JSON:
    """The `members` of a structure, from a request's body. Unknown elements are ignored."""
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - expat itself stops entity bombs
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise Malformed(f"The body is not XML: {error}") from error
    return _structure(root, "", members)


def encode(shape: StructureShape, value: JSON, members: dict[str, Shape], root: str) -> bytes:
    if root in members and root in value:  # GetBucketLocation: its member is the root itself
        body = escape(value[root])
    else:
        body = "".join(elements(shape, value, members))
    namespace = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
    return f"{DECLARATION}<{root}{namespace}>{body}</{root}>".encode()


# Reading: elements -> what boto3's caller wrote


def _read(shape: Shape, element: ElementTree.Element, path: str) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(element, path, shape.members)
    if isinstance(shape, ListShape):
        return _list(shape, list(element), path)
    try:
        return from_text(shape, element.text or "")
    except ValueError as error:
        kind = f"a value of type {shape.type_name}"
        raise Malformed(f"{element.text!r} cannot be converted to {kind}", path) from error


def _structure(parent: ElementTree.Element, path: str, members: dict[str, Shape]) -> JSON:
    children: dict[str, list[ElementTree.Element]] = {}
    for child in parent:
        children.setdefault(_tag(child.tag), []).append(child)
    result: JSON = {}
    for name, member in members.items():
        where = f"{path}.{name}" if path else name
        wire_name = _wire_name(name, member)
        if member.serialization.get("xmlAttribute"):
            local_name = wire_name.rpartition(":")[2]
            attributes = {_tag(key): text for key, text in parent.attrib.items()}
            result |= {name: attributes[local_name]} if local_name in attributes else {}
        elif elements := children.get(wire_name):
            if isinstance(member, ListShape) and member.serialization.get("flattened"):
                result[name] = _list(member, elements, where)
            else:
                result[name] = _read(member, elements[0], where)
    return result


def _list(shape: ListShape, elements: list[ElementTree.Element], path: str) -> list[Any]:
    return [
        _read(shape.member, element, f"{path}.{number}.member")
        for number, element in enumerate(elements, 1)
    ]


def _tag(qualified: str) -> str:
    return qualified.rpartition("}")[2]


# Writing: what a handler returned -> text


def elements(shape: Shape, value: JSON, members: dict[str, Shape]) -> Iterator[str]:
    """The elements of a structure's members."""
    for name, item in value.items():
        if name not in members:
            raise TypeError(f"{shape.name} has no member {name!r}, only {', '.join(members)}")
        if item is not None and not members[name].serialization.get("xmlAttribute"):
            yield from _write(members[name], item, _wire_name(name, members[name]))


def _write(shape: Shape, value: Any, name: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield f"<{name}{_attributes(shape, value)}>"
        yield from elements(shape, value, shape.members)
        yield f"</{name}>"
    elif isinstance(shape, ListShape):
        yield from _write_list(shape, value, name)
    else:
        yield f"<{name}>{escape(to_text(shape, value, 'iso8601'))}</{name}>"


def _write_list(shape: ListShape, value: list[Any], name: str) -> Iterator[str]:
    if shape.serialization.get("flattened"):
        for item in value:
            yield from _write(shape.member, item, name)
        return
    yield f"<{name}>"
    for item in value:
        yield from _write(shape.member, item, shape.member.serialization.get("name", "member"))
    yield f"</{name}>"


def _attributes(shape: StructureShape, value: JSON) -> str:
    """An element's attributes, as in `<Grantee xmlns:xsi="..." xsi:type="Group">`."""
    namespace = shape.serialization.get("xmlNamespace", {})
    text = f' xmlns:{namespace["prefix"]}="{namespace["uri"]}"' if "prefix" in namespace else ""
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute") and name in value:
            text += f' {_wire_name(name, member)}="{escape(value[name])}"'
    return text


def _wire_name(name: str, shape: Shape) -> str:
    return str(shape.serialization.get("name", name))


def escape(text: str) -> str:
    """Text for an element or attribute. Control characters become references, as in S3: a parser
    would read a raw CR as a LF.
    """
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", text)


_SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f&<>\"]")
