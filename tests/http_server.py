"""An HTTP server on the loopback interface, for as long as a test needs it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


class Handler(BaseHTTPRequestHandler):
    """Answers requests, and writes nothing into pytest's output."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


class HttpServer:
    """Serves within its `with`; its URL is known before.

    Attributes:
        url: without a slash at its end.
    """

    def __init__(self, handler: type[Handler]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
