"""Bodies that Python reads and others could not: refused with field and rule, on every route."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.resources import LARGEST_BODY
from app.web.request_body import DEEPEST, DEPTH, FINITE, WHOLE, ReadBody, check
from tests.web.backend import without_clients

CALLS = [("POST", "/chat"), ("POST", "/chat/stream"), ("POST", "/search"), ("POST", "/documents")]


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with without_clients() as http:
        yield http


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def filtered(value: str) -> str:
    return '{"message": "x", "filter": {"equals": {"key": "a", "value": ' + value + "}}}"


REFUSED = {
    "NaN": (filtered("NaN"), "filter.equals.value", FINITE),
    "infinity": (filtered("-Infinity"), "filter.equals.value", FINITE),
    "too large": (filtered("1e999"), "filter.equals.value", FINITE),
    "too large an integer": (filtered("1" + "0" * 400), "filter.equals.value", FINITE),
    "too many digits": (filtered("1" * 5000), "body", FINITE),
    "in a list": (filtered("[1, NaN]"), "filter.equals.value", FINITE),
    "half a character": (r'{"message": "a\ud800"}', "message", WHOLE),
    "a name of half a character": (r'{"message": "a", "\udfff": 1}', "body", WHOLE),
    "a name deep inside": (filtered(r'{"\udfff": 1}'), "filter.equals.value", WHOLE),
    "deep": (filtered(nested(DEEPEST)), "filter.equals.value", DEPTH),
    "very deep": (filtered(nested(30_000)), "body", DEPTH),
    "deep objects": ('{"a":' * 200 + "1" + "}" * 200, ".".join("a" * DEEPEST), DEPTH),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("case", REFUSED)
def test_a_body_that_other_languages_cannot_read_is_refused_with_field_and_rule(
    http: TestClient, case: str, call: tuple[str, str]
) -> None:
    body, field, rule = REFUSED[case]
    answer = http.request(*call, content=body, headers={"content-type": "application/json"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "invalid-request")
    [violation] = problem["errors"]
    assert violation["field"] == field
    assert rule in violation["rule"]
    assert problem["requestId"] == answer.headers["x-request-id"]


def test_a_body_that_is_not_utf_8_is_refused(http: TestClient) -> None:
    json_type = {"content-type": "application/json"}
    answer = http.post("/chat", content=b'{"message": "\xff"}', headers=json_type)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "body")


@pytest.mark.parametrize(
    "value", ["1.5", "-0.0", "1e308", '"\\ud83d\\ude00"', "[1, 2]", nested(DEEPEST - 4)]
)
def test_a_body_that_other_languages_can_read_is_taken(value: str) -> None:
    check(('{"query": "x", "filter": {"a": ' + value + "}}").encode())


def sent(
    *chunks: bytes, declared: int | None = None, ends: bool = True, path: str = "/chat"
) -> tuple[bytes, list[Any]]:
    """What the application reads of a body in chunks, and what the caller gets."""
    read = bytearray()
    answer: list[Any] = []
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages[-1]["more_body"] = not ends
    waiting = iter(messages)

    async def receive() -> Any:
        return next(waiting, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        answer.append(message)

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        message = await receive()
        assert not message["more_body"]
        read.extend(message["body"])
        assert (await receive())["type"] == "http.disconnect"

    headers = [(b"content-type", b"application/json")]
    if declared is not None:
        headers.append((b"content-length", str(declared).encode()))
    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(ReadBody(app)(scope, receive, send))
    return bytes(read), answer


def test_a_body_of_the_largest_size_reaches_the_application_in_one_piece() -> None:
    text = b'"' + b"x" * (LARGEST_BODY - 2) + b'"'
    assert sent(text, declared=LARGEST_BODY) == (text, [])
    assert sent(text[:9], text[9:], b"") == (text, [])


@pytest.mark.parametrize(
    ("chunks", "declared"),
    [
        ([b" "], LARGEST_BODY + 1),
        ([b" " * LARGEST_BODY, b" "], None),
        ([b" " * LARGEST_BODY, b" "], 1),
        ([b" " * LARGEST_BODY, b" "], -1),
    ],
)
def test_a_body_over_the_limit_is_refused_with_the_limit(
    chunks: list[bytes], declared: int | None
) -> None:
    read, (head, body) = sent(*chunks, declared=declared)
    assert (read, head["status"]) == (b"", 413)
    [violation] = json.loads(body["body"])["errors"]
    assert violation["field"] == "body"
    assert violation["rule"].startswith("The body may have 65,535 bytes at most. ")
    assert "prepareSendMessagesRequest" in violation["rule"], "and what to do"


@pytest.mark.parametrize(
    ("path", "what_to_do"),
    [
        ("/search", ""),
        (
            "/documents",
            " A document goes to the bucket, by the form that is the answer to its name.",
        ),
    ],
)
def test_a_body_over_the_limit_is_refused_with_what_to_do_if_its_route_knows(
    path: str, what_to_do: str
) -> None:
    _, (_, body) = sent(b" ", declared=LARGEST_BODY + 1, path=path)
    [violation] = json.loads(body["body"])["errors"]
    assert violation["rule"] == f"The body may have 65,535 bytes at most.{what_to_do}"


def test_a_body_whose_caller_leaves_reaches_nobody() -> None:
    assert sent(b'{"message": ', ends=False) == (b"", [])
