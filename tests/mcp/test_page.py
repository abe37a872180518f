"""The configurations that docs/mcp.md shows start a server that answers."""

import json
import re
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from app.cli.commands.mcp import PORT
from app.mcp.http import PATH
from app.settings import environment
from tests.docs import DOCS, ROOT
from tests.mcp.clients import talk

BLOCKS = re.findall(r"(?ms)^```json\n(.*?)^```$", (DOCS / "mcp.md").read_text())
CONFIGURATIONS = [block["mcpServers"]["outcrop"] for block in map(json.loads, BLOCKS)]
SERVERS = [one for one in CONFIGURATIONS if "command" in one]


@pytest.mark.parametrize("server", SERVERS, ids=[server["command"] for server in SERVERS])
def test_a_configuration_starts_a_server_that_answers(
    server: dict[str, object], tmp_path: Path
) -> None:
    text = json.dumps(server).replace("/path/to/outcrop", str(ROOT))
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    variables = environment({"OUTCROP_HOME": str(tmp_path), "PATH": path})
    parameters = StdioServerParameters(**{**json.loads(text), "env": variables})

    async def say(client: Client) -> list[str]:
        return [tool.name for tool in (await client.list_tools()).tools]

    assert "search_documents" in talk(parameters, say, mode="legacy")


def test_the_url_is_where_the_command_serves() -> None:
    assert [one["url"] for one in CONFIGURATIONS if "url" in one] == [
        f"http://127.0.0.1:{PORT}{PATH}"
    ]
