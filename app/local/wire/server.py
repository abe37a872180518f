"""HTTP/1.1 and cleartext HTTP/2 on one loopback port, by hypercorn.

The AWS SDK for JavaScript speaks HTTP/2 with prior knowledge to an `http://` endpoint; hypercorn
tells the two apart by the first bytes of a connection.
"""

import asyncio
import logging
import resource
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config, Sockets

from app.local.wire.connection import ListeningSocket, listen

GRACE_SECONDS = 5.0  # for requests under way when the server is told to stop
LAST_WORDS_SECONDS = 5.0  # for those that were then cancelled to tell their clients
HEAD_BYTES = 64 * 2**10
KEEP_ALIVE_SECONDS = 75
CONNECTIONS = 8192

ASGI = Callable[[Any, Any, Any], Awaitable[None]]


def serve(asgi: ASGI, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT. `ready` is called with the port once requests are answered.

    Port 0 takes a free one.

    Raises:
        ValueError: the host is not a loopback address.
        OSError: the port is taken.
    """

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await serve_on(listener, asgi, lambda: ready(listener.getsockname()[1]), stop)

    _allow_connections()
    with listen(host, port) as listener:
        asyncio.run(main())


def _allow_connections() -> None:
    """As many open files as the system lets this process have, up to CONNECTIONS: each connection
    is one, and each answer of a model server another. By default it may have 256 (macOS) or 1,024.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = CONNECTIONS if hard == resource.RLIM_INFINITY else min(CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def serve_on(
    listener: ListeningSocket,
    asgi: ASGI,
    ready: Callable[[], None],
    stop: asyncio.Event,
    grace: float = GRACE_SECONDS,
) -> None:
    """Serve until `stop`: then take no new connections, give the requests under way `grace`
    seconds to end, and cancel those that have not.
    """
    under_way: set[asyncio.Task[Any]] = set()

    async def tracked(scope: Any, receive: Any, send: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        if scope["type"] == "http":
            under_way.add(task)
            scope["extensions"]["outcrop.reset"] = partial(listener.reset, scope["client"])
        try:
            await asgi(scope, receive, send)
        finally:
            under_way.discard(task)

    async def stopped() -> None:
        ready()
        await stop.wait()
        asyncio.get_running_loop().call_later(grace, _cancel, under_way)

    await hypercorn_serve(tracked, _Configuration(listener, grace), shutdown_trigger=stopped)


def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()


class _Configuration(Config):
    def __init__(self, listener: socket.socket, grace: float) -> None:
        self._listener = listener
        self.errorlog = logging.getLogger("hypercorn")
        self.graceful_timeout = grace + LAST_WORDS_SECONDS
        self.h11_max_incomplete_size = HEAD_BYTES
        self.h2_max_header_list_size = HEAD_BYTES
        self.include_server_header = False
        self.keep_alive_timeout = KEEP_ALIVE_SECONDS
        # Over its limit hypercorn says goodbye to an HTTP/2 client in the middle of a request.
        self.keep_alive_max_requests = sys.maxsize

    def create_sockets(self) -> Sockets:
        return Sockets([], [self._listener], [])
