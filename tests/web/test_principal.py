"""Who a request comes from, by what API Gateway says in the request context."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from fastapi import FastAPI, Request
from starlette.routing import Route
from starlette.testclient import TestClient

from app.settings import Settings
from app.web import application, problems
from app.web.principal import principal_of
from tests.lambdas.api_event import NOBODY, Caller, cognito, event, iam, send

USER = "arn:aws:iam::123456789012:user/alice"
SESSION = "arn:aws:sts::123456789012:assumed-role/Reader/alice@example.com"
FORGED = ("X-Amzn-Request-Context", '{"authorizer": {"claims": {"sub": "mallory"}}}')


NOBODYS: Any = SimpleNamespace(
    bedrock=None, bedrock_runtime=None, bedrock_agent=None, bedrock_agent_runtime=None, s3=None
)


def settings_of(auth: Literal["local", "api-gateway"]) -> Settings:
    return Settings(
        knowledge_base_id="K",
        data_source_id="D",
        documents_bucket="d",
        conversations_bucket="c",
        auth=auth,
    )


def client(auth: Literal["local", "api-gateway"]) -> TestClient:
    """An application that answers with the principal's name."""
    settings = settings_of(auth)
    app, principal = FastAPI(), principal_of(settings)

    @app.get("/")
    def who(request: Request) -> str:
        return principal(request)

    problems.install(app)
    return TestClient(app)


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        (cognito("0a1b", name="Zoë 鈴木"), "0a1b"),
        (iam(USER), USER),
        (iam(SESSION, caller="AROAEXAMPLE:alice@example.com"), SESSION),
        (iam(SESSION, identity="us-east-1:0a1b"), "us-east-1:0a1b"),
    ],
)
def test_the_principal_is_whom_api_gateway_identified(caller: Caller, name: str) -> None:
    for headers in ((), (FORGED,)):
        answer = send(client("api-gateway"), event("GET", "/", caller=caller, headers=headers))
        assert answer.json() == name


def test_the_user_wins_over_the_identity_and_the_identity_over_the_role_that_many_share() -> None:
    identity = {"cognitoIdentityId": "us-east-1:0a1b", "userArn": SESSION}
    names = []
    for context in (
        {"authorizer": {"claims": {"sub": "0a1b"}}, "identity": identity},
        {"identity": identity},
        {"identity": {"userArn": SESSION}},
    ):
        headers = {"x-amzn-request-context": json.dumps(context)}
        names.append(client("api-gateway").get("/", headers=headers).json())
    assert names == ["0a1b", "us-east-1:0a1b", SESSION]


def test_a_request_without_an_identity_is_refused() -> None:
    for headers in ((), (FORGED,)):
        answer = send(client("api-gateway"), event("GET", "/", caller=NOBODY, headers=headers))
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "context",
    [
        *(None, "", "null", "[]", "{", '"alice"'),
        *(json.dumps({"authorizer": one}) for one in (None, {}, "alice", {"claims": None})),
        *(json.dumps({"authorizer": {"claims": {"sub": one}}}) for one in ("", 1, None, ["a"])),
        *(json.dumps({"identity": one}) for one in (None, {}, {"userArn": None})),
    ],
)
def test_a_context_that_names_nobody_is_refused(context: str | None) -> None:
    headers = {} if context is None else {"x-amzn-request-context": context}
    assert client("api-gateway").get("/", headers=headers).status_code == 401


def test_on_the_laptop_every_request_has_one_principal() -> None:
    answer = send(client("local"), event("GET", "/", caller=cognito("alice")))
    assert answer.json() == "local"


def routes() -> list[tuple[str, str]]:
    """Every method of every route that the application has, those without a description too."""
    app = application(NOBODYS, settings_of("api-gateway"))
    all_routes = [*_walk(app.routes)]
    assert {path for _, path in all_routes} >= {
        "/chat",
        "/documents/{id}",
        "/readyz",
        "/openapi.json",
    }
    return all_routes


def _walk(those: Any) -> Iterator[tuple[str, str]]:
    for route in those:
        if isinstance(route, Route):
            yield from ((method, route.path) for method in sorted(route.methods or ()))
        else:  # a router, as FastAPI includes it
            yield from _walk(route.original_router.routes)


@pytest.mark.parametrize(("method", "path"), routes())
def test_every_route_but_health_wants_a_principal(method: str, path: str) -> None:
    http = TestClient(
        application(NOBODYS, settings_of("api-gateway")), raise_server_exceptions=False
    )
    answer = http.request(method, path.replace("{id}", "x"))
    assert (answer.status_code == 401) == (path not in ("/healthz", "/readyz"))
