"""`outcrop mcp`, as a client starts it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, ElicitResult

from app.deploy import laptop
from app.settings import LaptopSettings, environment
from tests.mcp.clients import SECONDS

OUTCROP = str(Path(sys.executable).with_name("outcrop"))


async def search(home: Path) -> CallToolResult:
    server = StdioServerParameters(
        command=OUTCROP, args=["mcp"], env=environment({"OUTCROP_HOME": str(home)})
    )
    with anyio.fail_after(SECONDS):
        async with Client(server, mode="legacy") as client:  # which waits until a home is started
            return await client.call_tool("search_documents", {"query": "beekeeper"})


async def cancel(url: str) -> list[str]:
    """The status of an order of the laptop's shop before, by, and after its cancellation."""

    async def accept(_context: object, _params: object) -> ElicitResult:
        return ElicitResult(action="accept")

    options: dict[str, Any] = {"elicitation_callback": accept}
    with anyio.fail_after(SECONDS):
        async with Client(url, **options) as client:
            order = {"order_id": "A-1047"}
            names = ("order_status", "cancel_order", "order_status")
            results = [await client.call_tool(name, order) for name in names]
            return [str((result.structured_content or {}).get("status")) for result in results]


def test_it_serves_a_home_that_is_served_and_one_that_is_not(tmp_path: Path) -> None:
    """Nothing but the protocol is on its standard output: else the client would not understand."""
    settings = LaptopSettings(home=tmp_path)
    with laptop.serving(settings):
        result = anyio.run(search, tmp_path)
        assert not result.is_error
        assert result.structured_content == {"query": "beekeeper", "passages": []}
        assert laptop.running(settings)
    result = anyio.run(search, tmp_path)
    assert not result.is_error
    assert laptop.running(settings) is None, "the last command that uses it stops it"


def test_it_serves_the_tools_of_the_home_over_http_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with subprocess.Popen(
        [OUTCROP, "mcp", "--http", "--port", "0"],
        env=environment({"OUTCROP_HOME": str(tmp_path)}),
        stdout=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout
        url = command.stdout.readline().strip()

        try:
            assert anyio.run(cancel, url) == ["placed", "cancelled", "cancelled"]
            assert laptop.running(LaptopSettings(home=tmp_path))
        finally:
            command.terminate()
        assert command.wait(60) == 0
    assert laptop.running(LaptopSettings(home=tmp_path)) is None


def test_other_machines_are_not_let_in_without_tokens(tmp_path: Path) -> None:
    ran = subprocess.run(
        [OUTCROP, "mcp", "--http", "--port", "0", "--host", "0.0.0.0"],
        env=environment({"OUTCROP_HOME": str(tmp_path)}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1
    assert "set OUTCROP_MCP_ISSUER and OUTCROP_MCP_AUDIENCE" in ran.stderr
    assert not ran.stdout
