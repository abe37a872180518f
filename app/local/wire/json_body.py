"""JSON bodies: reads and writes them by the shapes of the model."""

import json
from collections.abc import Callable
from math import isfinite
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from app.local import lazy_re as re
from app.local.wire.call import JSON, UNMODELLED
from app.local.wire.errors import Malformed
from app.local.wire.scalars import (
    read_blob,
    read_float,
    read_timestamp,
    write_blob,
    write_float,
    write_timestamp,
)

CONTENT_TYPE = "application/json"
DEEPEST = 150
"""Levels of nesting that a body may have: the functions here recurse once for each."""

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")  # a lone one is no text


def decode(shape: StructureShape, data: bytes, members: dict[str, Shape]) -> JSON:
    """The `members` of a structure, from a request's body.

    Members that the model does not have are ignored, as AWS ignores them.
    """
    try:
        value = json.loads(data.decode(), parse_constant=_no_constant, parse_float=_finite)
        if _SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode()
    except ValueError as error:
        raise Malformed(f"The body is not JSON: {error}") from error
    if data.count(b"[") + data.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise Malformed(f"The body is nested more than {DEEPEST} levels deep")
    params: JSON = _structure(shape, value, "", members)
    return params


def encode(shape: StructureShape, value: JSON, members: dict[str, Shape], _root: str) -> bytes:
    return json.dumps(to_json(shape, value, members), separators=(",", ":")).encode()


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number that JSON knows")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _depth(value: Any) -> int:
    """The levels of nesting of a JSON value, counted without recursion.

    >>> _depth({"a": [1, {"b": 2}]})
    3
    """
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [
            inner for item in level for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


# Reading: what json.loads returns -> what boto3's caller wrote


def _read(shape: Shape, value: Any, path: str) -> Any:
    return _READERS[shape.type_name](shape, value, path)


def _structure(shape: Any, value: Any, path: str, members: dict[str, Shape] | None = None) -> Any:
    if shape.is_document_type:
        return value
    _expect(value, dict, "a structure", path)
    result = {}
    for name, member in (shape.members if members is None else members).items():
        item = value.get(member.serialization.get("name", name))
        if item is not None:
            result[name] = _read(member, item, f"{path}.{name}" if path else name)
    return result


def _list(shape: Any, value: Any, path: str) -> list[Any]:
    _expect(value, list, "a list", path)
    member = shape.member
    return [
        None if item is None else _read(member, item, f"{path}.{number}.member")
        for number, item in enumerate(value, 1)
    ]


def _map(shape: Any, value: Any, path: str) -> dict[str, Any]:
    _expect(value, dict, "a map", path)
    member = shape.value
    return {
        key: None if item is None else _read(member, item, f"{path}.{key}")
        for key, item in value.items()
    }


def _string(_shape: Shape, value: Any, path: str) -> str:
    return str(_expect(value, str, "a String", path))


def _boolean(_shape: Shape, value: Any, path: str) -> bool:
    return bool(_expect(value, bool, "a Boolean", path))


def _integer(_shape: Shape, value: Any, path: str) -> int:
    whole = isinstance(value, float) and value.is_integer()
    number = int(value) if whole else value
    return int(_expect(number, int, "an Integer", path))


def _converted(convert: Callable[[Any], Any], accepted: Any, kind: str) -> "_Reader":
    def read(_shape: Shape, value: Any, path: str) -> Any:
        try:
            return convert(_expect(value, accepted, kind, path))
        except (ValueError, OverflowError) as error:
            raise Malformed(f"{_token(value)} cannot be converted to {kind}", path) from error

    return read


def _expect(value: Any, accepted: Any, kind: str, path: str) -> Any:
    # bool is an int in Python, and not in JSON
    if not isinstance(value, accepted) or (isinstance(value, bool) and accepted is not bool):
        raise Malformed(f"{_token(value)} cannot be converted to {kind}", path)
    return value


def _token(value: Any) -> str:
    """The name that AWS's JSON parser has for the value's token."""
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    kinds = {str: "STRING_VALUE", dict: "START_OBJECT", list: "START_ARRAY", type(None): "NULL"}
    return kinds.get(type(value), "NUMBER_VALUE")


_Reader = Callable[[Any, Any, str], Any]
_READERS: dict[str, _Reader] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "long": _integer,
    "float": _converted(read_float, (int, float, str), "a Float"),
    "double": _converted(read_float, (int, float, str), "a Double"),
    "timestamp": _converted(read_timestamp, (int, float, str), "a Timestamp"),
    "blob": _converted(read_blob, str, "a Blob"),
}


# Writing: what a handler returned -> what json.dumps takes


def _write(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if isinstance(shape, StructureShape):
        return value if shape.is_document_type else to_json(shape, value, shape.members)
    if isinstance(shape, ListShape):
        return [None if item is None else _write(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _write(shape.value, item) for key, item in value.items()}
    if kind == "timestamp":
        return write_timestamp(value, shape.serialization.get("timestampFormat", "unixTimestamp"))
    if kind == "blob":
        return write_blob(value)
    return write_float(value) if kind in ("float", "double") else value


def to_json(shape: StructureShape, value: JSON, members: dict[str, Shape]) -> JSON:
    """A structure as json.dumps takes it.

    Raises:
        TypeError: the value has a member that the shape does not have.
    """
    result: JSON = {}
    for name, item in value.items():
        if name == UNMODELLED:
            result |= item
            continue
        if name not in members:
            raise TypeError(f"{shape.name} has no member {name!r}, only {', '.join(members)}")
        if item is not None:
            member = members[name]
            result[member.serialization.get("name", name)] = _write(member, item)
    return result
