"""A response on its way out: at once, or piece by piece as its pieces are produced.

The pieces are pulled one at a time, each in a thread, and only when the one before has gone out:
a slow reader slows the handler down, and costs no thread meanwhile. When the client goes away, the
handler's iterator is closed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
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
    source = _Source(response, run)
    try:
        async for piece in between_pieces(source, fault, response.last_words, gone):
            if gone.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})
    except asyncio.CancelledError:
        last = speak(response.last_words, STOPPING)
        await send({"type": "http.response.body", "body": last})
    finally:
        gone.cancel()
        source.close()


def _head(response: Response) -> dict[str, Any]:
    headers = dict(response.headers)
    if isinstance(response.body, bytes) and response.status not in (204, 304):
        headers.setdefault("content-length", str(len(response.body)))
    raw = [(name.encode("latin-1"), encode_header(value)) for name, value in headers.items()]
    return {"type": "http.response.start", "status": response.status, "headers": raw}


class _Source:
    """The pieces of a body. A lock keeps its iterator from being closed while it runs."""

    def __init__(self, response: Response, run: Run) -> None:
        body = response.body
        self._iterator = iter([body]) if isinstance(body, bytes) else body
        self._close = response.close
        self._run = run
        self._lock = Lock()

    def __aiter__(self) -> "_Source":
        return self

    async def __anext__(self) -> bytes:
        try:
            piece: bytes | None = await self._run(self._next)
        except Exception as error:
            _log.exception("a body broke off")
            raise Reset from error
        if piece is None:
            raise StopAsyncIteration
        return piece

    def _next(self) -> bytes | None:
        with self._lock:
            return next(self._iterator, None)

    def close(self) -> None:
        """As soon as the piece that is being made, if any, is made; nobody waits for it."""
        self._run(self._locked_close)

    def _locked_close(self) -> None:
        with self._lock:
            self._close()
