"""Turns as responses, which end when their reader leaves."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import Response
from starlette.types import Message, Receive, Scope, Send

from app.web.turns import Turn

QUIET_SECONDS = 15  # without a part for so long, a comment shows that the stream is alive
COMMENT = b": waiting\n\n"

T = TypeVar("T")


class CallerGone(Exception):
    """The caller has closed the connection."""


async def whole(turn: Turn[T], receive: Receive) -> T:
    """The single result of a turn.

    Raises:
        CallerGone: the caller has closed the connection.
        Exception: an error of the turn.
    """

    async def first_piece() -> T:
        await turn.begun
        [one] = await turn.take()
        return one

    try:
        return await _while_connected(first_piece(), receive)
    finally:
        turn.leave()


class TurnStream(Response):
    """A stream of the turn's lines; all lines that are ready go out in one write."""

    media_type = "text/event-stream"

    def __init__(
        self, turn: Turn[bytes], seconds: float, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(headers={"cache-control": "no-cache", **(headers or {})})
        del self.headers["content-length"]
        self._turn = turn
        self._seconds = seconds

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        # The turn ends by itself in time. A reader who does not read its end is not waited for.
        try:
            with suppress(CallerGone, TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await _while_connected(self._send(send), receive)
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


async def _while_connected(coroutine: Coroutine[Any, Any, T], receive: Receive) -> T:
    work = asyncio.ensure_future(coroutine)
    disconnect = asyncio.ensure_future(_wait_for_disconnect(receive))
    try:
        await asyncio.wait({work, disconnect}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise CallerGone
        return work.result()
    finally:
        disconnect.cancel()
        work.cancel()


async def _wait_for_disconnect(receive: Receive) -> None:
    """Return once the caller has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
