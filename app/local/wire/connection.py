"""The sockets under the server: they know their clients, can be reset, and outlast a goodbye."""

import socket
import struct
from typing import Any
from weakref import WeakValueDictionary

from app.local.wire.goaway import GoawayFilter


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
    """A connection that can be reset, as by a peer that crashed: the client reads ECONNRESET.

    A client that says goodbye with GOAWAY(NO_ERROR) opens no more streams, and those that it has
    open go on (RFC 9113, 6.8). hypercorn, and h2 below it, close the connection instead, so they
    do not get to see that frame. The client closes the connection when it has what it wants.
    """

    _doomed = False

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._filter = GoawayFilter()

    def recv(self, size: int, flags: int = 0) -> bytes:
        received = super().recv(size, flags)
        passed = self._filter.passed(received)
        if received and not passed:
            raise BlockingIOError  # nothing to read yet; b"" would say that the client has closed
        return passed

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
