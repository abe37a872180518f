"""What waits, waits on the event loop: no thread is held meanwhile.

A handler is called in a thread. Where it has to wait, for a message, a function or a model server,
it returns an awaitable of its result in place of the result. That is awaited on the event loop, so
that a thousand requests may wait while the threads answer all others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager
from functools import wraps
from inspect import isawaitable
from typing import Any, TypeVar, overload

from app.local.wire.body import Disconnected
from app.local.wire.call import JSON, Call, Handler, WaitingHandler

T = TypeVar("T")
Receive = Callable[[], Awaitable[dict[str, Any]]]


def repeating(receive: Receive) -> Receive:
    """`receive` of a request, for one reader after another: once the client has gone, each call
    says so at once.

    hypercorn says it a single time. Where the client leaves at the moment at which the handler has
    its result, whoever waited for the handler takes that message, and whoever then sends the
    result would never learn that nobody reads it: what makes the body would go on for nobody.
    """
    left: dict[str, Any] | None = None

    async def receive_again() -> dict[str, Any]:
        nonlocal left
        message = left or await receive()
        if message["type"] == "http.disconnect":
            left = message
        return message

    return receive_again


async def unless_gone(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """What `work` comes to. It is cancelled at once when the client goes away, or this is.

    Raises:
        Disconnected: the client has gone away.
    """
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(receive())
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise Disconnected
    finally:
        for task in (working, gone):
            task.cancel()
        await asyncio.wait({working, gone})


Context = Callable[[], AbstractContextManager[None]]


@overload
def within(context: Context, handler: Handler) -> Handler: ...


@overload
def within(context: Context, handler: WaitingHandler) -> WaitingHandler: ...


def within(context: Context, handler: WaitingHandler) -> WaitingHandler:
    """The handler, called and awaited within a context that may replace its exceptions."""

    async def awaited(result: Awaitable[JSON]) -> JSON:
        with context():
            return await result

    @wraps(handler)
    def call(request: Call) -> JSON | Awaitable[JSON]:
        with context():
            result = handler(request)
        return awaited(result) if isawaitable(result) else result

    return call
