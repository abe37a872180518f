"""`python -m app.mcp`: serve one client over standard input and output.

Nothing but the protocol goes to standard output; logs go to standard error. It ends when standard
input does, and so does `python -m app.mcp --http`, which serves any number of clients, and prints
its URL.
"""

import argparse
import logging
import os
import sys
from threading import Thread

import anyio

from app.aws import clients
from app.errors import OutcropError
from app.mcp.http import HttpServer, http_application, public_url
from app.mcp.principal import principal_of
from app.mcp.server import mcp_server
from app.mcp.stdio import serve
from app.mcp.tokens import TokenVerifier, principal_in_token
from app.settings import McpSettings, Settings, read
from app.tools.catalogue import lambda_tools_of


def main() -> None:
    """Read the settings, serve."""
    options = _options()
    _log()
    try:
        settings = read(Settings)
        tokens = TokenVerifier.of(read(McpSettings))
        sends_tokens = options.http and tokens is not None
        principal = principal_in_token if sends_tokens else principal_of(settings, tokens)
        aws = clients(settings.deadline_seconds)
        server = mcp_server(aws, settings, lambda_tools_of(aws, settings), principal)
        if not options.http:
            anyio.run(serve, server)
            return
        url = public_url(options.public_url, options.host, options.port, tokens)
    except OutcropError as error:
        sys.exit(error.detail)
    application = http_application(server, url, tokens, settings.origin)
    web = HttpServer(application, options.host, options.port)
    Thread(target=_stop_at_end_of_input, args=(web,), daemon=True).start()
    web.run()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.mcp")
    parser.add_argument("--http", action="store_true", help="serve over HTTP")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--public-url", help="where clients on other machines call it")
    return parser.parse_args()


def _stop_at_end_of_input(server: HttpServer) -> None:
    while os.read(sys.stdin.fileno(), 1024):  # unbuffered: a thread must not hold the buffer's lock
        pass
    server.should_exit = True


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    # It would warn that more connections are in use than are kept open, which is normal.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


if __name__ == "__main__":
    main()
