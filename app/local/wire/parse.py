"""A request's parameters, out of path, query, headers and body, as boto3's caller wrote them."""

import csv
from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from app.local.wire import as_json, as_xml
from app.local.wire.call import JSON, Body
from app.local.wire.errors import Malformed
from app.local.wire.models import protocol
from app.local.wire.request import Request
from app.local.wire.scalars import from_text

CODECS = {"rest-json": as_json, "json": as_json, "rest-xml": as_xml}


def parse(
    operation: OperationModel, request: Request, labels: Mapping[str, str], body: bytes | Body
) -> JSON:
    """All parameters but a streaming payload, and nothing that the model does not know.

    Raises:
        Malformed: something cannot be read as what the model says that it is.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    params: JSON = {}
    for name, member in shape.members.items():
        place = member.serialization
        if read := _PLACES.get(place.get("location", "")):
            value = _read(read, name, member, request, labels)
            if value is not None:
                params[name] = value
    try:
        return params | _body(operation, shape, body)
    except RecursionError as error:
        raise Malformed("The body is nested too deeply") from error


def unplaced(shape: StructureShape) -> dict[str, Shape]:
    """The members that travel in the body, when no single one of them is the body."""
    return {
        name: member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }


def _read(
    read: "_Place", name: str, member: Shape, request: Request, labels: Mapping[str, str]
) -> Any:
    try:
        return read(member, str(member.serialization.get("name", name)), request, labels)
    except ValueError as error:
        wanted = f"a value of type {member.type_name}"
        raise Malformed(f"{error} cannot be converted to {wanted}", name) from error


def _uri(member: Shape, name: str, _request: Request, labels: Mapping[str, str]) -> Any:
    return from_text(member, labels[name])


def _query(member: Shape, name: str, request: Request, _labels: Mapping[str, str]) -> Any:
    values = request.query.get(name)
    if values is None:
        return None
    if isinstance(member, ListShape):
        return [from_text(member.member, value) for value in values]
    return from_text(member, values[0])


def _header(member: Shape, name: str, request: Request, _labels: Mapping[str, str]) -> Any:
    text = request.headers.get(name.lower())
    if text is None:
        return None
    if isinstance(member, ListShape):
        # "a,b" in quotes is one item: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1
        items = next(csv.reader([text], escapechar="\\", doublequote=False, skipinitialspace=True))
        return [from_text(member.member, item) for item in items]
    return from_text(member, text)


def _headers(_member: Shape, prefix: str, request: Request, _labels: Mapping[str, str]) -> Any:
    prefix = prefix.lower()
    found = {
        name[len(prefix) :]: text
        for name, text in request.headers.items()
        if name.startswith(prefix)
    }
    return found or None


_Place = Callable[[Any, str, Request, Mapping[str, str]], Any]
_PLACES: dict[str, _Place] = {
    "uri": _uri,
    "querystring": _query,
    "header": _header,
    "headers": _headers,
}


def _body(operation: OperationModel, shape: StructureShape, body: bytes | Body) -> JSON:
    if isinstance(body, Body):
        return {}
    codec = CODECS[protocol(operation)]
    payload = shape.serialization.get("payload")
    if payload is None:
        members = unplaced(shape)
        return codec.decode(shape, body, members) if members and body else {}
    if not body and payload not in shape.required_members:
        return {}
    member: Any = shape.members[payload]
    if member.type_name == "blob":
        return {payload: body}
    if member.type_name == "string":
        return {payload: body.decode()}
    return {payload: codec.decode(member, body, member.members)}
