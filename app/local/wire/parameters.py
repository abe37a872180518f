"""A request's parameters, read from path, query, headers and body, as boto3's caller wrote them."""

import csv
from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from app.local.wire import query_body
from app.local.wire.call import JSON, BodyFile
from app.local.wire.codec import body_members, codec
from app.local.wire.errors import Malformed
from app.local.wire.request import RequestHead
from app.local.wire.scalars import from_text


def parse(
    operation: OperationModel,
    request: RequestHead,
    labels: Mapping[str, str],
    body: bytes | BodyFile,
) -> JSON:
    """All parameters of the model except a streaming payload.

    Raises:
        Malformed: a value cannot be read as the model's type.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    params: JSON = {}
    for name, member in shape.members.items():
        if read := _PLACES.get(member.serialization.get("location", "")):
            value = _read(read, name, member, request, labels)
            params |= {} if value is None else {name: value}
    try:
        if operation.metadata["protocol"] == "query":
            return query_body.decode(shape, request.query)
        return params | _body(operation, shape, body)
    except RecursionError as error:
        raise Malformed("The body is nested too deeply") from error


def _read(
    read: "_Place", name: str, member: Shape, request: RequestHead, labels: Mapping[str, str]
) -> Any:
    try:
        return read(member, str(member.serialization.get("name", name)), request, labels)
    except ValueError as error:
        kind = f"a value of type {member.type_name}"
        raise Malformed(f"{error} cannot be converted to {kind}", name) from error


def _uri(member: Shape, name: str, _request: RequestHead, labels: Mapping[str, str]) -> Any:
    return from_text(member, labels[name])


def _query(member: Shape, name: str, request: RequestHead, _labels: Mapping[str, str]) -> Any:
    values = request.query.get(name)
    if values is None:
        return None
    if isinstance(member, ListShape):
        return [from_text(member.member, value) for value in values]
    return from_text(member, values[0])


def _header(member: Shape, name: str, request: RequestHead, _labels: Mapping[str, str]) -> Any:
    text = request.headers.get(name.lower())
    if text is None:
        return None
    if isinstance(member, ListShape):
        # "a,b" in quotes is one item: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1
        items = next(csv.reader([text], escapechar="\\", doublequote=False, skipinitialspace=True))
        return [from_text(member.member, item) for item in items]
    return from_text(member, text)


def _headers(_member: Shape, prefix: str, request: RequestHead, _labels: Mapping[str, str]) -> Any:
    prefix = prefix.lower()
    values = {
        name[len(prefix) :]: text
        for name, text in request.headers.items()
        if name.startswith(prefix)
    }
    return values or None


_Place = Callable[[Any, str, RequestHead, Mapping[str, str]], Any]
_PLACES: dict[str, _Place] = {
    "uri": _uri,
    "querystring": _query,
    "header": _header,
    "headers": _headers,
}


def _body(operation: OperationModel, shape: StructureShape, body: bytes | BodyFile) -> JSON:
    if isinstance(body, BodyFile):
        return {}
    decode = codec(operation).decode
    payload = shape.serialization.get("payload")
    if payload is None:
        members = body_members(shape)
        return decode(shape, body, members) if members and body else {}
    if not body and payload not in shape.required_members:
        return {}
    member: Any = shape.members[payload]
    if member.type_name == "blob":
        return {payload: body}
    if member.type_name == "string":
        return {payload: _text(body)}
    return {payload: decode(member, body, member.members)}


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8: {error}") from error
