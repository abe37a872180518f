"""The server as a real process, driven by the SDK's own client."""

import json
from pathlib import Path

import pytest
from mcp import Client, MCPError
from mcp.client.session import ClientRequestContext
from mcp_types import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolResult,
    ElicitRequestParams,
    ElicitResult,
    TextContent,
)

from tests.flows.home import Home
from tests.mcp.clients import VERSIONS, Json, piped, stdio, talk


@pytest.mark.parametrize("version", VERSIONS)
def test_a_client_searches_the_documents(version: str, home: Home) -> None:
    async def say(client: Client) -> CallToolResult:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        search = tools["search_documents"]
        assert search.annotations
        assert search.annotations.read_only_hint
        assert search.input_schema["required"] == ["query"]
        query = {"query": "Who built the castle of Rheinfels?"}
        return await client.call_tool("search_documents", query)

    result = talk(stdio(home.variables), say, mode=version)
    assert not result.is_error
    [content] = result.content
    assert isinstance(content, TextContent)
    assert json.loads(content.text) == result.structured_content
    best = result.structured_content["passages"][0]
    assert "Count Diether V" in best["text"]
    assert (best["document"], best["title"]) == ("guides/castle.md", "Castles")
    assert (best["section"], best["page"], best["number"]) == ("Rheinfels", None, 1)
    assert best["uri"] == f"s3://{home.settings.documents_bucket}/guides/castle.md"
    assert best["resource"] == "outcrop://documents/guides/castle.md"
    assert 0 < best["score"] <= 1


WRONG: list[tuple[dict[str, object], str]] = [
    ({}, "query: it is required"),
    ({"query": " "}, "query: it has no sign in it"),
    ({"query": "a", "limit": 0}, "limit: it has to be at least 1"),
    ({"query": "a", "limit": "5"}, "limit: it has to be an integer"),
    ({"query": ["a"]}, "query: it has to be a string"),
    ({"query": "a", "user": "eve"}, "there is no 'user'"),
    ({"query": "a" * 1_000_000}, "may have 65,536 at most"),
    ({"query": "a" * 10_001}, "query: it "),
]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_argument_is_told_with_its_rule(version: str, home: Home) -> None:
    async def say(client: Client) -> list[CallToolResult]:
        return [await client.call_tool("search_documents", each) for each, _ in WRONG]

    results = talk(stdio(home.variables), say, mode=version)
    for (_, rule), result in zip(WRONG, results, strict=True):
        assert result.is_error
        [content] = result.content
        assert isinstance(content, TextContent)
        assert rule in content.text
        assert len(content.text) < 500
        assert result.structured_content is None


@pytest.mark.parametrize("version", VERSIONS)
def test_a_tool_that_is_not_there_is_an_error_of_the_protocol(version: str, home: Home) -> None:
    async def say(client: Client) -> None:
        with pytest.raises(MCPError, match="There is no tool 'drop_tables'"):
            await client.call_tool("drop_tables", {})
        assert (await client.list_tools()).tools

    talk(stdio(home.variables), say, mode=version)


async def accept(_context: ClientRequestContext, _params: ElicitRequestParams) -> ElicitResult:
    return ElicitResult(action="accept")


async def decline(_context: ClientRequestContext, _params: ElicitRequestParams) -> ElicitResult:
    return ElicitResult(action="decline")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_person_confirms_over_the_pipe_and_what_a_tool_prints_is_not_on_it(
    version: str, home: Home, tmp_path: Path
) -> None:
    effects = tmp_path / "effects"
    effects.touch()

    async def say(client: Client) -> CallToolResult:
        return await client.call_tool("cancel_order", {"order_id": "A-1"})

    server = stdio(home.variables, "tests.mcp.process", str(effects))
    result = talk(server, say, mode=version, elicitation_callback=decline)
    assert result.is_error
    assert not effects.read_text()
    result = talk(server, say, mode=version, elicitation_callback=accept)
    assert not result.is_error
    [effect] = effects.read_text().splitlines()
    assert effect.startswith("A-1 ")


def test_lines_that_are_no_messages_do_not_end_the_server(home: Home) -> None:
    """What no client of the SDK would send: the server goes on with the next line."""
    lines = [
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}}',
        b"[" * 100_000,
        b'{"jsonrpc": "2.0", "id": 2, "method": "no/such"}',
        b'{"jsonrpc": "2.0", "id": 3, "method": "ping"}',
    ]
    by_id: dict[object, Json] = {}
    with piped(stdio(home.variables)) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(b"\n".join([HANDSHAKE, *lines, b""]))
        server.stdin.flush()
        while not by_id.keys() >= {0, 1, 2, 3} and (line := server.stdout.readline()):
            answer = json.loads(line)
            by_id[answer.get("id")] = answer
        server.stdin.close()
        assert server.wait(60) == 0
    assert by_id[0]["result"]["serverInfo"]["name"] == "outcrop"
    assert by_id[1]["error"]["code"] == INVALID_PARAMS
    assert by_id[2]["error"]["code"] == METHOD_NOT_FOUND
    assert by_id[3]["result"] == {}


HANDSHAKE = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 0,
        "method": "initialize",
        "params": {
            "protocolVersion": "2024-11-05",
            "capabilities": {},
            "clientInfo": {"name": "hostile", "version": "0"},
        },
    }
).encode()
