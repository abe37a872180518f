"""An error that nobody foresaw is answered like any other."""

from dataclasses import fields
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.aws import Clients
from app.errors import NotFound, OperatorError, Throttled
from app.web import application
from app.web.problems import problem_of
from app.web.schemas import Violation
from tests.web.backend import settings

PAGE = "https://docs.example.com"


def test_a_problem_has_every_member() -> None:
    problem = problem_of(Throttled("Too many."))
    assert problem.model_dump(by_alias=True, exclude_none=True) == {
        "type": "urn:outcrop:throttled",
        "title": Throttled.title,
        "status": 429,
        "detail": "Too many.",
        "code": "throttled",
        "retryable": True,
        "requestId": "-",
    }
    refused = problem_of(NotFound("There is none.", field="id"))
    assert refused.errors == [Violation(field="id", rule="There is none.")]
    assert problem_of(NotFound("There is none.")).errors is None


def test_a_caller_is_not_told_what_only_an_operator_may_know() -> None:
    error = OperatorError("The role arn:aws:iam::1:role/outcrop may not call Retrieve.")
    assert problem_of(error).detail == OperatorError.title


def client() -> TestClient:
    nobody: Any = dict.fromkeys(field.name for field in fields(Clients))
    app = application(Clients(**nobody), settings())
    return TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)


def test_what_no_route_answers_is_a_problem_too() -> None:
    http = client()
    missing, wrong = http.get("/nothing"), http.put("/models")
    assert {name: missing.json()[name] for name in ("status", "code", "title", "detail")} == {
        "status": 404,
        "code": "not-found",
        "title": "Not Found",
        "detail": "There is no such path; /openapi.json lists those that are.",
    }
    assert missing.json()["type"] == "urn:outcrop:not-found"
    assert "errors" not in missing.json()
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
    assert wrong.json()["retryable"] is False
    assert wrong.headers["allow"] == "GET"
    assert "retry-after" not in wrong.headers


def test_each_member_that_is_wrong_is_named_with_its_rule() -> None:
    answer = client().post("/search", json={"query": "", "limit": 0})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "invalid-request")
    assert body["title"] == "The request is not valid"
    assert [error["field"] for error in body["errors"]] == ["query", "limit"]
    rules = [f"{error['field']}: {error['rule']}" for error in body["errors"]]
    assert body["detail"] == "; ".join(rules)


def test_what_may_be_tried_again_says_when(caplog: pytest.LogCaptureFixture) -> None:
    app = application(clients_of(Throttled("Too many.")), settings())
    http = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
    answer = http.get("/models")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    [record] = [record for record in caplog.records if record.name == "app.web.problems"]
    assert record.message == "throttled: Too many."
    assert record.exc_info


def clients_of(error: Exception) -> Clients:
    """Clients of which each fails in this way."""

    class Failing:
        def __getattr__(self, name: str) -> Any:
            raise error

    failing: Any = dict.fromkeys((field.name for field in fields(Clients)), Failing())
    return Clients(**failing)


def test_an_unexpected_error_has_an_id_and_a_page_may_read_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nobody: Any = dict.fromkeys(field.name for field in fields(Clients))
    app = application(Clients(**nobody), settings(origin=PAGE))
    http = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False)
    answer = http.get("/models", headers={"origin": PAGE, "x-request-id": "mine"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == answer.json()["requestId"] == "mine"
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "AttributeError" in caplog.text
    assert "NoneType" not in answer.text
