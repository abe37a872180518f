"""The Runtime API and the Extensions API, as Lambda serves them inside an execution environment.

    POST /2020-01-01/extension/register                the adapter says that it is there
    GET  /2020-01-01/extension/event/next              and waits, for as long as Lambda lives
    GET  /2018-06-01/runtime/invocation/next           the next event, as soon as there is one
    POST /2018-06-01/runtime/invocation/{id}/response  its answer: whole, or chunk by chunk
    POST /2018-06-01/runtime/invocation/{id}/error     why there is none
    POST /2018-06-01/runtime/init/error                why there will never be any

An answer is streamed when it says `Lambda-Runtime-Function-Response-Mode: streaming`. It may then
fail halfway: the trailers `Lambda-Runtime-Function-Error-Type` and `-Error-Body` (base64) say so.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
"""

import json
import re
import sys
import time
import uuid
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from http.client import parse_headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Event, Thread
from typing import Any

from tests.lambdas.invocation import Ended, Invocation

FUNCTION = "outcrop-api"
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{FUNCTION}"
ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
ERROR_BODY = "Lambda-Runtime-Function-Error-Body"


class RuntimeApi:
    """What Lambda knows of an execution environment.

    Attributes:
        address: host and port, for AWS_LAMBDA_RUNTIME_API.
        extensions: who has registered.
        init_error: why the function could not be started, where it said so.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.extensions: list[str] = []
        self.init_error: Ended | None = None
        self.closing = Event()
        self._waiting: Queue[Invocation | None] = Queue()
        self._given: dict[str, Invocation] = {}
        self._lost: Ended | None = None

    def invoke(self, event: Mapping[str, Any], seconds: float = 60) -> Invocation:
        """Give the function an event, which it has `seconds` for. Events are given in order, one
        at a time: the next when the function asks for it.
        """
        invocation = Invocation(json.dumps(event).encode(), time.time() + seconds)
        if self._lost:
            invocation.put(self._lost)
        else:
            self._waiting.put(invocation)
        return invocation

    def next(self) -> Invocation | None:
        """The event that the function has been waiting for; None once it waits in vain."""
        invocation = self._waiting.get()
        if invocation:
            self._given[invocation.id] = invocation
        return invocation

    def given(self, request_id: str) -> Invocation:
        return self._given[request_id]

    def lost(self, reason: Ended) -> None:
        """The environment is gone: what it has not answered will not be answered."""
        self._lost = reason
        for invocation in self._given.values():
            invocation.put(reason)
        while not self._waiting.empty():
            if waiting := self._waiting.get():
                waiting.put(reason)

    def close(self) -> None:
        self.closing.set()
        self._waiting.put(None)


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    """A Runtime API on a free port."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        api = server.api = RuntimeApi(f"127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield api
        finally:
            api.close()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # the end waits for them
    api: RuntimeApi

    def handle_error(self, *about: Any) -> None:
        """A process that is ended drops its connections; all else is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*about)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def api(self) -> RuntimeApi:
        assert isinstance(self.server, _Server)
        return self.server.api

    def do_GET(self) -> None:
        self._route("GET")

    def do_POST(self) -> None:
        self._route("POST")

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _route(self, method: str) -> None:
        for route, handle in _ROUTES.items():
            if match := re.fullmatch(route, f"{method} {self.path}"):
                handle(self, *match.groups())
                return
        self._answer(404, {"errorMessage": f"No such operation: {method} {self.path}"})

    def _register(self) -> None:
        self._whole()
        self.api.extensions.append(self.headers["Lambda-Extension-Name"])
        about = {"functionName": FUNCTION, "functionVersion": "$LATEST", "handler": "run.sh"}
        self._answer(200, about, {"Lambda-Extension-Identifier": str(uuid.uuid4())})

    def _next_extension_event(self) -> None:
        self.api.closing.wait()  # the adapter has subscribed to no event
        self.close_connection = True

    def _next_invocation(self) -> None:
        invocation = self.api.next()
        if invocation is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.id,
            "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
        }
        self._answer(200, invocation.event, headers)

    def _response(self, request_id: str) -> None:
        invocation = self.api.given(request_id)
        try:
            for chunk in self._body():
                invocation.put(chunk)
        except (ValueError, OSError):  # it broke off within a chunk, or before the last one
            invocation.put(Ended("Runtime.TruncatedResponse", "The answer broke off."))
            self.close_connection = True
            return
        invocation.put(_error(self.trailers))
        self._answer(202, {"status": "OK"})

    def _invocation_error(self, request_id: str) -> None:
        error = Ended(self.headers[ERROR_TYPE], self._whole().decode())
        self.api.given(request_id).put(error)
        self._answer(202, {"status": "OK"})

    def _init_error(self) -> None:
        self.api.init_error = Ended(self.headers[ERROR_TYPE], self._whole().decode())
        self._answer(202, {"status": "OK"})

    def _whole(self) -> bytes:
        return b"".join(self._body())

    def _body(self) -> Iterator[bytes]:
        """The request's body, chunk by chunk, each as it comes; then `trailers` are known."""
        self.trailers = Message()
        if self.headers.get("Transfer-Encoding") != "chunked":
            yield self.rfile.read(int(self.headers.get("Content-Length", 0)))
            return
        while size := int(self.rfile.readline(), 16):
            chunk = self.rfile.read(size)
            if self.rfile.readline() != b"\r\n":
                raise ValueError("a chunk that broke off")
            yield chunk
        self.trailers = parse_headers(self.rfile)

    def _answer(
        self, status: int, body: Mapping[str, str] | bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _error(trailers: Message) -> Ended:
    if ERROR_TYPE not in trailers:
        return Ended()
    return Ended(trailers[ERROR_TYPE], b64decode(trailers[ERROR_BODY] or "").decode())


_ROUTES: dict[str, Callable[..., None]] = {
    "POST /2020-01-01/extension/register": _Handler._register,
    "GET /2020-01-01/extension/event/next": _Handler._next_extension_event,
    "GET /2018-06-01/runtime/invocation/next": _Handler._next_invocation,
    r"POST /2018-06-01/runtime/invocation/([\w-]+)/response": _Handler._response,
    r"POST /2018-06-01/runtime/invocation/([\w-]+)/error": _Handler._invocation_error,
    "POST /2018-06-01/runtime/init/error": _Handler._init_error,
}
