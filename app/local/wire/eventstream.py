"""Events as frames of `application/vnd.amazon.eventstream`.

A frame, all numbers big-endian (https://smithy.io/2.0/aws/amazon-eventstream.html):

    total length     4 bytes
    headers length   4 bytes
    CRC-32 of those  4 bytes
    headers          each: length of name (1), name, 7 for "string", length of value (2), value
    payload
    CRC-32 of all    4 bytes
"""

import logging
import struct
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from string import ascii_letters, digits
from typing import Any

from botocore.model import OperationModel, Shape, StructureShape

from app.local.wire.call import JSON, ServiceError
from app.local.wire.codec import codec

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_log = logging.getLogger(__name__)


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + b"\x07" + _with_length(value)
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _with_length(value: str) -> bytes:
    data = value.encode()
    return struct.pack("!H", len(data)) + data


class EventStream:
    """The frames of one operation's stream."""

    def __init__(self, operation: OperationModel, shape: StructureShape) -> None:
        self._codec = codec(operation)
        self._members: dict[str, Any] = dict(shape.members)
        self._padded = operation.service_model.signing_name == "bedrock"

    def frames(self, events: Iterable[JSON]) -> Iterator[bytes]:
        """A frame for each event as it is produced. An exception becomes the last frame."""
        try:
            for event in events:
                yield self.event(event)
        except Exception as error:  # noqa: BLE001 - every stream ends with a frame
            yield self._last(error)

    async def frames_async(self, events: AsyncIterator[JSON]) -> AsyncGenerator[bytes, None]:
        """As `frames`, for an asynchronous iterator."""
        try:
            async for event in events:
                yield self.event(event)
        except Exception as error:  # noqa: BLE001 - every stream ends with a frame
            yield self._last(error)

    def _last(self, error: Exception) -> bytes:
        if isinstance(error, ServiceError):
            return self.exception(error)
        _log.error("a stream of events failed", exc_info=error)
        return self._failure(f"{type(error).__name__}: {error}")

    def event(self, event: JSON) -> bytes:
        """`{"chunk": {"bytes": b"..."}}`: the name of the member, and its value."""
        [(name, value)] = event.items()
        return self._frame("event", name, value)

    def exception(self, error: ServiceError) -> bytes:
        """The stream's own exception of that shape; `:exception-type` is the member's name."""
        for name, shape in self._members.items():
            if shape.name == error.code:
                members = {"message": error.message} | error.members
                known = {key: value for key, value in members.items() if key in shape.members}
                return self._frame("exception", name, known)
        _log.error("a stream has no exception for %s", error)
        return self._failure(str(error))

    def _failure(self, message: str) -> bytes:
        name = "internalServerException"
        if name in self._members:
            return self._frame("exception", name, {"message": message})
        headers = {":error-code": "InternalError", ":error-message": message[:_LONGEST]}
        return frame({":message-type": "error"} | headers, b"")

    def _frame(self, kind: str, name: str, value: JSON) -> bytes:
        content_type, payload = self._payload(self._members[name], value)
        headers = {f":{kind}-type": name, ":content-type": content_type, ":message-type": kind}
        return frame(headers, payload)

    def _payload(self, shape: StructureShape, value: JSON) -> tuple[str, bytes]:
        for name, member in shape.members.items():
            if member.serialization.get("eventpayload"):
                return self._lone_payload(member, value.get(name, b""))
        payload = self._codec.encode(shape, value, shape.members, shape.name)
        return str(self._codec.CONTENT_TYPE), padded(payload) if self._padded else payload

    def _lone_payload(self, member: Shape, value: Any) -> tuple[str, bytes]:
        if isinstance(member, StructureShape):
            payload = self._codec.encode(member, value, member.members, member.name)
            return str(self._codec.CONTENT_TYPE), payload
        return "application/octet-stream", value


_LONGEST = 2**15 - 1  # what a header's value may hold


def padded(payload: bytes) -> bytes:
    """The payload with a member `p` of some length, by which Bedrock hides how long an event is. No
    model names it, and every client has to ignore it. Here its length depends on the payload.
    """
    padding = _ALPHABET[: 1 + zlib.crc32(payload) % len(_ALPHABET)]
    comma = b"," if payload != b"{}" else b""
    return payload[:-1] + comma + b'"p":"' + padding.encode() + b'"}'


_ALPHABET = ascii_letters + digits
