"""`python -m tests.mcp.process FILE`: the server over standard input and output, with the tools of
`tests.mcp.tools`; each effect is a line of the file.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio

from app.aws import clients
from app.mcp.server import mcp_server
from app.mcp.stdio import serve
from app.settings import Settings, read
from app.tools import Output, Tool
from tests.mcp.tools import ORDER, Desk


def main() -> None:
    effects = Path(sys.argv[1])

    def cancel(arguments: Mapping[str, Any], session: Mapping[str, str]) -> Output:
        print("a tool that writes to standard output")
        with effects.open("a") as file:
            file.write(f"{arguments['order_id']} {session['call']}\n")
        return Output("{}")

    settings = read(Settings)
    tools = [tool for tool in Desk().tools() if tool.name != "cancel_order"]
    tools.append(Tool("cancel_order", "Cancel an order.", ORDER, cancel, confirms=True))
    aws = clients(settings.deadline_seconds)
    anyio.run(serve, mcp_server(aws, settings, tools, lambda: "local"))


if __name__ == "__main__":
    main()
