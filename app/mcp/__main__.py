"""`python -m app.mcp`: serve one client over standard input and output.

Nothing but the protocol goes to standard output; logs go to standard error. It ends when standard
input does.
"""

import argparse
import logging
import sys

import anyio

from app.aws import clients
from app.errors import OperatorError
from app.mcp.principal import principal_of
from app.mcp.server import mcp_server
from app.mcp.stdio import serve
from app.settings import Settings, read
from app.tools.catalogue import lambda_tools_of


def main() -> None:
    """Read the settings, serve."""
    argparse.ArgumentParser(prog="python -m app.mcp").parse_args()
    _log()
    try:
        settings = read(Settings)
        aws = clients(settings.deadline_seconds)
        tools = lambda_tools_of(aws, settings)
        server = mcp_server(aws, settings, tools, principal_of(settings))
    except OperatorError as error:
        sys.exit(error.detail)
    anyio.run(serve, server)


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    # It would warn that more connections are in use than are kept open, which is normal.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


if __name__ == "__main__":
    main()
