"""The server as a real process, driven by the SDK's own client."""

import json

import pytest
from mcp import Client, MCPError
from mcp_types import CallToolResult, TextContent

from tests.flows.home import Home
from tests.mcp.clients import VERSIONS, stdio, talk


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
    ({}, "arguments: 'query' is a required property."),
    ({"query": " "}, "query: ' ' does not match"),
    ({"query": "a", "limit": 0}, "limit: 0 is less than the minimum of 1."),
    ({"query": "a", "limit": "5"}, "limit: '5' is not of type 'integer'."),
    ({"query": ["a"]}, "query: ['a'] is not of type 'string'."),
    ({"query": "a", "user": "eve"}, "('user' was unexpected)"),
    ({"query": "a" * 1_000_000}, "may have 65,536 at most"),
    ({"query": "a" * 10_001}, "query: 'aaaa"),
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
