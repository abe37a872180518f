"""Every refusal of the application is a problem, whatever the method, the path and the body."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.resources import SIGNING_HEADERS
from tests.web.backend import without_clients

ORIGIN = "https://chat.example.com"
JSON = {"content-type": "application/json"}
PREFLIGHT = {
    "origin": ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
}


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with without_clients(origin=ORIGIN) as http:
        yield http


def paths(http: TestClient) -> list[tuple[str, set[str]]]:
    """Every path, filled in, with its methods."""
    described: Any = http.get("/openapi.json").json()["paths"]
    filled = {"{id}": "a", "{turn}": "0", "{number}": "1"}
    each = []
    for path, methods in described.items():
        whole = path
        for name, value in filled.items():
            whole = whole.replace(name, value)
        each.append((whole, {method.upper() for method in methods}))
    return each


def check(answer: Any, status: int, path: str) -> None:
    assert answer.status_code == status, (path, answer.text)
    assert answer.headers["x-request-id"]
    if path.startswith("/v1/"):
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["error"]["message"]
        return
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["requestId"] == answer.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]


def test_a_method_that_a_path_lacks_is_refused_with_those_that_it_has(http: TestClient) -> None:
    for path, methods in paths(http):
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
            answer = http.request(method, path, headers={"origin": ORIGIN})
            check(answer, 405, path)
            allowed = {each.strip() for each in answer.headers["allow"].split(",")}
            assert allowed == methods, path
            assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_a_path_that_is_not_there_is_refused(http: TestClient) -> None:
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        for path in ("/nowhere", "/v1/nowhere", "/chat/", "/documents/a/b"):
            check(http.request(method, path, headers={"origin": ORIGIN}), 404, path)


def test_every_body_is_checked_on_every_route_that_takes_one(http: TestClient) -> None:
    for path, methods in paths(http):
        if "POST" not in methods:
            continue
        check(http.post(path, content=b"{", headers=JSON), 400, path)
        check(http.post(path, content=b"{}", headers=JSON), 400, path)
        check(http.post(path), 400, path)
        check(http.post(path, content=b"{}", headers={"content-type": "text/plain"}), 415, path)
        check(http.post(path, content=b" " * 70_000, headers=JSON), 413, path)


def test_head_and_options_have_no_body_and_no_surprise(http: TestClient) -> None:
    for path, methods in paths(http):
        head = http.head(path)
        assert head.status_code == 405, path
        assert head.content == b""
        assert head.headers["content-type"].startswith("application/")
        options = http.options(path)
        assert options.status_code == 405, path
        assert {each.strip() for each in options.headers["allow"].split(",")} == methods


def test_a_page_may_send_what_a_signature_needs(http: TestClient) -> None:
    for header in ("authorization", "content-type", "x-request-id", *SIGNING_HEADERS):
        preflight = PREFLIGHT | {"access-control-request-headers": header}
        answer = http.options("/chat", headers=preflight)
        assert answer.status_code == 200, header
        assert header in answer.headers["access-control-allow-headers"].lower()


def test_a_preflight_that_is_refused_is_a_problem(http: TestClient) -> None:
    for changes in (
        {"access-control-request-headers": "x-made-up"},
        {"access-control-request-method": "PUT"},
    ):
        check(http.options("/chat", headers=PREFLIGHT | changes), 403, "/chat")


def test_a_page_can_read_when_it_may_ask_again(http: TestClient) -> None:
    answer = http.get("/nowhere", headers={"origin": ORIGIN})
    exposed = answer.headers["access-control-expose-headers"].lower()
    assert {"x-request-id", "retry-after"} <= {each.strip() for each in exposed.split(",")}
