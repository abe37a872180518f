"""A handler's result as a response: status, headers, and a body, whole or in pieces."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from app.local.wire.call import JSON, ServiceError
from app.local.wire.eventstream import CONTENT_TYPE as EVENT_STREAM
from app.local.wire.eventstream import EventStream
from app.local.wire.models import protocol
from app.local.wire.parse import CODECS, unplaced
from app.local.wire.scalars import to_text


@dataclass
class Response:
    """What goes back to the client.

    Attributes:
        body: whole; or in pieces, each sent as it is produced.
        close: to be called when nothing more of the body is wanted.
        last_words: an error as the last piece, where the body can hold one: a stream of events.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterator[bytes] = b""
    close: Callable[[], None] = lambda: None
    last_words: Callable[[ServiceError], bytes] | None = None


def serialise(operation: OperationModel, result: JSON) -> Response:
    """A result in boto3's shape as a response.

    Raises:
        TypeError: the result is not of the operation's output shape.
    """
    response = Response(operation.http.get("responseCode", 200), dict(result.get("$headers", {})))
    values = {name: value for name, value in result.items() if name != "$headers"}
    shape = operation.output_shape
    if shape is None:
        return response
    for name in values.keys() & shape.members.keys():
        place(response, shape.members[name], name, values[name])
    inside = {name: value for name, value in values.items() if name not in _placed(shape)}
    _fill(response, operation, shape, inside)
    return response


def _placed(shape: StructureShape) -> set[str]:
    return shape.members.keys() - unplaced(shape).keys()


def place(response: Response, member: Shape, name: str, value: Any) -> None:
    """A member that is a header, several, or the status. Any other waits for the body."""
    location = member.serialization.get("location")
    wire_name = str(member.serialization.get("name", name))
    if value is None or location is None:
        return
    if location == "statusCode":
        response.status = value
    elif location == "headers":
        response.headers |= {wire_name + key: text for key, text in value.items()}
    elif isinstance(member, ListShape):
        response.headers[wire_name] = ",".join(
            to_text(member.member, one, "rfc822") for one in value
        )
    else:
        response.headers[wire_name] = to_text(member, value, "rfc822")


def _fill(
    response: Response, operation: OperationModel, shape: StructureShape, value: JSON
) -> None:
    codec = CODECS[protocol(operation)]
    payload = shape.serialization.get("payload")
    if payload is None:
        if members := unplaced(shape):
            _set_type(response, _content_type(operation))
            response.body = codec.encode(shape, value, members, _root(operation))
        elif value:
            raise TypeError(f"{shape.name} has no member {', '.join(value)}")
        return
    if unknown := value.keys() - {payload}:
        raise TypeError(f"{shape.name} has no member {', '.join(unknown)}")
    if value.get(payload) is not None:
        _fill_payload(response, operation, shape.members[payload], value[payload])


def _fill_payload(response: Response, operation: OperationModel, member: Any, value: Any) -> None:
    if member.serialization.get("eventstream"):
        stream = EventStream(operation, member)
        _set_type(response, EVENT_STREAM)
        response.body, response.close = stream.frames(value), _closer(value)
        response.last_words = stream.exception
    elif isinstance(member, StructureShape):
        _set_type(response, _content_type(operation))
        codec = CODECS[protocol(operation)]
        root = str(member.serialization.get("name", member.name))
        response.body = codec.encode(member, value, member.members, root)
    elif isinstance(value, bytes | str):
        response.body = value if isinstance(value, bytes) else value.encode()
    else:
        response.body, response.close = iter(value), _closer(value)


def _closer(source: Iterable[Any]) -> Callable[[], None]:
    close: Callable[[], None] = getattr(source, "close", lambda: None)
    return close


def _set_type(response: Response, content_type: str) -> None:
    if not any(name.lower() == "content-type" for name in response.headers):
        response.headers["Content-Type"] = content_type


def _content_type(operation: OperationModel) -> str:
    if protocol(operation) == "json":
        return f"application/x-amz-json-{operation.metadata['jsonVersion']}"
    return str(CODECS[protocol(operation)].CONTENT_TYPE)


def _root(operation: OperationModel) -> str:
    """What S3 calls the outermost element; its model does not say, and some clients look."""
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
