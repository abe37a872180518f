"""An HTTP server on the loopback interface, for as long as a test needs it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread
from typing import Self


class Handler(BaseHTTPRequestHandler):
    """Answers requests, and writes nothing into pytest's output."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


class HttpServer:
    """Serves within its `with`; its URL is known before.

    Args:
        tls: has the certificate; without one it speaks plain HTTP.

    Attributes:
        url: without a slash at its end.
    """

    def __init__(self, handler: type[Handler], tls: SSLContext | None = None) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
