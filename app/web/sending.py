"""A turn -> a response, until its reader leaves."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import Response
from starlette.types import Message, Receive, Scope, Send

from app.web import streams
from app.web.turns import Turn

QUIET_SECONDS = 15  # after so long without a part, a comment says that the stream is alive
COMMENT = b": waiting\n\n"

T = TypeVar("T")


class Left(Exception):
    """The caller has gone before it was answered."""


async def whole(turn: Turn[T], receive: Receive) -> T:
    """The one thing that a turn yields.

    Raises:
        Left: the caller has gone.
        Exception: what the turn raises.
    """

    async def taken() -> T:
        await turn.begun
        [one] = await turn.take()
        return one

    try:
        return await _unless_left(taken(), receive)
    finally:
        turn.leave()


class TurnStream(Response):
    """The lines of a stream, as the turn yields them; all that there are at once in one write."""

    media_type = "text/event-stream"

    def __init__(self, turn: Turn[bytes], seconds: float) -> None:
        super().__init__(headers=streams.HEADERS | {"cache-control": "no-cache"})
        del self.headers["content-length"]
        self._turn = turn
        self._seconds = seconds

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        # The turn ends by itself in time. Whoever does not read its end is not waited for.
        try:
            with suppress(Left, TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await _unless_left(self._send(send), receive)
        finally:
            self._turn.leave()

    async def _send(self, send: Send) -> None:
        head: Message = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        while lines := await self._lines():
            await send({"type": "http.response.body", "body": lines, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _lines(self) -> bytes:
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                return b"".join(await self._turn.take())
        except TimeoutError:
            return COMMENT


async def _unless_left(working: Coroutine[Any, Any, T], receive: Receive) -> T:
    work = asyncio.ensure_future(working)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise Left
        return work.result()
    finally:
        leaving.cancel()
        work.cancel()


async def _left(receive: Receive) -> None:
    """Returns once the caller has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
