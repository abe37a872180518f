"""Clients of the SDK, over each transport."""

import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import anyio
from mcp import Client, StdioServerParameters

from app.settings import environment

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
Json = dict[str, Any]
VERSIONS = ("legacy", "2026-07-28")
"""How a client begins: by the handshake of older versions, or as the newest has it."""
SECONDS = 400
"""How long a test waits for what has to happen sooner or later."""


def stdio(
    variables: Mapping[str, str], module: str = "app.mcp", *words: str
) -> StdioServerParameters:
    """The server as a process, for one client."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", module, *words],
        env=environment(variables),
        cwd=ROOT,
    )


def piped(parameters: StdioServerParameters) -> "subprocess.Popen[bytes]":
    """The server as a process, to be written to and read from byte by byte."""
    return subprocess.Popen(
        [parameters.command, *parameters.args],
        env=parameters.env,
        cwd=parameters.cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def talk(server: Any, say: Callable[[Client], Awaitable[T]], **options: Any) -> T:
    """What `say` returns, of a client that is connected to this server."""

    async def run() -> T:
        with anyio.fail_after(SECONDS):
            async with Client(server, **options) as client:
                return await say(client)

    return anyio.run(run)
