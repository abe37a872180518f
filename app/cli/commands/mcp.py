"""`outcrop mcp`: serve the tools and the documents to an MCP client."""

import signal
import subprocess
import sys
from types import FrameType

from app.deploy import laptop
from app.deploy.endpoint import misleading_names
from app.settings import LaptopSettings, adopt, environment, inherited_environment, read


def mcp() -> None:
    """Serve the tools and the documents to an MCP client, over standard input and output."""
    with laptop.sharing(read(LaptopSettings)) as home:
        adopt(home.variables(), dropped=misleading_names(inherited_environment()))
        _run([sys.executable, "-P", "-m", "app.mcp"], environment(home.settings))


def _run(command: list[str], variables: dict[str, str]) -> None:
    """Run the server until it ends; it reads and writes what this command would.

    Raises:
        SystemExit: it failed, with its exit code.
    """
    with subprocess.Popen(command, env=variables) as server:

        def stop(_number: int, _frame: FrameType | None) -> None:
            server.terminate()

        signal.signal(signal.SIGTERM, stop)
        try:
            code = server.wait()
        except KeyboardInterrupt:  # the terminal has sent it to both
            code = server.wait()
    if code > 0:
        sys.exit(code)
