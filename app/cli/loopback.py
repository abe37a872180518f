"""The loopback page to which a browser returns after signing in (RFC 8252, 7.3)."""

import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self
from urllib.parse import parse_qs, urlsplit

from app.errors import OperatorError

THANKS = b"<!doctype html><title>Outcrop</title><p>You are signed in. This page can be closed."
SORRY = b"<!doctype html><title>Outcrop</title><p>That did not work; the terminal says why."


class Listener(ThreadingHTTPServer):
    """Waits on the loopback interface for the browser's request with the code.

    Each connection has a thread, because browsers also open connections that they do not use.
    """

    daemon_threads = True

    def __init__(self, redirect: str, state: str) -> None:
        parts = urlsplit(redirect)
        try:
            super().__init__(("127.0.0.1", parts.port or 80), _ReturnHandler)
        except OSError as error:
            raise OperatorError(
                f"Signing in needs port {parts.port} of this machine, and it is taken ({error})."
            ) from error
        self.path, self.state = parts.path or "/", state
        self.answer: dict[str, str] = {}
        self.arrived = Event()

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def code(self, patience: float) -> str:
        """The code from the browser.

        Raises:
            OperatorError: the browser brought an error, or did not come in time.
        """
        self.arrived.wait(patience)
        if code := self.answer.get("code"):
            return code
        why = self.answer.get("error_description") or self.answer.get("error")
        raise OperatorError(f"Nobody signed in: {why or f'{patience:g} s have passed'}.")

    def take(self, path: str) -> bool:
        """Handle one request; whether its state shows that it belongs to this sign-in."""
        parts = urlsplit(path)
        parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        own = secrets.compare_digest(parameters.get("state", "").encode(), self.state.encode())
        if own and parts.path == self.path:
            self.answer = parameters
        return bool(self.answer)


class _ReturnHandler(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        ours = self.server.take(self.path)
        well = "code" in self.server.answer
        self.send_response(200 if well else 400)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(THANKS if well else SORRY)
        if ours:
            self.server.arrived.set()

    def log_message(self, *_: object) -> None:
        """Log nothing: the path contains the code."""
