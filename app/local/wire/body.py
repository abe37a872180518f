"""The body of a request: in memory, or in a file where the model calls it streaming.

A file is filled from an iterator of chunks, and what stands between the network and the file is
another such iterator: `aws_chunked` here, `form.file_part` for a browser's form.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from botocore.model import OperationModel

from app.local.wire.call import JSON, Body, ServiceError
from app.local.wire.form import Form
from app.local.wire.models import streaming_payload
from app.local.wire.request import Request

Run = Callable[..., Awaitable[Any]]

IN_MEMORY = 32 * 2**20  # over InvokeModel's 25 MB, so that the model's own rule answers first
IN_FILE = 5 * 2**30  # what S3 takes in one PutObject
BLOCK = 2**20


class Disconnected(Exception):
    """The client went away before its request was complete."""


class TooLarge(Exception):
    """A body is over the limit. It has been read to its end: a client reads no answer earlier."""


@dataclass(frozen=True)
class Received:
    """A request's body, and what its arrival added to the head.

    Attributes:
        headers: those of the request, with trailers, and without the encoding that was taken off.
        body: as it was before `aws-chunked`; for a form, its file.
        params: the parameters that a form's fields are.
    """

    headers: Mapping[str, str]
    body: bytes | Body
    params: JSON


async def receive_body(
    operation: OperationModel,
    request: Request,
    source: AsyncIterator[bytes],
    folder: Path,
    run: Run,
) -> Received:
    """The body, once it is all here.

    Raises:
        TooLarge: the body is over the limit.
        ServiceError: a form, or aws-chunked, is broken.
    """
    if operation.name == "PostObject":
        form = Form(request.headers.get("content-type", ""))
        file = await in_file(form.file_part(source), folder, run)
        return Received(request.headers, file, {"fields": form.fields, "filename": form.filename})
    headers = dict(request.headers)
    chunked = headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
    if chunked:
        source = aws_chunked(source, headers)
    to_file = streaming_payload(operation) is not None
    body = await (in_file(source, folder, run) if to_file else in_memory(source))
    if chunked:
        _take_off_chunks(headers, body.size if isinstance(body, Body) else len(body))
    return Received(headers, body, {})


def _take_off_chunks(headers: dict[str, str], size: int) -> None:
    promised = headers.get("x-amz-decoded-content-length", str(size))
    if promised != str(size):
        message = f"The aws-chunked body has {size} bytes; {promised} were promised"
        raise ServiceError("IncompleteBody", message)
    codings = headers.pop("content-encoding", "").split(",")
    if left := [coding.strip() for coding in codings if coding.strip() not in ("aws-chunked", "")]:
        headers["content-encoding"] = ", ".join(left)
    headers["content-length"] = str(size)


async def chunks(receive: Callable[[], Awaitable[Any]]) -> AsyncIterator[bytes]:
    """What ASGI receives, until the body ends."""
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
        raise TooLarge(f"The body has {size} bytes; the limit is {limit}")
    return bytes(data)


async def in_file(
    source: AsyncIterator[bytes], folder: Path, run: Run, limit: int = IN_FILE
) -> Body:
    """`run` calls a function in a thread, for the disk may be slow."""
    size = 0
    waiting = bytearray()
    with NamedTemporaryFile(dir=folder, prefix=SPOOLED, delete=False) as file:
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
                raise TooLarge(f"The body has {size} bytes; the limit is {limit}")
        except BaseException:
            path.unlink()
            raise
    return Body(path, size)


SPOOLED = "body-"


async def aws_chunked(
    source: AsyncIterator[bytes], trailers: MutableMapping[str, str]
) -> AsyncIterator[bytes]:
    """Decode `Content-Encoding: aws-chunked`; what follows the last chunk goes to `trailers`.

        400;chunk-signature=ad80c7...
        <1024 bytes>
        0;chunk-signature=b6c6ea...
        x-amz-checksum-crc32c:sOO8/Q==

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
    """
    lines = _Lines(source)
    try:
        while size := int((await lines.next()).partition(b";")[0], 16):
            async for piece in lines.exactly(size):
                yield piece
            await lines.next()
    except ValueError as error:
        raise ServiceError("IncompleteBody", f"The aws-chunked body is broken: {error}") from error
    while line := await lines.next():
        name, _, value = line.decode("latin-1").partition(":")
        trailers[name.strip().lower()] = value.strip()


class _Lines:
    """Lines, and runs of bytes between them, out of chunks that are cut anywhere."""

    def __init__(self, source: AsyncIterator[bytes]) -> None:
        self._source = source
        self._buffer = bytearray()

    async def next(self) -> bytes:
        """The next line without its end; empty at the end of everything."""
        while (end := self._buffer.find(b"\r\n")) < 0:
            if not await self._fill():
                end = len(self._buffer)
                break
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    async def exactly(self, size: int) -> AsyncIterator[bytes]:
        while size:
            if not self._buffer and not await self._fill():
                raise ValueError(f"{size} bytes of a chunk are missing")
            piece = bytes(self._buffer[:size])
            del self._buffer[:size]
            size -= len(piece)
            yield piece

    async def _fill(self) -> bool:
        piece = await anext(self._source, b"")
        self._buffer += piece
        return bool(piece)
