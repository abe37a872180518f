"""Which requests the laptop refuses: each page in a browser reaches the application's port."""

from types import SimpleNamespace
from typing import Any, Literal

import pytest
from starlette.testclient import TestClient

from app.admission import check
from app.errors import Forbidden
from app.web import application
from tests.web.backend import settings

PAGE = "http://localhost:5173"
MINE = "http://127.0.0.1:8000"
PATHS = ("/healthz", "/readyz", "/openapi.json", "/documents", "/conversations", "/models", "/none")


def web(origin: str | None = None, auth: Literal["local", "api-gateway"] = "local") -> TestClient:
    nobody: Any = SimpleNamespace(
        bedrock=None, bedrock_runtime=None, bedrock_agent=None, bedrock_agent_runtime=None, s3=None
    )
    chosen = settings(origin=origin).model_copy(update={"auth": auth})
    return TestClient(application(nobody, chosen), MINE, raise_server_exceptions=False)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:1", "LOCALHOST", "[::1]:80", "a.localhost"]
)
def test_requests_to_a_name_of_this_machine_are_answered(host: str) -> None:
    assert web().get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example",
     "127.0.0.1@evil.example", "10.0.0.1", "0.0.0.0", "", "testserver"],
)  # fmt: skip
def test_a_page_whose_own_name_leads_to_this_machine_is_refused(path: str, host: str) -> None:
    answer = web().get(path, headers={"host": host})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert answer.json()["errors"][0]["field"] == "host"
    assert answer.json()["requestId"] == answer.headers["x-request-id"]


def test_a_request_without_a_host_header_is_refused() -> None:
    with pytest.raises(Forbidden, match="'' is no name of this server"):
        check({}, None)


STRANGERS = [
    {"origin": "https://evil.example"},
    {"origin": "http://127.0.0.1:8001"},
    {"origin": "http://127.0.0.1"},
    {"origin": "https://127.0.0.1:8000"},
    {"origin": "http://localhost:8000"},
    {"origin": "null"},
    {"origin": ""},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
]


@pytest.mark.parametrize("origin", [None, PAGE])
@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
def test_requests_of_a_page_of_another_origin_are_refused(
    stranger: dict[str, str], origin: str | None
) -> None:
    http = web(origin)
    for path in PATHS:
        answer = http.get(path, headers=stranger)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    assert http.post("/chat", json={"message": "x"}, headers=stranger).status_code == 403
    assert http.post("/documents", json={"name": "x"}, headers=stranger).status_code == 403
    assert http.delete("/documents/x", headers=stranger).status_code == 403


def test_the_page_that_was_chosen_and_our_own_may_call() -> None:
    for http, head in (
        (web(PAGE), {"origin": PAGE, "sec-fetch-site": "same-site"}),
        (web(), {"origin": MINE, "sec-fetch-site": "same-origin"}),
        (web(), {"sec-fetch-site": "same-origin"}),
        (web(), {"sec-fetch-site": "none"}),
        (web(), {"sec-fetch-mode": "cors"}),  # a program of Node's
    ):
        assert http.get("/healthz", headers=head).status_code == 200
        answer = http.post("/search", json={}, headers=head)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "query")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
             "text/plain; a=application/json", "application/jsonp", ""],
)  # fmt: skip
@pytest.mark.parametrize("auth", ["local", "api-gateway"])
def test_a_body_that_is_not_said_to_be_json_is_none(
    kind: str, auth: Literal["local", "api-gateway"]
) -> None:
    head = {"content-type": kind, "x-amzn-request-context": '{"identity": {"userArn": "arn"}}'}
    for path in ("/chat", "/chat/stream", "/search", "/documents"):
        answer = web(auth=auth).post(path, content=b'{"message": "x"}', headers=head)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
        unsized = web(auth=auth).post(path, content=iter([b'{"message": "x"}']), headers=head)
        assert unsized.status_code == 415


def test_behind_a_gateway_the_host_is_the_gateways() -> None:
    head = {"host": "abcde.execute-api.eu-central-1.amazonaws.com", "sec-fetch-site": "cross-site"}
    assert web(auth="api-gateway").get("/healthz", headers=head).status_code == 200
