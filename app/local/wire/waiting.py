"""Waiting on the event loop, so that it costs no thread.

A handler is called in a thread. If it has to wait for a message, a function or a model server, it
returns an awaitable of its result instead of the result. That is awaited on the event loop, so that
a thousand requests can wait while the threads answer all others.
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


def repeat_disconnect(receive: Receive) -> Receive:
    """`receive` of a request, for several readers: once the client has disconnected, each call says
    so at once.

    hypercorn sends the disconnect message once. If the client leaves just when the handler has its
    result, the code that waited for the handler takes that message. Without this, the code that
    then sends the result would never learn of it, and the body would be made for nobody.
    """
    disconnect: dict[str, Any] | None = None

    async def receive_again() -> dict[str, Any]:
        nonlocal disconnect
        message = disconnect or await receive()
        if message["type"] == "http.disconnect":
            disconnect = message
        return message

    return receive_again


async def unless_disconnected(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """The result of `work`, which is cancelled at once when the client disconnects or this is
    cancelled.

    Raises:
        Disconnected: the client has disconnected.
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
def translate_errors(context: Context, handler: Handler) -> Handler: ...


@overload
def translate_errors(context: Context, handler: WaitingHandler) -> WaitingHandler: ...


def translate_errors(context: Context, handler: WaitingHandler) -> WaitingHandler:
    """The handler, called and awaited in a context manager that translates its exceptions."""

    async def awaited(result: Awaitable[JSON]) -> JSON:
        with context():
            return await result

    @wraps(handler)
    def call(request: Call) -> JSON | Awaitable[JSON]:
        with context():
            result = handler(request)
        return awaited(result) if isawaitable(result) else result

    return call
