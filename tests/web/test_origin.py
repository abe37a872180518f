"""A page of another origin: one may call, and only if it was chosen."""

from dataclasses import fields
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.aws import Clients
from app.settings import Settings
from app.web import application

PAGE = "https://docs.example.com"
ALLOWED = "access-control-allow-origin"


def web(origin: str | None) -> TestClient:
    nobody: Any = dict.fromkeys(field.name for field in fields(Clients))
    settings = Settings(
        knowledge_base_id="KB",
        data_source_id="DS",
        documents_bucket="documents",
        conversations_bucket="conversations",
        auth="api-gateway",
        origin=origin,
    )
    return TestClient(application(Clients(**nobody), settings), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("chosen", "asking", "allowed"),
    [
        (PAGE, PAGE, PAGE),
        (PAGE, "https://elsewhere.example.com", None),
        (None, PAGE, None),
    ],
)
def test_the_page_that_was_chosen_may_read_answers(
    chosen: str | None, asking: str, allowed: str | None
) -> None:
    answer = web(chosen).get("/healthz", headers={"origin": asking})
    assert answer.status_code == 200
    assert answer.headers.get(ALLOWED) == allowed


def test_the_page_that_was_chosen_may_read_problems() -> None:
    answer = web(PAGE).post("/chat", headers={"origin": PAGE}, json={})
    assert answer.status_code >= 400
    assert answer.headers[ALLOWED] == PAGE
    assert "x-request-id" in answer.headers["access-control-expose-headers"]


def test_a_browser_may_ask_before_it_sends_a_token() -> None:
    headers = {
        "origin": PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    assert web(PAGE).options("/chat/stream", headers=headers).status_code == 200
    assert web(None).options("/chat/stream", headers=headers).status_code == 401
