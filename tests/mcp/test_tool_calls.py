"""Tools over MCP, in both eras of the protocol: one tool of MCP for each of ours."""

import json
from typing import Any

import anyio
import anyio.to_thread
import pytest
from mcp import Client, MCPError
from mcp_types import CallToolResult, TextContent

from app.mcp import results
from app.mcp.server import mcp_server
from app.tools import CALL, PRINCIPAL
from tests.flows.home import Home
from tests.mcp.clients import VERSIONS, talk
from tests.mcp.tools import ATTACK, SECRET, Desk

pytestmark = pytest.mark.parametrize("version", VERSIONS)


def served(home: Home, desk: Desk, **changes: Any) -> Any:
    settings = home.settings.model_copy(update=changes)
    return mcp_server(home.aws, settings, desk.tools(), lambda: "ada")


def call(
    home: Home, version: str, name: str, arguments: dict[str, Any], desk: Desk | None = None
) -> CallToolResult:
    async def say(client: Client) -> CallToolResult:
        return await client.call_tool(name, arguments)

    return talk(served(home, desk or Desk()), say, mode=version)


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_each_tool_is_described_with_its_schema_and_what_it_changes(
    version: str, home: Home
) -> None:
    async def say(client: Client) -> dict[str, Any]:
        return {tool.name: tool for tool in (await client.list_tools()).tools}

    desk = Desk()
    listed = talk(served(home, desk), say, mode=version)
    assert list(listed) == ["search_documents", *(tool.name for tool in desk.tools())]
    for tool in desk.tools():
        described = listed[tool.name]
        assert described.description == tool.description
        assert described.input_schema == tool.input_schema
        hints = described.annotations
        assert (hints.read_only_hint, hints.destructive_hint) == (not tool.confirms, tool.confirms)
        assert hints.idempotent_hint is (not tool.confirms)
        assert hints.open_world_hint is False


def test_a_result_that_is_json_is_structured_too(version: str, home: Home) -> None:
    result = call(home, version, "order_status", {"order_id": "A-1"})
    assert not result.is_error
    assert result.structured_content == {"order_id": "A-1", "status": "shipped"}
    assert json.loads(text_of(result)) == result.structured_content


def test_a_list_is_the_member_result(version: str, home: Home) -> None:
    result = call(home, version, "my_orders", {})
    assert json.loads(text_of(result)) == ["A-1 of ada"]
    assert result.structured_content == {"result": ["A-1 of ada"]}


def test_the_server_says_whose_call_it_is_and_each_call_has_a_key(version: str, home: Home) -> None:
    desk = Desk()

    async def say(client: Client) -> None:
        for _ in range(2):
            await client.call_tool("order_status", {"order_id": "A-1"})

    talk(served(home, desk), say, mode=version)
    sessions = [session for _, _, session in desk.calls]
    assert [session[PRINCIPAL] for session in sessions] == ["ada", "ada"]
    assert len({session[CALL] for session in sessions}) == 2


def test_a_refusal_is_an_error_for_the_model_to_read(version: str, home: Home) -> None:
    result = call(home, version, "order_status", {"order_id": "none"})
    assert result.is_error
    assert text_of(result) == "There is no such order."
    assert result.structured_content is None


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({}, "order_id"),
        ({"order_id": 7}, "order_id"),
        ({"order_id": ""}, "order_id"),
        ({"order_id": "A-1", "principal": "eve"}, "principal"),
        ({"order_id": float("nan")}, "order_id"),
        ({"order_id": "x" * 1_000_000}, "may have 65,536 at most"),
    ],
    ids=["missing", "number", "empty", "principal", "nan", "a-megabyte"],
)
def test_wrong_arguments_reach_no_tool(
    arguments: dict[str, Any], rule: str, version: str, home: Home
) -> None:
    desk = Desk()
    result = call(home, version, "order_status", arguments, desk)
    assert result.is_error
    assert rule in text_of(result)
    assert len(text_of(result)) < 500
    assert not desk.calls


def test_an_unknown_tool_is_an_error_of_the_protocol(version: str, home: Home) -> None:
    with pytest.raises((MCPError, ExceptionGroup)) as caught:
        call(home, version, "cancel_everything", {})
    assert "There is no tool 'cancel_everything'." in _messages(caught.value)


def test_instructions_in_a_result_come_as_data(version: str, home: Home) -> None:
    result = call(home, version, "note", {})
    assert not result.is_error
    assert text_of(result) == ATTACK
    assert result.structured_content is None


def test_a_result_of_a_megabyte_is_refused(version: str, home: Home) -> None:
    result = call(home, version, "big", {})
    assert result.is_error
    assert text_of(result).startswith("The result of big has 1,000,000 characters")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("tool", "The tool fail failed."),
        ("operator", "Outcrop is not set up right; its log says why"),
        ("bug", results.UNEXPECTED),
    ],
)
def test_a_failure_is_told_without_what_only_the_operator_may_read(
    how: str, said: str, version: str, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    result = call(home, version, "fail", {"order_id": how})
    assert result.is_error
    assert text_of(result) == said
    assert SECRET not in result.model_dump_json()
    assert (SECRET in caplog.text) == (how != "tool")


def test_a_tool_that_hangs_is_broken_off_at_the_deadline(version: str, home: Home) -> None:
    desk = Desk()

    async def say(client: Client) -> CallToolResult:
        return await client.call_tool("wait", {})

    result = talk(served(home, desk, deadline_seconds=0.2), say, mode=version)
    assert result.is_error
    assert text_of(result) == "It took longer than 0.2 seconds."
    assert desk.broken_off.wait(30)


def test_a_call_that_the_client_cancels_is_broken_off_and_others_go_on(
    version: str, home: Home
) -> None:
    desk = Desk()

    async def say(client: Client) -> CallToolResult:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "wait", {})
            await anyio.to_thread.run_sync(desk.began.wait, 30)
            tasks.cancel_scope.cancel()
        assert await anyio.to_thread.run_sync(desk.broken_off.wait, 30)
        return await client.call_tool("order_status", {"order_id": "A-1"})

    assert not talk(served(home, desk), say, mode=version).is_error


def _messages(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return " ".join(map(_messages, error.exceptions))
    return str(error)
