"""The web adapter itself, before a function that says what reaches it.

What `translated` says that it does, it does; and what it makes of an answer that breaks off.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.lambdas.api_event import (
    CONTEXT_HEADER,
    LAMBDA_HEADER,
    ProxyEvent,
    cognito,
    event,
    iam,
    translated,
)
from tests.lambdas.bundle import interpreter
from tests.lambdas.environment import HANDLER, Environment, environment, needs_adapter
from tests.lambdas.invocation import BadGateway, Ended

pytestmark = needs_adapter

ECHO = """#!/bin/sh
exec python3 - <<'END'
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        if self.path == "/broken":
            self.send_response(200)
            self.send_header("content-length", "100")
            self.end_headers()
            self.wfile.write(b"begun")
        if self.path in ("/broken", "/dropped"):
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = [[name, value] for name, value in self.headers.items()]
        request = {"method": self.command, "url": self.path, "headers": headers, "body": list(body)}
        content = json.dumps(request).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = answer

HTTPServer(("127.0.0.1", int(os.environ["AWS_LWA_PORT"])), Echo).serve_forever()
END
"""

EVENTS = {
    "a question": event("POST", "/chat", json={"message": "Zoë?"}, caller=cognito("alice")),
    "no body": event("GET", "/conversations", caller=cognito("alice", name="Zoë 鈴木")),
    "signed": event("DELETE", "/documents/x", caller=iam("arn:aws:iam::123456789012:user/zoe")),
    "an identity pool's": event(
        "GET", "/models", caller=iam("arn:aws:sts::123456789012:assumed-role/R/S", identity="us:1")
    ),
    "nobody's": event("GET", "/models"),
    "a query": event("GET", "/documents?limit=2&cursor=a%20b%2Fc&tag=x&tag=y%26z&empty="),
    "an escaped path": event("GET", "/documents/a%20b~(c)"),
    "binary": event("POST", "/chat", body=b"\x00\xff\r\n", binary=True),
    "a header twice": event("GET", "/models", headers=[("Accept", "a/b"), ("Accept", "c/d")]),
    "forged": event(
        "GET",
        "/models",
        headers=[(name, '{"authorizer": {"claims": {"sub": "mallory"}}}') for name in
                 (CONTEXT_HEADER, "X-Amzn-Request-Context", LAMBDA_HEADER)],
        caller=cognito("bob"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A function that answers with the request that reached it."""
    folder = tmp_path_factory.mktemp("echo")
    handler = folder / HANDLER
    handler.parent.mkdir(parents=True)
    handler.write_text(ECHO)
    handler.chmod(0o755)
    with environment(folder, folder / "log", interpreter(folder / "python"), {}) as running:
        yield running


@pytest.mark.parametrize("name", EVENTS)
def test_the_adapter_translates_an_event_as_our_own_translation_does(
    echo: Environment, name: str
) -> None:
    sent = EVENTS[name]
    arrived, invocation_id, deadline = _echoed(echo, sent)
    request = translated(sent)
    assert (arrived["method"], _url(arrived["url"])) == (request.method, _url(request.url))
    assert bytes(arrived["body"]) == request.body
    headers, expected = _headers(arrived["headers"]), dict(request.headers)
    for added in ("content-length", "x-amzn-trace-id"):  # the latter by Lambda, on the way
        headers.pop(added, None)
        expected.pop(added, None)
    context = json.loads(headers.pop(CONTEXT_HEADER))
    of_lambda = json.loads(headers.pop(LAMBDA_HEADER))
    context_members = json.loads(expected.pop(CONTEXT_HEADER))
    assert of_lambda.keys() > json.loads(expected.pop(LAMBDA_HEADER)).keys()
    assert (of_lambda["request_id"], of_lambda["deadline"]) == (invocation_id, deadline)
    assert headers == expected
    # It hands on what its types know of the context, and drops the rest.
    assert context.get("authorizer") == context_members.get("authorizer")
    assert _within(context, context_members)
    assert set(context_members) - set(context) <= {"deploymentId", "extendedRequestId"}


def test_an_answer_that_breaks_off_ends_with_the_adapters_own_words(echo: Environment) -> None:
    """Lambda wants an error in trailers. The adapter writes them, but into the body: a reader sees
    an answer that ends well, and has to know by its own means whether it is whole.
    """
    invocation = echo.invoke(event("GET", "/broken"))
    head, body = invocation.http()
    content = b"".join(body)
    assert content.startswith(b"begunLambda-Runtime-Function-Error-Type: Runtime.StreamError\r\n")
    assert (head.status, invocation.ended) == (200, Ended())


def test_a_server_that_cannot_be_reached_is_an_error_of_the_invocation(echo: Environment) -> None:
    invocation = echo.invoke(event("GET", "/dropped"))
    with pytest.raises(BadGateway):
        invocation.http()
    assert invocation.ended
    assert invocation.ended.error == "unhandled"
    assert "client error" in invocation.ended.message


def _echoed(echo: Environment, sent: ProxyEvent) -> tuple[Any, str, int]:
    invocation = echo.invoke(sent)
    head, body = invocation.http()
    assert head.status == 200
    return json.loads(b"".join(body)), invocation.id, int(invocation.deadline * 1000)


def _url(url: str) -> tuple[str, dict[str, list[str]]]:
    """Path and query; of the query, the adapter keeps the order of values, not that of names."""
    parts = urlsplit(url)
    return parts.path, parse_qs(parts.query, keep_blank_values=True)


def _headers(pairs: list[list[str]]) -> dict[str, bytes]:
    """The headers as bytes; none may be there twice."""
    headers = {name.lower(): value.encode("latin-1") for name, value in pairs}
    assert len(headers) == len(pairs)
    return headers


def _within(part: dict[str, Any], whole: dict[str, Any]) -> bool:
    return all(
        _within(value, whole[name]) if isinstance(value, dict) else value == whole.get(name)
        for name, value in part.items()
    )
