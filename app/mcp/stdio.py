"""One client, over standard input and output."""

from typing import Any

from mcp.server import Server
from mcp.server.stdio import stdio_server


async def serve(server: "Server[Any]") -> None:
    """Serve until standard input ends. What else writes to standard output meanwhile goes to
    standard error, so that the client reads nothing but the protocol.
    """
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
