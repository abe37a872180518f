"""The body of a request: in memory, or in a file if the model calls it streaming.

A file is filled from an iterator of chunks. `decode_aws_chunked` and, for a browser's form,
`Form.file_part` are iterators between the network and the file.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from botocore.model import OperationModel

from app.local.wire.aws_chunked import decode_aws_chunked
from app.local.wire.call import JSON, BodyFile
from app.local.wire.form import Form
from app.local.wire.models import streaming_payload
from app.local.wire.request import RequestHead

Run = Callable[..., Awaitable[Any]]

SPOOL_PREFIX = "body-"
IN_MEMORY = 32 * 2**20  # over InvokeModel's 25 MB, so that the model's own rule answers first
IN_FILE = 5 * 2**30  # what S3 takes in one PutObject
BLOCK = 2**20


class Disconnected(Exception):
    """The client disconnected before it was answered."""


class BodyTooLarge(Exception):
    """A body is over the limit. It has been read to its end, since a client answers to nothing
    earlier.
    """


@dataclass(frozen=True)
class Received:
    """A request's body, and what was read with it.

    Attributes:
        headers: those of the request, with its trailers, and without an encoding that was decoded.
        body: decoded from `aws-chunked`; of a form, its file.
        params: the parameters that a form gives.
    """

    headers: Mapping[str, str]
    body: bytes | BodyFile
    params: JSON


async def receive_body(
    operation: OperationModel,
    request: RequestHead,
    source: AsyncIterator[bytes],
    folder: Path,
    run: Run,
) -> Received:
    """Read the whole body.

    Raises:
        BodyTooLarge: the body is over the limit.
        ServiceError: a form, or aws-chunked, is broken.
    """
    if operation.name == "PostObject":
        form = Form(request.headers.get("content-type", ""))
        file = await in_file(form.file_part(source), folder, run)
        return Received(request.headers, file, {"fields": form.fields, "filename": form.filename})
    headers = dict(request.headers)
    if headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
        source = decode_aws_chunked(source, headers)
    to_file = streaming_payload(operation) is not None
    body = await (in_file(source, folder, run) if to_file else in_memory(source))
    return Received(headers, body, {})


async def chunks(receive: Callable[[], Awaitable[Any]]) -> AsyncIterator[bytes]:
    """The pieces that ASGI receives, until the body ends."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        more = message.get("more_body", False)
        if piece := message.get("body", b""):
            yield piece


async def in_memory(source: AsyncIterator[bytes], limit: int = IN_MEMORY) -> bytes:
    data = bytearray()
    size = 0
    async for piece in source:
        size += len(piece)
        if size <= limit:
            data += piece
    if size > limit:
        raise BodyTooLarge(f"The body has {size} bytes; the limit is {limit}")
    return bytes(data)


async def in_file(
    source: AsyncIterator[bytes], folder: Path, run: Run, limit: int = IN_FILE
) -> BodyFile:
    """Write the pieces to a new file in the folder. `run` calls a function in a thread."""
    size = 0
    waiting = bytearray()
    with NamedTemporaryFile(dir=folder, prefix=SPOOL_PREFIX, delete=False) as file:
        path = Path(file.name)
        try:
            async for piece in source:
                size += len(piece)
                waiting += piece if size <= limit else b""
                if len(waiting) >= BLOCK:
                    await run(file.write, bytes(waiting))
                    waiting.clear()
            await run(file.write, bytes(waiting))
            if size > limit:
                raise BodyTooLarge(f"The body has {size} bytes; the limit is {limit}")
        except BaseException:
            path.unlink()
            raise
    return BodyFile(path, size)
