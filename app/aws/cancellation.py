"""How one thread breaks off what another waits for at AWS.

A call of boto3's blocks its thread until an answer comes, or a read times out. A `Cancellation`
knows the connections that the calls of its thread are using at this moment. `cancel` shuts them
down: the blocked read ends at once, and whoever writes the answer at the other end sees its client
gone.

    with cancellation.active():          in the thread that calls
        runtime.invoke_model(...)
    cancellation.cancel(reason)          in another

botocore offers no way to reach a connection. `cancellable` gives a client connections of ours, by
the one member of its HTTP session that says which kind it makes.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeVar

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from app.errors import OutcropError

_Client = TypeVar("_Client")


class Cancelled(BaseException):
    """A call was made after its cancellation. No `except Exception` catches it: botocore would
    take it for a broken connection, and try again.
    """


class Cancellation:
    """What the calls of one thread, and of those that it starts, are broken off by.

    Attributes:
        reason: why they were broken off; None as long as they were not.
    """

    def __init__(self) -> None:
        self.reason: OutcropError | None = None
        self._committed = False
        self._lines: dict[Any, socket.socket] = {}
        self._lock = Lock()

    @contextmanager
    def active(self) -> Iterator[None]:
        """The calls made in here, by this thread, are those that are broken off."""
        token = _active.set(self)
        try:
            yield
        finally:
            _active.reset(token)

    def cancel(self, reason: OutcropError) -> bool:
        """Break off the calls under way, and let no other begin; False after `commit`."""
        with self._lock:
            if self._committed:
                return False
            self.reason = self.reason or reason
            for line in self._lines.values():
                with suppress(OSError):  # it has ended by itself
                    # Not SSLSocket's own shutdown: that takes TLS away from under the reader.
                    socket.socket.shutdown(line, socket.SHUT_RDWR)
            return True

    def commit(self) -> None:
        """From here on nothing is broken off: what is begun now has to be brought to its end.

        Raises:
            Cancelled: it was cancelled before.
        """
        with self._lock:
            if self.reason:
                raise Cancelled
            self._committed = True

    def enter(self, connection: Any) -> None:
        """A connection begins to serve a call.

        Raises:
            Cancelled: it must not.
        """
        with self._lock:
            if self.reason:
                raise Cancelled
            self._lines[connection] = connection.sock

    def leave(self, connection: Any) -> None:
        """A connection is free to serve somebody else's call."""
        with self._lock:
            self._lines.pop(connection, None)


_active: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


def cancellation() -> Cancellation:
    """The one that is active; where none is, one that nobody else knows."""
    return _active.get() or Cancellation()


def cancellable(client: _Client) -> _Client:
    """The client, made so that a `Cancellation` can break its calls off."""
    session = client._endpoint.http_session  # type: ignore[attr-defined]  # noqa: SLF001  # see above
    session._pool_classes_by_scheme.update(http=_Pool, https=_TLSPool)  # noqa: SLF001  # see above
    return client


class _Calls:
    """A connection that tells the active cancellation whose call it serves."""

    def request(self, *arguments: Any, **members: Any) -> Any:
        connection: Any = self
        if connection.sock is None:
            connection.connect()
        connection.cancellation = _active.get()
        if connection.cancellation:
            connection.cancellation.enter(connection)
        return super().request(*arguments, **members)  # type: ignore[misc]  # a mixin


class _Returns:
    """A pool whose connections forget whose call they served when they come back."""

    def _put_conn(self, connection: Any) -> None:
        if owner := getattr(connection, "cancellation", None):
            owner.leave(connection)
        super()._put_conn(connection)  # type: ignore[misc]  # a mixin


class _Connection(_Calls, AWSHTTPConnection):  # type: ignore[misc]  # botocore's own bases differ
    pass


class _TLSConnection(_Calls, AWSHTTPSConnection):  # type: ignore[misc]  # as above
    pass


class _Pool(_Returns, AWSHTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(_Returns, AWSHTTPSConnectionPool):
    ConnectionCls = _TLSConnection
