"""Bodies that Python reads and others could not: refused with field and rule, on every route."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.aws import Clients
from app.web import application
from app.web.request_body import DEEPEST, DEPTH, FINITE, WHOLE, check
from tests.web.backend import settings

CALLS = [("POST", "/chat"), ("POST", "/chat/stream"), ("POST", "/search"), ("POST", "/documents")]


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    """An application whose clients do not even exist: nothing may get that far."""
    nobody: Any = dict.fromkeys(field.name for field in fields(Clients))
    app = application(Clients(**nobody), settings())
    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as http:
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
    "very deep": (filtered(nested(100_000)), "body", DEPTH),
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
