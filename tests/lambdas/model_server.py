"""A model that says what the test says, when the test says it.

An OpenAI-compatible server in the stand-in model's place. It is asked, and gives the next reply:

    model.reply("Quartz", " is hard.").stop()    a whole one, word by word
    reply = model.reply()                        one that the test goes on with
    reply.say("Quartz")
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any


class Reply:
    """What the model says when it is asked once."""

    def __init__(self) -> None:
        self.words: Queue[str | None] = Queue()

    def say(self, *words: str) -> None:
        for word in words:
            self.words.put(word)

    def stop(self) -> None:
        self.words.put(None)


class Model:
    """The replies that the model is to give.

    Attributes:
        url: of the server, up to and including the version.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.replies: Queue[Reply | None] = Queue()
        self._all: list[Reply] = []

    def reply(self, *words: str) -> Reply:
        """The next reply, which begins so."""
        reply = Reply()
        reply.say(*words)
        self._all.append(reply)
        self.replies.put(reply)
        return reply

    def close(self) -> None:
        self.replies.put(None)
        for reply in self._all:
            reply.stop()


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
            server.model.close()
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
        reply = self.server.model.replies.get()
        if reply is None:
            return
        with suppress(OSError):  # who asked has gone away
            while (word := reply.words.get()) is not None:
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
