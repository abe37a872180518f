"""Turns as responses, which end when their reader leaves.

A stream lasts for minutes, and all that time the functions that have called each other to get to it
would be held: FastAPI's, Starlette's, every middleware's, with the request that they have read.
Only the response's head goes that way. `Streams` sends the rest when they have returned.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.schemas import StreamPart
from app.web.turns import Turn

QUIET_SECONDS = 15  # without a part for so long, a comment shows that the stream is alive
COMMENT = b": waiting\n\n"

T = TypeVar("T")

_BEGUN = "outcrop.streams"  # in a scope: the streams whose heads have been sent


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

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the head, and leave the lines to `Streams`."""
        head: Message = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        scope[_BEGUN].append(self)
        await send(head)

    async def send_lines(self, receive: Receive, send: Send) -> None:
        """Send the lines until the turn or its reader is gone.

        The turn ends by itself in time. A reader who does not read its end is not waited for.
        """
        disconnect = asyncio.ensure_future(_wait_for_disconnect(receive))
        disconnect.add_done_callback(lambda _: self._turn.leave())
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._send(send)
        finally:
            disconnect.cancel()
            self._turn.leave()

    def leave(self) -> None:
        """Nobody reads it."""
        self._turn.leave()

    async def _send(self, send: Send) -> None:
        while lines := await self._lines():
            await send({"type": "http.response.body", "body": lines, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _lines(self) -> bytes:
        if not await self._turn.has_news(QUIET_SECONDS):
            return COMMENT
        return b"".join(await self._turn.take())


STREAM: dict[str, Any] = {
    "response_class": TurnStream,
    "status_code": 200,
    "responses": {
        200: {
            "model": StreamPart,
            "description": "Server-sent events: each `data: ` has a part, and the last `[DONE]`.",
        }
    },
}
"""What a route that streams parts says of its response."""


class Streams:
    """What is outermost of an application, and sends the lines of its streams."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun: list[TurnStream] = []
        try:
            # In a scope of its own, which ends with the call: what others put into it is let go.
            await self.app({**scope, _BEGUN: begun}, receive, send)
        except BaseException:
            for stream in begun:
                stream.leave()
            raise
        for stream in begun:
            await stream.send_lines(receive, send)


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
