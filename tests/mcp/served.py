"""MCP over HTTP, as a real server on a port, in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn

from app.mcp.http import PATH, http_application
from app.mcp.server import mcp_server
from app.mcp.tokens import TokenVerifier, principal_in_token
from tests.flows.home import Home
from tests.mcp.tools import Desk


@contextmanager
def serving(
    home: Home, desk: Desk, tokens: TokenVerifier | None = None, **options: Any
) -> Iterator[str]:
    """The URL of a server with these tools."""
    principal = principal_in_token if tokens else lambda: "local"
    server = mcp_server(home.aws, home.settings, desk.tools(), principal)
    url = f"http://127.0.0.1:1{PATH}"
    app = http_application(server, url, tokens, **options)
    web = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
    thread = Thread(target=web.run)
    thread.start()
    try:
        while not web.started:
            assert thread.is_alive()
        port = web.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}{PATH}"
    finally:
        web.should_exit = True
        thread.join()
