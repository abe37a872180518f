"""`outcrop mcp`: serve the tools and the documents to MCP clients."""

import signal
import subprocess
import sys
from types import FrameType
from typing import Annotated

import typer

from app.cli.application import StackOption
from app.cli.mcp_home import mcp_home
from app.settings import environment

PORT = 8765


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Over HTTP, for any number of clients, until Ctrl-C.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port for --http; 0 takes a free one.")
    ] = PORT,
    host: Annotated[
        str, typer.Option(help="The address for --http. Another than this needs tokens.")
    ] = "127.0.0.1",
    public_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where clients on other machines call it, as in https://mcp.example.com/mcp.",
        ),
    ] = None,
    stack: StackOption = None,
) -> None:
    """Serve the tools and the documents to MCP clients: to one, over standard input and output, or
    over HTTP.
    """
    command = [sys.executable, "-P", "-m", "app.mcp"]
    if http:
        command += ["--http", "--host", host, "--port", str(port)]
        command += ["--public-url", public_url] if public_url else []
    with mcp_home(stack, http=http) as variables:
        _run(command, environment(variables), pipes_input=http)


def _run(command: list[str], variables: dict[str, str], *, pipes_input: bool) -> None:
    """Run the server until it ends. It writes to the standard output of this command.

    Args:
        pipes_input: whether its standard input is a pipe, which closes with this command, in
            whatever way that ends. Otherwise it is this command's own, the client's.

    Raises:
        SystemExit: it failed, with its exit code.
    """
    stdin = subprocess.PIPE if pipes_input else None
    with subprocess.Popen(command, env=variables, stdin=stdin) as server:

        def stop(_number: int, _frame: FrameType | None) -> None:
            server.terminate()

        signal.signal(signal.SIGTERM, stop)
        try:
            code = server.wait()
        except KeyboardInterrupt:  # the terminal has sent it to both
            code = server.wait()
    if code > 0:
        sys.exit(code)
