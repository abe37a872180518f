"""Cancels the calls of one thread from another.

A call of boto3 blocks its thread until a response arrives, or a read times out. A `Cancellation`
knows the connections that the calls of its thread are using. `cancel` shuts them down: the blocked
read ends at once, and the server sees that its client is gone.

    with cancellation.active():            in the thread that calls
        runtime.invoke_model(...)
    cancellation.cancel(reason)            in another

botocore has no access to its connections. `cancellable` gives a client connections of the classes
below, by the one member of its HTTP session that chooses their class.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.client import HTTPResponse
from threading import Event, Lock
from typing import Any, TypeVar

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from app.errors import OutcropError

READ_AHEAD = 1024  # bytes; more is read past the buffer, at once

_Client = TypeVar("_Client")


class Cancelled(BaseException):
    """A call was made after its cancellation. No `except Exception` catches this: botocore would
    take it for a broken connection, and try again.
    """


class Cancellation:
    """Cancels the calls of one thread, and of the threads that it starts.

    Attributes:
        reason: the reason of the cancellation; None before it.
    """

    def __init__(self) -> None:
        self.reason: OutcropError | None = None
        self._committed = False
        self._lines: dict[Any, socket.socket] = {}
        self._lock = Lock()
        self._cancelled = Event()

    @contextmanager
    def active(self) -> Iterator[None]:
        """The calls that this thread makes in the block can be cancelled."""
        token = _active.set(self)
        try:
            yield
        finally:
            _active.reset(token)

    def cancel(self, reason: OutcropError) -> bool:
        """Break off the calls under way, and refuse further ones; False after `commit`."""
        with self._lock:
            if self._committed:
                return False
            self.reason = self.reason or reason
            self._cancelled.set()
            for line in self._lines.values():
                with suppress(OSError):  # the connection is closed already
                    # Not SSLSocket's own shutdown: that takes TLS away from under the reader.
                    socket.socket.shutdown(line, socket.SHUT_RDWR)
            return True

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until it is cancelled.

        Raises:
            Cancelled: it is cancelled.
        """
        if self._cancelled.wait(seconds):
            raise Cancelled

    def commit(self) -> None:
        """Refuse later cancellations: the work that begins now has to be completed.

        Raises:
            Cancelled: it was cancelled before.
        """
        with self._lock:
            if self.reason:
                raise Cancelled
            self._committed = True

    def enter(self, connection: Any) -> None:
        """Register a connection that begins to serve a call.

        Raises:
            Cancelled: the calls are cancelled.
        """
        with self._lock:
            if self.reason:
                raise Cancelled
            self._lines[connection] = connection.sock

    def leave(self, connection: Any) -> None:
        """Release a connection, which may serve other calls now."""
        with self._lock:
            self._lines.pop(connection, None)


_active: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


def cancellation() -> Cancellation:
    """The active cancellation; a new one, which nobody else knows, if none is active."""
    return _active.get() or Cancellation()


def cancellable(client: _Client) -> _Client:
    """Make a client's calls cancellable."""
    session = client._endpoint.http_session  # type: ignore[attr-defined]  # noqa: SLF001  # see above
    session._pool_classes_by_scheme.update(http=_Pool, https=_TLSPool)  # noqa: SLF001  # see above
    return client


class _RegisteredConnection:
    """A connection that registers with the active cancellation while it serves a call."""

    def request(self, *arguments: Any, **members: Any) -> Any:
        connection: Any = self
        if connection.sock is None:
            connection.connect()
        connection.cancellation = _active.get()
        if connection.cancellation:
            connection.cancellation.enter(connection)
        return super().request(*arguments, **members)  # type: ignore[misc]  # a mixin


class _Response(HTTPResponse):
    """A response that reads ahead by little: with a thousand streams under way, what http.client
    reads ahead by would be a large part of their memory.
    """

    def __init__(self, sock: Any, *arguments: Any, **members: Any) -> None:
        line: Any = _Line(sock)
        super().__init__(line, *arguments, **members)


class _Line:
    """A socket, to a response: the maker of the file that it is read from."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def makefile(self, _mode: str) -> Any:
        return self._socket.makefile("rb", READ_AHEAD)


class _ReleasingPool:
    """A pool that releases its connections when they come back."""

    def _put_conn(self, connection: Any) -> None:
        if owner := getattr(connection, "cancellation", None):
            owner.leave(connection)
        super()._put_conn(connection)  # type: ignore[misc]  # a mixin


class _Connection(_RegisteredConnection, AWSHTTPConnection):  # type: ignore[misc]  # botocore's own bases differ
    response_class: Any = _Response


class _TLSConnection(_RegisteredConnection, AWSHTTPSConnection):  # type: ignore[misc]  # as above
    response_class: Any = _Response


class _Pool(_ReleasingPool, AWSHTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(_ReleasingPool, AWSHTTPSConnectionPool):
    ConnectionCls = _TLSConnection
