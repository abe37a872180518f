"""`outcrop mcp`, as a client starts it."""

import sys
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult

from app.deploy import laptop
from app.settings import LaptopSettings, environment

OUTCROP = str(Path(sys.executable).with_name("outcrop"))


async def search(home: Path) -> CallToolResult:
    server = StdioServerParameters(
        command=OUTCROP, args=["mcp"], env=environment({"OUTCROP_HOME": str(home)})
    )
    with anyio.fail_after(60):
        async with Client(server) as client:
            return await client.call_tool("search_documents", {"query": "beekeeper"})


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
