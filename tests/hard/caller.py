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

    def improper_end(self) -> str | None:
        """What is wrong with how the answer ended; None if it ended as answers end."""
        if self.status == 200:
            return improper_end(self.text)
        proper = b"application/problem+json" in self.text
        return None if proper else f"answered {self.text[:80]!r}"


def parts_of(text: bytes) -> list[Json]:
    """The parts of a stream but for `[DONE]`."""
    return [json.loads(line) for line in _data(text) if line != b"[DONE]"]


def improper_end(text: bytes) -> str | None:
    """What is wrong with how a stream ended: its last part, and no other, has to say how."""
    parts, last = parts_of(text), _data(text)[-1:]
    terminal = [part["type"] for part in parts if part["type"] in ("finish", "error")]
    if last != [b"[DONE]"]:
        return f"the last line is {last!r}"
    if len(terminal) != 1 or parts[-1]["type"] != terminal[0]:
        return f"terminal parts: {terminal}, last: {parts[-1:]!r}"
    return None


def _data(text: bytes) -> list[bytes]:
    lines = text.split(b"\n")
    return [line[6:].rstrip(b"\r") for line in lines if line.startswith(b"data: ")]
