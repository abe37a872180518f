"""A response on its way out: at once, or piece by piece as its pieces are produced.

The pieces are pulled one at a time, and only when the one before has gone out: a slow reader slows
the handler down, and costs no thread meanwhile. Those of an asynchronous iterator are made on the
event loop, where waiting for the next costs no thread either; each of any other is made in a
thread. When the client goes away, the handler's iterator is closed, an asynchronous one in the
middle of its waiting.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from threading import Lock
from typing import Any

from app.local.faults import Fault
from app.local.wire.body import Run
from app.local.wire.call import ServiceError
from app.local.wire.request import encode_header
from app.local.wire.serialise import Response
from app.local.wire.spoil import Reset, between_pieces, speak

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

_log = logging.getLogger(__name__)
STOPPING = ServiceError("ServiceUnavailableException", "The stand-in is stopping.")


async def deliver(
    response: Response, fault: Fault | None, receive: Receive, send: Send, run: Run
) -> None:
    """Send a response, as the fault has it.

    Raises:
        Reset: a fault asked for it, or the body broke off where no error can be told any more.
    """
    await send(_head(response))
    if isinstance(response.body, bytes) and fault is None:
        await send({"type": "http.response.body", "body": response.body})
        return
    gone = asyncio.ensure_future(receive())
    source = _source(response, run, gone)
    try:
        async for piece in between_pieces(source, fault, response.last_words, gone):
            if gone.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if not gone.done():
            await send({"type": "http.response.body"})
    except asyncio.CancelledError:
        last = speak(response.last_words, STOPPING)
        await send({"type": "http.response.body", "body": last})
    finally:
        gone.cancel()
        await source.aclose()


def _head(response: Response) -> dict[str, Any]:
    headers = dict(response.headers)
    if isinstance(response.body, bytes) and response.status not in (204, 304):
        headers.setdefault("content-length", str(len(response.body)))
    raw = [(name.encode("latin-1"), encode_header(value)) for name, value in headers.items()]
    return {"type": "http.response.start", "status": response.status, "headers": raw}


class _Source(ABC):
    """The pieces of a body, until the client goes away."""

    def __init__(self, gone: "asyncio.Future[Any]") -> None:
        self._gone = gone

    def __aiter__(self) -> "_Source":
        return self

    async def __anext__(self) -> bytes:
        coming = asyncio.ensure_future(self.piece())
        try:
            await asyncio.wait({coming, self._gone}, return_when=asyncio.FIRST_COMPLETED)
            piece = coming.result() if coming.done() else None
        except Exception as error:
            _log.exception("a body broke off")
            raise Reset from error
        finally:
            await _ended(coming)
        if piece is None:
            raise StopAsyncIteration
        return piece

    @abstractmethod
    async def piece(self) -> bytes | None:
        """The next one; None at the end."""

    @abstractmethod
    async def aclose(self) -> None:
        """Nothing more is wanted."""


class _Waiting(_Source):
    """Of an asynchronous iterator: where it waits, it is cancelled."""

    def __init__(
        self,
        iterator: AsyncIterator[bytes],
        aclose: Callable[[], Awaitable[None]] | None,
        gone: "asyncio.Future[Any]",
    ) -> None:
        super().__init__(gone)
        self._iterator, self._aclose = iterator, aclose

    async def piece(self) -> bytes | None:
        return await anext(self._iterator, None)

    async def aclose(self) -> None:
        if isinstance(self._iterator, AsyncGenerator):
            await self._iterator.aclose()
        if self._aclose:
            await self._aclose()


class _Threaded(_Source):
    """Of any other iterator. A lock keeps it from being closed while it runs."""

    def __init__(
        self,
        iterator: Iterator[bytes],
        close: Callable[[], None],
        run: Run,
        gone: "asyncio.Future[Any]",
    ) -> None:
        super().__init__(gone)
        self._iterator, self._close, self._run = iterator, close, run
        self._lock = Lock()

    async def piece(self) -> bytes | None:
        piece: bytes | None = await self._run(self._next)
        return piece

    async def aclose(self) -> None:
        """As soon as the piece that is being made, if any, is made; nobody waits for it."""
        self._run(self._locked_close)

    def _next(self) -> bytes | None:
        with self._lock:
            return next(self._iterator, None)

    def _locked_close(self) -> None:
        with self._lock:
            self._close()


def _source(response: Response, run: Run, gone: "asyncio.Future[Any]") -> _Source:
    body = response.body
    if isinstance(body, AsyncIterator):
        return _Waiting(body, response.aclose, gone)
    return _Threaded(iter([body]) if isinstance(body, bytes) else body, response.close, run, gone)


async def _ended(task: "asyncio.Future[Any]") -> None:
    """Cancel a task, and return when it has ended."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
