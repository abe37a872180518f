"""A caller of POST /chat/stream on a connection of its own, which reads and leaves as it likes."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]


class Caller:
    """One question. `text` is what has come so far, with HTTP's own framing in it."""

    def __init__(self, url: str, question: Json, seconds: float = 120) -> None:
        self._address = urlsplit(url)
        self._question = question
        self._seconds = seconds
        self.text = b""

    async def ask(self) -> None:
        """Send the question."""
        address = self._address
        self._reader, self._writer = await asyncio.open_connection(
            address.hostname, address.port, limit=2**16
        )
        body = json.dumps(self._question).encode()
        head = (
            f"POST /chat/stream HTTP/1.1\r\nhost: {address.netloc}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        await self._writer.drain()

    async def until(self, what: bytes) -> bool:
        """Read until this has come; whether it has, or else the stream is over."""
        async with asyncio.timeout(self._seconds):
            while what not in self.text:
                piece = await self._reader.read(65_536)
                if not piece:
                    return False
                self.text += piece
        return True

    async def to_the_end(self) -> None:
        """Read whatever comes until the connection is closed."""
        async with asyncio.timeout(self._seconds):
            while piece := await self._reader.read(65_536):
                self.text += piece

    def leave(self) -> None:
        """Hang up."""
        self._writer.close()

    @property
    def status(self) -> int:
        return int(self.text.split(b" ", 2)[1]) if self.text.startswith(b"HTTP/") else 0

    @property
    def parts(self) -> list[Json]:
        """The parts of the stream but for `[DONE]`."""
        return [json.loads(line) for line in self._data() if line != b"[DONE]"]

    def improper_end(self) -> str | None:
        """What is wrong with how the stream ended; None if it ended as a stream ends."""
        if self.status != 200:
            proper = b"application/problem+json" in self.text
            return None if proper else f"answered {self.text[:80]!r}"
        data = self._data()
        terminal = [part["type"] for part in self.parts if part["type"] in ("finish", "error")]
        if data[-1:] != [b"[DONE]"]:
            return f"the last line is {data[-1:]!r}"
        if len(terminal) != 1 or self.parts[-1]["type"] != terminal[0]:
            return f"terminal parts: {terminal}, last: {self.parts[-1]['type']}"
        return None

    def _data(self) -> list[bytes]:
        lines = self.text.split(b"\n")
        return [line[6:].rstrip(b"\r") for line in lines if line.startswith(b"data: ")]
