"""`Content-Encoding: aws-chunked`: a body in chunks that may be signed, with trailing headers.

    400;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648
    <1024 bytes>
    0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9
    x-amz-checksum-crc32c:sOO8/Q==

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from collections.abc import AsyncIterator

from app.local import lazy_re as re
from app.local.wire.call import ServiceError

LONGEST_LINE = 2**16


async def decode_aws_chunked(
    source: AsyncIterator[bytes], headers: dict[str, str]
) -> AsyncIterator[bytes]:
    """The decoded body. When it ends, `headers` has the trailing headers, and the length and the
    encoding of the decoded body.

    Raises:
        ServiceError: the body is malformed, or not as long as its headers say.
    """
    lines = _Lines(source)
    total = 0
    while size := _size(await lines.next()):
        total += size
        async for piece in lines.exactly(size):
            yield piece
        await lines.next()
    while line := await lines.next():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    _update_headers(headers, total)


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0]
    if not re.fullmatch(rb"[0-9a-fA-F]{1,16}", digits):
        raise _incomplete(f"{digits[:20]!r} is not the size of a chunk")
    return int(digits, 16)


def _update_headers(headers: dict[str, str], total: int) -> None:
    length = headers.get("x-amz-decoded-content-length", total)
    if str(length) != str(total):
        raise _incomplete(f"it has {total} bytes, and its headers say {length}")
    headers["content-length"] = str(total)
    encodings = [name.strip() for name in headers.pop("content-encoding", "").split(",")]
    if others := [name for name in encodings if name not in ("", "aws-chunked")]:
        headers["content-encoding"] = ", ".join(others)


def _incomplete(reason: str) -> ServiceError:
    return ServiceError("IncompleteBody", f"The aws-chunked body is broken: {reason}.")


class _Lines:
    """Reads lines, and byte runs between them, from chunks that may end anywhere."""

    def __init__(self, source: AsyncIterator[bytes]) -> None:
        self._source = source
        self._buffer = bytearray()

    async def next(self) -> bytes:
        """The next line without its line break; empty at the end of the body."""
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > LONGEST_LINE:
                raise _incomplete(f"a line is over {LONGEST_LINE} bytes long")
            if not await self._fill():
                end = len(self._buffer)
                break
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    async def exactly(self, size: int) -> AsyncIterator[bytes]:
        while size:
            if not self._buffer and not await self._fill():
                raise _incomplete(f"{size} bytes of a chunk are missing")
            piece = bytes(self._buffer[:size])
            del self._buffer[:size]
            size -= len(piece)
            yield piece

    async def _fill(self) -> bool:
        piece = await anext(self._source, b"")
        self._buffer += piece
        return bool(piece)
