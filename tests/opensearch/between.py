"""What stands between a store and a real OpenSearch, and cuts or delays what it passes on."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Where = Literal["before", "within", "after"]
"""Where a request is cut off: before the node has it, in its middle, or when the node has carried
it out and its answer is lost."""


@dataclass
class Between:
    """Passes requests on, each over a connection of its own to the node.

    Attributes:
        cuts: by the number of a request, counted from 1, where it is cut off.
        seconds: for which each request is held.
        seen: how many requests have come in.
        on_request: is told the first line of each that comes in, before it is passed on.
    """

    url: str = ""
    cuts: dict[int, Where] = field(default_factory=dict)
    seconds: float = 0.0
    seen: int = 0
    on_request: Callable[[str], None] = lambda _line: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_number(self) -> int:
        with self._lock:
            self.seen += 1
            return self.seen


@contextmanager
def between(node_url: str) -> Iterator[Between]:
    """Stands before the node for as long as the context lasts."""
    node = urlsplit(node_url)
    state = Between()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        state.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def accept() -> None:
            with suppress(OSError):  # the listener is closed
                while True:
                    caller, _ = listener.accept()
                    threading.Thread(target=serve, args=(caller,), daemon=True).start()

        def serve(caller: socket.socket) -> None:
            with caller, suppress(OSError):
                while request := _message(caller):
                    number = state.next_number()
                    state.on_request(request.partition(b"\r\n")[0].decode())
                    time.sleep(state.seconds)
                    where = state.cuts.get(number)
                    if where == "before":
                        return
                    address = (node.hostname or "", node.port or 0)
                    with socket.create_connection(address, 60) as server:
                        if where == "within":
                            server.sendall(request[: len(request) // 2])
                            return
                        server.sendall(request)
                        answer = _message(server, is_answer_to=request)
                    if where == "after":
                        return
                    caller.sendall(answer)

        threading.Thread(target=accept, daemon=True).start()
        yield state
        listener.shutdown(socket.SHUT_RDWR)


def _message(source: socket.socket, is_answer_to: bytes = b"") -> bytes:
    """A whole message of HTTP; empty if the other side has hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = source.recv(65_536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    if is_answer_to.startswith(b"HEAD "):
        return data
    if b"transfer-encoding: chunked" in lines:
        while not body.endswith(b"0\r\n\r\n"):
            body += source.recv(65_536)
    else:
        lengths = [one.partition(b":")[2] for one in lines if one.startswith(b"content-length:")]
        while len(body) < sum(map(int, lengths)):
            body += source.recv(65_536)
    return head + b"\r\n\r\n" + body
