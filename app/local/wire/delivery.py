"""Sends a response: at once, or piece by piece as its pieces are produced.

A piece is requested only when the one before has been sent: a slow reader slows the handler down
and costs no thread meanwhile. An asynchronous iterator makes its pieces on the event loop, where
waiting costs no thread either; any other iterator makes each piece in a thread. When the client
disconnects, the handler's iterator is closed, an asynchronous one even while it waits.
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
from app.local.wire.fault_injection import Reset, encode_error, inject_fault_between
from app.local.wire.request import encode_header
from app.local.wire.response import Response

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

_log = logging.getLogger(__name__)
STOPPING = ServiceError("ServiceUnavailableException", "The stand-in is stopping.")


async def deliver(
    response: Response, fault: Fault | None, receive: Receive, send: Send, run: Run
) -> None:
    """Send a response, with the fault that was ordered for it, if any.

    Raises:
        Reset: a fault demands it, or the body failed where it cannot hold an error.
    """
    if isinstance(response.body, bytes) and fault is None:
        await send(_head(response))
        await send({"type": "http.response.body", "body": response.body})
        return
    gone = asyncio.ensure_future(receive())
    source = _source(response, run, gone)
    try:
        await send(_head(response))
        async for piece in inject_fault_between(source, fault, response.error_frame, gone):
            if gone.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if not gone.done():
            await send({"type": "http.response.body"})
    except asyncio.CancelledError:
        piece = encode_error(response.error_frame, STOPPING)
        await send({"type": "http.response.body", "body": piece})
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
    """The pieces of a body, until the client disconnects."""

    def __init__(self, gone: "asyncio.Future[Any]") -> None:
        self._gone = gone

    def __aiter__(self) -> "_Source":
        return self

    async def __anext__(self) -> bytes:
        task = asyncio.ensure_future(self.piece())
        try:
            await asyncio.wait({task, self._gone}, return_when=asyncio.FIRST_COMPLETED)
            piece = task.result() if task.done() else None
        except Exception as error:
            _log.exception("a body failed while it was sent")
            raise Reset from error
        finally:
            await _cancel(task)
        if piece is None:
            raise StopAsyncIteration
        return piece

    @abstractmethod
    async def piece(self) -> bytes | None:
        """The next piece; None at the end."""

    @abstractmethod
    async def aclose(self) -> None:
        """Release what makes the pieces."""


class _AsyncSource(_Source):
    """The pieces of an asynchronous iterator, which is cancelled where it waits."""

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


class _ThreadSource(_Source):
    """The pieces of any other iterator. A lock keeps it from being closed while it runs."""

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
        """Close the iterator when its current step, if any, has ended. Nobody waits for that. A
        server that stops drops the work that waits for a thread, so what waits then closes here.
        """
        closing = asyncio.ensure_future(self._run(self._locked_close))
        closing.add_done_callback(lambda done: self._locked_close() if done.cancelled() else None)

    def _next(self) -> bytes | None:
        with self._lock:
            return next(self._iterator, None)

    def _locked_close(self) -> None:
        with self._lock:
            self._close()


def _source(response: Response, run: Run, gone: "asyncio.Future[Any]") -> _Source:
    body = response.body
    if isinstance(body, AsyncIterator):
        return _AsyncSource(body, response.aclose, gone)
    return _ThreadSource(
        iter([body]) if isinstance(body, bytes) else body, response.close, run, gone
    )


async def _cancel(task: "asyncio.Future[Any]") -> None:
    """Cancel a task, and return when it has ended."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
