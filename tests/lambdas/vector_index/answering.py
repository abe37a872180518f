"""A server on loopback that answers from a queue, and keeps what it was asked."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.http_server import Handler, HttpServer

CUT = 0  # in place of a status: the connection ends without an answer


@dataclass(frozen=True)
class Asked:
    """A request; the names of its headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Answering:
    """The server. What comes when the queue is empty fails the test: it is answered by 418."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: deque[tuple[int, Any]] = field(default_factory=deque)

    def enqueue(self, *answers: tuple[int, Any]) -> None:
        self.answers.extend(answers)

    @property
    def requests(self) -> list[str]:
        return [str(one) for one in self.asked]


def _parse(text: bytes) -> Any:
    """A body of JSON; of several lines of it, as a bulk has, a list."""
    lines = [json.loads(line) for line in text.splitlines()]
    return (lines or [None])[0] if len(lines) < 2 else lines


@contextmanager
def answering() -> Iterator[Answering]:
    state = Answering()

    class Answers(Handler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            text = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.asked.append(Asked(self.command, self.path, headers, _parse(text)))
            status, said = state.answers.popleft() if state.answers else (418, {})
            if status == CUT:
                self.close_connection = True
                return
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = _answer

    with HttpServer(Answers) as server:
        state.url = server.url
        yield state
