"""A handler's result as a response: status, headers, and a body, whole or in pieces."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from app.local.wire import query_body
from app.local.wire.call import JSON, ServiceError
from app.local.wire.codec import body_members, codec, content_type
from app.local.wire.eventstream import CONTENT_TYPE as EVENT_STREAM
from app.local.wire.eventstream import EventStream
from app.local.wire.scalars import to_text


@dataclass
class Response:
    """A response, before it is sent.

    Attributes:
        headers: names in lower case.
        body: in one piece, or an iterator of pieces, each sent as it is produced.
        close: is called when no more pieces are needed.
        aclose: the same for an asynchronous iterator.
        error_frame: encodes an error as the last piece of an event stream; None for other bodies.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterator[bytes] | AsyncIterator[bytes] = b""
    close: Callable[[], None] = lambda: None
    aclose: Callable[[], Awaitable[None]] | None = None
    error_frame: Callable[[ServiceError], bytes] | None = None

    def add_headers(self, headers: Mapping[str, str]) -> None:
        self.headers |= {name.lower(): value for name, value in headers.items()}


def serialise(operation: OperationModel, result: JSON, request_id: str) -> Response:
    """A result in boto3's shape as a response.

    Raises:
        TypeError: the result is not of the operation's output shape.
    """
    response = Response(operation.http.get("responseCode", 200))
    shape = operation.output_shape
    members = dict(shape.members) if shape else {}
    body: JSON = {}
    for name, value in result.items():
        if name == "$headers":
            response.add_headers(value)
        elif name == "$status":
            response.status = value
        elif name not in members:
            raise TypeError(f"{operation.name} returns no {name!r}, only {', '.join(members)}")
        elif "location" in members[name].serialization:
            place(response, members[name], name, value)
        else:
            body[name] = value
    if operation.metadata["protocol"] == "query":
        response.headers.setdefault("content-type", query_body.CONTENT_TYPE)
        response.body = query_body.encode(operation, body, request_id)
    elif shape:
        _fill(response, operation, shape, body)
    return response


def place(response: Response, member: Shape, name: str, value: Any) -> None:
    """Put a member into the response that is a header, several headers, or the status."""
    location = member.serialization["location"]
    wire_name = str(member.serialization.get("name", name))
    if value is None:
        return
    if location == "statusCode":
        response.status = value
    elif location == "headers":
        response.add_headers({wire_name + key: text for key, text in value.items()})
    elif isinstance(member, ListShape):
        texts = (to_text(member.member, item, "rfc822") for item in value)
        response.add_headers({wire_name: ",".join(texts)})
    else:
        response.add_headers({wire_name: to_text(member, value, "rfc822")})


def _fill(response: Response, operation: OperationModel, shape: StructureShape, body: JSON) -> None:
    if payload := shape.serialization.get("payload"):
        if body.get(payload) is not None:
            _fill_payload(response, operation, shape.members[payload], body[payload])
    elif members := body_members(shape):
        response.headers.setdefault("content-type", content_type(operation))
        response.body = codec(operation).encode(shape, body, members, _root(operation))


def _fill_payload(response: Response, operation: OperationModel, member: Any, value: Any) -> None:
    if member.serialization.get("eventstream"):
        stream = EventStream(operation, member)
        response.headers.setdefault("content-type", EVENT_STREAM)
        if isinstance(value, AsyncIterator):
            response.body = stream.frames_async(value)
            response.aclose = getattr(value, "aclose", None)
        else:
            response.body, response.close = stream.frames(value), _closer(value)
        response.error_frame = stream.exception
    elif isinstance(member, StructureShape):
        root = str(member.serialization.get("name", member.name))
        response.headers.setdefault("content-type", content_type(operation))
        response.body = codec(operation).encode(member, value, member.members, root)
    elif isinstance(value, bytes | str):
        response.body = value if isinstance(value, bytes) else value.encode()
    else:
        response.body, response.close = iter(value), _closer(value)


def _closer(source: Iterable[Any]) -> Callable[[], None]:
    close: Callable[[], None] = getattr(source, "close", lambda: None)
    return close


def _root(operation: OperationModel) -> str:
    """The name of S3's outermost element, which the model leaves out and some clients check."""
    return _ROOTS.get(operation.name, operation.name + "Result")


_ROOTS = {
    "CreateMultipartUpload": "InitiateMultipartUploadResult",
    "DeleteObjects": "DeleteResult",
    "GetBucketLocation": "LocationConstraint",
    "GetObjectAttributes": "GetObjectAttributesResponse",
    "ListBuckets": "ListAllMyBucketsResult",
    "ListObjectVersions": "ListVersionsResult",
    "ListObjects": "ListBucketResult",
    "ListObjectsV2": "ListBucketResult",
}
