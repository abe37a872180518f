"""HTTP/1.1 and cleartext HTTP/2 on one loopback port, by hypercorn.

The AWS SDK for JavaScript speaks HTTP/2 with prior knowledge to an `http://` endpoint; hypercorn
tells the two apart by the first bytes of a connection.
"""

import asyncio
import logging
import resource
import signal
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config, Sockets

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
    listener: "ListeningSocket",
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


def listen(host: str, port: int) -> "ListeningSocket":
    host = "127.0.0.1" if host == "localhost" else host
    if host not in ("127.0.0.1", "::1"):
        raise ValueError(
            "The stand-in checks no signature, so it listens on the loopback addresses 127.0.0.1 "
            f"and ::1 only, not on {host}."
        )
    listener = ListeningSocket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


class ListeningSocket(socket.socket):
    """A listening socket that knows its connections by the address of their client."""

    def __init__(self, family: int) -> None:
        # asyncio turns Nagle's algorithm off only where it reads TCP: 40 ms an answer without.
        super().__init__(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._connections: WeakValueDictionary[Any, Connection] = WeakValueDictionary()

    def accept(self) -> "tuple[Connection, Any]":
        accepted, address = super().accept()
        connection = Connection(
            accepted.family, accepted.type, accepted.proto, fileno=accepted.detach()
        )
        self._connections[address[:2]] = connection
        return connection, address

    def reset(self, client: tuple[str, int]) -> None:
        """Reset the connection of a client, if it has not gone."""
        if connection := self._connections.get(client[:2]):
            connection.reset()


class Connection(socket.socket):
    """A connection that can be reset, as by a peer that crashed: the client reads ECONNRESET."""

    _doomed = False

    def reset(self) -> None:
        # With no time to linger, close() sends a reset. The server closes because it reads the end.
        self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        super().shutdown(socket.SHUT_RD)
        self._doomed = True

    def shutdown(self, how: int) -> None:
        if not self._doomed:
            super().shutdown(how)

    def send(self, *arguments: Any) -> int:
        if self._doomed:
            raise ConnectionResetError
        return super().send(*arguments)
