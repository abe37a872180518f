"""A caller's request id is taken over only if it can stand in a header and in a line of a log."""

import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web.request_ids import RequestIds, current


def answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse(current())


HTTP = TestClient(RequestIds(Starlette(routes=[Route("/", answer)])))


@pytest.mark.parametrize("request_id", ["a", "Root:1-67891233", "x" * 128, "._:-"])
def test_an_id_that_is_well_formed_is_the_callers(request_id: str) -> None:
    answer = HTTP.get("/", headers={"x-request-id": request_id})
    assert answer.headers["x-request-id"] == answer.text == request_id


@pytest.mark.parametrize(
    "request_id", [b"", b"x" * 129, b"a b", b"a\tb", b"a,b", b"a=b", "ä".encode()]
)
def test_an_id_that_is_malformed_is_replaced(request_id: bytes) -> None:
    answers = [HTTP.get("/", headers={b"x-request-id": request_id}) for _ in range(2)]
    ours = [answer.headers["x-request-id"] for answer in answers]
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ours)
    assert ours == [answer.text for answer in answers]
    assert ours[0] != ours[1]


def test_between_requests_there_is_no_id() -> None:
    HTTP.get("/", headers={"x-request-id": "mine"})
    assert current() == "-"
