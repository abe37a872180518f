"""A server that is a queue of raw HTTP answers, and an encoder of event streams.

It knows nothing of Bedrock: a test enqueues the bytes that are to go out, then lets botocore call.
"""

import base64
import contextlib
import json
import socket
import struct
import threading
import zlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Self

import pytest

from app.aws import Clients, clients


class Act(Enum):
    """What a server can do but send bytes."""

    RESET = auto()  # tear the connection down with RST
    CLOSE = auto()  # end it with FIN
    WAIT = auto()  # send nothing more until the client is gone, or the server is


Step = bytes | Act


@dataclass(frozen=True)
class Request:
    line: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes


class Loopback:
    """Answers the n-th request with the n-th thing enqueued.

    Attributes:
        requests: what came in, in order.
        connections: how many were made.
        left: set once a client has gone away from an answer that waits.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.left = threading.Event()
        self._answers: deque[tuple[Step, ...]] = deque()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # shutdown wakes accept() and recv() in the other threads; close alone does not
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def forget(self) -> None:
        """What came in, and what was to go out."""
        self.requests.clear()
        self.left = threading.Event()  # connections of before still have theirs
        self._answers.clear()

    @property
    def connections(self) -> int:
        return len(self._open)

    def enqueue(self, *steps: Step) -> None:
        self._answers.append(steps)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as incoming:
            while line := incoming.readline().decode("latin-1").strip():
                headers: dict[str, str] = {}
                while header := incoming.readline().decode("latin-1").strip():
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                body = incoming.read(int(headers.get("content-length", 0)))
                self.requests.append(Request(line, headers, body))
                left = self.left
                for step in self._answers.popleft() if self._answers else (Act.CLOSE,):
                    if not _take(step, connection, left):
                        return


def _take(step: Step, connection: socket.socket, left: threading.Event) -> bool:
    """Do it; False where the connection is over."""
    match step:
        case bytes():
            connection.sendall(step)
            return True
        case Act.WAIT:
            with contextlib.suppress(OSError):
                while connection.recv(65536):
                    pass
            left.set()
        case Act.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        case Act.CLOSE:
            connection.shutdown(socket.SHUT_RDWR)
    return False


def reply(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP answer."""
    return _head(status, {"Content-Length": str(len(body)), **(headers or {})}) + body


def answer(body: Any, headers: Mapping[str, str] | None = None) -> bytes:
    return reply(json.dumps(body).encode(), 200, {**JSON_TYPE, **(headers or {})})


def error(code: str, status: int, message: str = "no") -> bytes:
    """A modelled error, as Bedrock sends it."""
    body = json.dumps({"message": message}).encode()
    return reply(body, status, {**JSON_TYPE, "x-amzn-ErrorType": code})


JSON_TYPE = {"Content-Type": "application/json"}
STREAM_HEADERS = {
    "Content-Type": "application/vnd.amazon.eventstream",
    "X-Amzn-Bedrock-Content-Type": "application/json",
}


def stream_head(*, chunked: bool = True) -> bytes:
    """The head of an event stream; one that is not chunked ends with the connection."""
    body = {"Transfer-Encoding": "chunked"} if chunked else {"Connection": "close"}
    return _head(200, STREAM_HEADERS | body)


STREAM_END = b"0\r\n\r\n"


def http_chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def stream(frames: Iterable[bytes]) -> tuple[bytes, ...]:
    """A whole event stream, an HTTP chunk a frame."""
    return (stream_head(), *map(http_chunk, frames), STREAM_END)


def chunk_frame(body: Any) -> bytes:
    """A `chunk` event: the body in base64, with the padding that Bedrock adds."""
    data = json.dumps(body).encode()
    payload = json.dumps({"bytes": base64.b64encode(data).decode(), "p": "abcdef"}).encode()
    return frame(
        payload,
        {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"},
    )


def exception_frame(name: str, message: str) -> bytes:
    payload = json.dumps({"message": message}).encode()
    return frame(
        payload,
        {
            ":exception-type": name,
            ":content-type": "application/json",
            ":message-type": "exception",
        },
    )


def frame(payload: bytes, headers: Mapping[str, str]) -> bytes:
    """A message of application/vnd.amazon.eventstream.

    total length u32, headers length u32, CRC-32 of both; headers; payload; CRC-32 of all.
    """
    encoded = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value
        for name, value in ((name, value.encode()) for name, value in headers.items())
    )
    prelude = struct.pack("!II", 16 + len(encoded) + len(payload), len(encoded))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Spoken", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


RUNTIME = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"


def clients_of(server: Loopback, endpoint: str, *, seconds: float = 20) -> Clients:
    """The application's clients, led to a server by the variable `endpoint`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(endpoint, server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.setenv("AWS_MAX_ATTEMPTS", "5")  # which the clients must not heed
        return clients(seconds)
