"""Whose request it is, by the token; what is no token of the issuer; sessions of another."""

import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx2 as httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.utils import base64url_encode
from mcp import Client
from mcp.client.session import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult

from app.errors import OperatorError
from app.mcp.http import public_url
from app.mcp.tokens import TokenVerifier
from app.settings import McpSettings
from app.tools import PRINCIPAL
from tests import http_calls
from tests.flows.home import Home
from tests.mcp.clients import VERSIONS
from tests.mcp.issuer import AUDIENCE, Issuer, issuing
from tests.mcp.served import serving
from tests.mcp.test_http import ACCEPT, handshake
from tests.mcp.tools import Desk

both = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def url(home: Home, desk: Desk, issuer: Issuer) -> Iterator[str]:
    with serving(home, desk, TokenVerifier(issuer.url, AUDIENCE)) as url:
        yield url


async def accept(_context: ClientRequestContext, _params: ElicitRequestParams) -> ElicitResult:
    return ElicitResult(action="accept")


async def call(
    url: str, token: str, version: str, name: str, arguments: dict[str, Any]
) -> CallToolResult:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        transport = streamable_http_client(url, http_client=http)
        options: dict[str, Any] = {"elicitation_callback": accept}
        async with Client(transport, mode=version, **options) as client:
            return await client.call_tool(name, arguments)


@both
def test_the_principal_is_the_token_s(version: str, url: str, issuer: Issuer) -> None:
    for subject in ("ada", "eve"):
        token = issuer.token(subject)
        result = anyio.run(call, url, token, version, "my_orders", {})
        assert result.structured_content == {"result": [f"A-1 of {subject}"]}


@both
def test_what_a_person_confirms_is_done_for_them(
    version: str, url: str, issuer: Issuer, desk: Desk
) -> None:
    desk.calls.clear()
    token = issuer.token("eve")
    result = anyio.run(call, url, token, version, "cancel_order", {"order_id": "A-1"})
    assert not result.is_error
    [(_, session)] = desk.effects
    assert session[PRINCIPAL] == "eve"


def test_a_token_of_cognito_names_its_client(url: str, issuer: Issuer) -> None:
    token = issuer.token("ada", aud=None, client_id=AUDIENCE)
    result = anyio.run(call, url, token, VERSIONS[1], "my_orders", {})
    assert not result.is_error


def stranger(issuer: Issuer) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return issuer.token(key=key)


def unsigned(issuer: Issuer) -> str:
    claims = {"iss": issuer.url, "aud": AUDIENCE, "sub": "ada", "exp": int(time.time()) + 600}
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})


def signed_with_the_public_key(issuer: Issuer) -> str:
    claims = {"iss": issuer.url, "aud": AUDIENCE, "sub": "ada", "exp": int(time.time()) + 600}
    head, body = ({"alg": "HS256", "kid": "first", "typ": "JWT"}, claims)
    signed = b".".join(base64url_encode(json.dumps(part).encode()) for part in (head, body))
    signature = hmac.digest(json.dumps(issuer.public_key).encode(), signed, "sha256")
    return b".".join((signed, base64url_encode(signature))).decode()


FORGED: dict[str, Callable[[Issuer], str]] = {
    "words": lambda _: "let me in",
    "parts": lambda _: "a.b.c",
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 60),
    "without an end": lambda issuer: issuer.token(exp=None),
    "without a person": lambda issuer: issuer.token(None),
    "empty person": lambda issuer: issuer.token(" "),
    "another audience": lambda issuer: issuer.token(aud="another"),
    "another client": lambda issuer: issuer.token(aud=None, client_id="another"),
    "no audience": lambda issuer: issuer.token(aud=None),
    "audience of both": lambda issuer: issuer.token(aud="another", client_id=AUDIENCE),
    "another issuer": lambda issuer: issuer.token(iss="https://evil.example"),
    "not yet": lambda issuer: issuer.token(nbf=int(time.time()) + 600),
    "stranger's key": stranger,
    "unsigned": unsigned,
    "the public key as secret": signed_with_the_public_key,
    "long": lambda issuer: issuer.token(note="x" * 20_000),
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("modern", [False, True], ids=VERSIONS)
def test_what_is_no_token_of_the_issuer_is_refused(
    name: str, modern: bool, url: str, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    token = FORGED[name](issuer)
    headers = {**ACCEPT, "authorization": f"Bearer {token}"}
    if modern:
        headers["mcp-protocol-version"] = VERSIONS[1]
    response = http_calls.post(url, headers=headers, json=handshake())
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer ")
    assert "mcp-session-id" not in response.headers
    assert len(token) < 10 or token not in caplog.text


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Bearer"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_without_a_token_nothing_is_served(method: str, header: str | None, url: str) -> None:
    headers = {**ACCEPT, **({"authorization": header} if header else {})}
    response = http_calls.request(method, url, headers=headers, json=handshake())
    assert response.status_code == 401


def test_the_refusal_says_where_tokens_come_from(url: str, issuer: Issuer) -> None:
    """RFC 9728, by which clients find the issuer."""
    response = http_calls.post(url, headers=ACCEPT, json=handshake())
    assert "resource_metadata=" in response.headers["www-authenticate"]
    root = url.removesuffix("/mcp")
    metadata = http_calls.get(f"{root}/.well-known/oauth-protected-resource/mcp").json()
    assert metadata["authorization_servers"] == [issuer.url]


def test_a_session_is_its_principal_s_alone(url: str, issuer: Issuer) -> None:
    ada, eve = (
        {**ACCEPT, "authorization": f"Bearer {issuer.token(one)}"} for one in ("ada", "eve")
    )
    session = http_calls.post(url, headers=ada, json=handshake()).headers["mcp-session-id"]
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    for method in ("POST", "GET", "DELETE"):
        headers = {**eve, "mcp-session-id": session}
        response = http_calls.request(method, url, headers=headers, json=listing)
        assert response.status_code == 404, method
    again = {**ada, "mcp-session-id": session}
    http_calls.post(
        url, headers=again, json={"jsonrpc": "2.0", "method": "notifications/initialized"}
    )
    assert http_calls.post(url, headers=again, json=listing).status_code == 200


def test_unknown_keys_do_not_make_the_server_ask_the_issuer_each_time(
    home: Home, desk: Desk
) -> None:
    with issuing() as issuer, serving(home, desk, TokenVerifier(issuer.url, AUDIENCE)) as url:
        for number in range(10):
            token = jwt.encode({"sub": "a"}, "k" * 32, headers={"kid": f"unknown-{number}"})
            headers = {**ACCEPT, "authorization": f"Bearer {token}"}
            assert http_calls.post(url, headers=headers, json=handshake()).status_code == 401
        assert len(issuer.requests) <= 3


def test_an_issuer_that_does_not_answer_lets_nobody_in(home: Home, desk: Desk) -> None:
    with issuing() as issuer:
        token = issuer.token()
        tokens = TokenVerifier("http://127.0.0.1:9", AUDIENCE)
        with serving(home, desk, tokens) as url:
            headers = {**ACCEPT, "authorization": f"Bearer {token}"}
            assert http_calls.post(url, headers=headers, json=handshake()).status_code == 401


@pytest.mark.parametrize("left_out", ["mcp_issuer", "mcp_audience"])
def test_issuer_and_audience_go_together(left_out: str) -> None:
    settings = McpSettings(mcp_issuer="https://issuer.example", mcp_audience="clients")
    assert TokenVerifier.of(settings)
    with pytest.raises(OperatorError, match="go together"):
        TokenVerifier.of(settings.model_copy(update={left_out: None}))
    assert TokenVerifier.of(McpSettings()) is None


def test_other_machines_need_a_token_and_a_url() -> None:
    tokens = TokenVerifier("https://issuer.example", AUDIENCE)
    assert public_url(None, "127.0.0.1", 80, None) == "http://127.0.0.1:80/mcp"
    with pytest.raises(OperatorError, match="OUTCROP_MCP_ISSUER"):
        public_url("https://mcp.example.com/mcp", "0.0.0.0", 80, None)
    with pytest.raises(OperatorError, match="--public-url"):
        public_url(None, "0.0.0.0", 80, tokens)
    assert public_url("https://a.example/mcp", "0.0.0.0", 80, tokens) == "https://a.example/mcp"
