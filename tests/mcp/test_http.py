"""MCP over streamable HTTP: who may call, and what a message may be."""

import json
from collections.abc import Iterator
from typing import Any

import anyio
import anyio.to_thread
import pytest
from mcp import Client
from mcp.client.session import ClientRequestContext
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult

from app.mcp.http import LARGEST_BODY
from tests import http_calls
from tests.flows.home import Home
from tests.mcp.clients import VERSIONS, talk
from tests.mcp.served import serving
from tests.mcp.tools import Desk

both = pytest.mark.parametrize("version", VERSIONS)
ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


def handshake(number: int = 1) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": number,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "0"},
        },
    }


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def url(home: Home, desk: Desk) -> Iterator[str]:
    with serving(home, desk, origin="http://localhost:5173") as url:
        yield url


@both
def test_a_client_searches_reads_and_calls(version: str, url: str) -> None:
    async def say(client: Client) -> list[Any]:
        return [
            await client.call_tool("search_documents", {"query": "castle of Rheinfels"}),
            await client.read_resource("outcrop://documents/orders.csv"),
            await client.call_tool("my_orders", {}),
        ]

    search, csv, orders = talk(url, say, mode=version)
    assert search.structured_content["passages"][0]["document"] == "guides/castle.md"
    assert "Bacharach" in csv.contents[0].text
    assert orders.structured_content == {"result": ["A-1 of local"]}


@both
@pytest.mark.parametrize(("action", "effects"), [("accept", 1), ("decline", 0), ("cancel", 0)])
def test_the_person_confirms(action: Any, effects: int, version: str, url: str, desk: Desk) -> None:
    async def person(_context: ClientRequestContext, _params: ElicitRequestParams) -> ElicitResult:
        return ElicitResult(action=action)

    async def say(client: Client) -> CallToolResult:
        return await client.call_tool("cancel_order", {"order_id": "A-1"})

    before = len(desk.effects)
    result = talk(url, say, mode=version, elicitation_callback=person)
    assert result.is_error == (effects == 0)
    assert len(desk.effects) - before == effects


@both
def test_a_call_that_its_client_cancels_is_broken_off_and_no_other(
    version: str, home: Home
) -> None:
    desk = Desk()

    async def run(url: str) -> CallToolResult:
        async with Client(url, mode=version) as client, Client(url, mode=version) as other:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.call_tool, "wait", {})
                await anyio.to_thread.run_sync(desk.began.wait, 60)
                tasks.cancel_scope.cancel()
            assert await anyio.to_thread.run_sync(desk.broken_off.wait, 60)
            return await other.call_tool("order_status", {"order_id": "A-1"})

    with serving(home, desk) as url:
        assert not anyio.run(run, url).is_error


@both
def test_two_clients_at_once_get_each_its_own(version: str, url: str) -> None:
    async def one(number: int, results: list[Any]) -> None:
        async with Client(url, mode=version) as client:
            for _ in range(3):
                order = {"order_id": f"A-{number}"}
                result = await client.call_tool("order_status", order)
                results.append((number, result.structured_content["order_id"]))

    async def run() -> list[Any]:
        results: list[Any] = []
        async with anyio.create_task_group() as tasks:
            for number in range(4):
                tasks.start_soon(one, number, results)
        return results

    results = anyio.run(run)
    assert len(results) == 12
    assert all(order == f"A-{number}" for number, order in results)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "0.0.0.0",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_page_whose_own_name_leads_to_this_machine_is_refused(
    method: str, host: str, url: str
) -> None:
    response = http_calls.request(method, url, headers={**ACCEPT, "host": host}, json=handshake())
    assert response.status_code == 403
    error = response.json()["error"]
    assert error["data"] == {"field": "host"}
    assert "mcp-session-id" not in response.headers


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"origin": "https://evil.example"}, "origin"),
        ({"origin": "null"}, "origin"),
        ({"origin": "http://127.0.0.1:1"}, "origin"),
        ({"origin": "http://localhost:5174"}, "origin"),
        ({"sec-fetch-site": "cross-site"}, "sec-fetch-site"),
        ({"sec-fetch-site": "same-site"}, "sec-fetch-site"),
    ],
)
def test_a_page_of_another_origin_is_refused(headers: dict[str, str], field: str, url: str) -> None:
    response = http_calls.post(url, headers={**ACCEPT, **headers}, json=handshake())
    assert response.status_code == 403
    assert response.json()["error"]["data"] == {"field": field}


@pytest.mark.parametrize("origin", [None, "http://localhost:5173"])
def test_a_program_and_the_page_of_the_setting_may_call(origin: str | None, url: str) -> None:
    headers = {**ACCEPT, **({"origin": origin} if origin else {})}
    response = http_calls.post(url, headers=headers, json=handshake())
    assert response.status_code == 200
    assert response.headers["mcp-session-id"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_form_s_content_type_is_refused(kind: str, url: str) -> None:
    """What a page can send without a preflight."""
    headers = {**ACCEPT, "content-type": kind}
    response = http_calls.post(url, headers=headers, content=json.dumps(handshake()))
    assert response.status_code == 400
    assert "mcp-session-id" not in response.headers


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 1024):
        yield b" " * 1024


@pytest.mark.parametrize("is_declared", [True, False])
def test_a_body_that_is_too_large_is_refused(is_declared: bool, url: str) -> None:
    size = LARGEST_BODY + 1024
    content: Any = b" " * size if is_declared else chunks(size)
    assert http_calls.post(url, headers=ACCEPT, content=content).status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b"\xff\xfe", 400),
        (b"[" * 60_000, 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}', 400),  # no session
    ],
    ids=["text", "list", "empty", "bytes", "deep", "sessionless"],
)
def test_a_body_that_is_no_message_is_refused(body: bytes, status: int, url: str) -> None:
    assert http_calls.post(url, headers=ACCEPT, content=body).status_code == status
    assert http_calls.post(url, headers=ACCEPT, json=handshake()).status_code == 200


def test_a_session_that_is_not_there_is_not_found(url: str) -> None:
    headers = {**ACCEPT, "mcp-session-id": "0" * 32}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert http_calls.post(url, headers=headers, json=message).status_code == 404


def test_there_is_one_path(url: str) -> None:
    root = url.removesuffix("/mcp")
    for path in ("/", "/docs", "/openapi.json", "/.well-known/oauth-protected-resource"):
        assert http_calls.get(root + path).status_code == 404
