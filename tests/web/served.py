"""The application behind a real server and a real socket, and callers that leave when they like."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from app.web.__main__ import _listener
from app.web.server import Server

SECONDS = 20
"""How long a test waits for what has to happen; it fails if it has not by then."""


@contextmanager
def served(app: Any) -> Iterator[int]:
    """An ASGI application on a port of its own."""
    with serving(app, grace=0) as (port, _):
        yield port


@contextmanager
def serving(app: Any, grace: int) -> Iterator[tuple[int, Callable[[], None]]]:
    """The same; gives how to stop it before the end, too."""

    def stop() -> None:
        server.should_exit = True

    with _listener(0) as listener:
        port = listener.getsockname()[1]
        server = Server(app, app.state.turns, grace=grace, last_words=SECONDS, lifespan="off")
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
        thread.start()
        try:
            yield port, stop
        finally:
            stop()
            thread.join()


@dataclass
class Caller:
    """One request on a connection of its own, answered or not."""

    port: int
    path: str = "/chat/stream"
    body: Any = field(default_factory=lambda: {"message": "How hard is quartz?"})

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(("127.0.0.1", self.port), SECONDS)
        body = json.dumps(self.body).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        self._read = b""
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def leave(self) -> None:
        self._socket.close()

    def end_sending(self) -> None:
        """Close the half of the connection that sends; the other half can still be read."""
        self._socket.shutdown(socket.SHUT_WR)

    def until(self, text: str) -> str:
        """What has come once this text has."""
        while text.encode() not in self._read:
            more = self._socket.recv(65536)
            assert more, f"the answer ended without {text!r}: {self._read!r}"
            self._read += more
        return self._read.decode()

    def all(self) -> str:
        """What has come once the server has ended the connection."""
        while more := self._socket.recv(65536):
            self._read += more
        return self._read.decode()


def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    for _ in range(SECONDS * 100):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it has not happened")
