"""An error that nobody foresaw is answered like any other."""

from dataclasses import fields
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.aws import Clients
from app.web import application
from tests.web.backend import settings

PAGE = "https://docs.example.com"


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
