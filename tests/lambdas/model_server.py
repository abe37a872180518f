"""A model that says what the test says, when the test says it.

An OpenAI-compatible server in the stand-in model's place. What is said before the model is asked
waits for it.

    model.say("Quartz", " is hard.")    two deltas, once the model is asked
    model.stop()                        the answer is whole
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any


class Model:
    """What the model is yet to say.

    Attributes:
        url: of the server, up to and including the version.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.spoken: Queue[str | None] = Queue()

    def say(self, *words: str) -> None:
        for word in words:
            self.spoken.put(word)

    def stop(self) -> None:
        self.spoken.put(None)

    def answer(self, *words: str) -> None:
        """A whole answer."""
        self.say(*words)
        self.stop()


@contextmanager
def model_server() -> Iterator[Model]:
    """A model on a free port."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.model = Model(f"http://127.0.0.1:{server.server_port}/v1")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.model
        finally:
            server.model.stop()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    model: Model


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._begin()
        self.wfile.write(json.dumps({"data": [{"id": "spoken"}]}).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._begin()
        assert isinstance(self.server, _Server)
        while (word := self.server.model.spoken.get()) is not None:
            self._event({"delta": {"content": word}, "finish_reason": None})
        self._event({"delta": {}, "finish_reason": "stop"})

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _begin(self) -> None:
        self.send_response(200)
        self.end_headers()

    def _event(self, choice: dict[str, Any]) -> None:
        event = {"choices": [{"index": 0, **choice}]}
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
