"""What a fault does to a response: see `app.local.faults` for what there is to order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from app.local.faults import Cut, Delay, Fail, Fault, Flip
from app.local.wire.call import ServiceError

LastWords = Callable[[ServiceError], bytes] | None


class Reset(Exception):
    """The connection is to be reset, whatever was sent on it."""


async def before_the_head(fault: Fault | None) -> None:
    """Strike before anything is sent.

    Raises:
        ServiceError: the fault is an error of the service.
        Reset: the fault is that there is no answer.
    """
    if fault is None or fault.after is not None:
        return
    match fault:
        case Delay(seconds=seconds):
            await asyncio.sleep(seconds)
        case Fail(code=code, message=message):
            raise ServiceError(code, message)
        case Cut():
            raise Reset


async def between_pieces(
    pieces: AsyncIterator[bytes],
    fault: Fault | None,
    last_words: LastWords,
    gone: "asyncio.Future[Any]",
) -> AsyncIterator[bytes]:
    """The pieces, until the fault strikes; `gone` is done when the client has gone away.

    Raises:
        Reset: the fault is that the connection breaks.
    """
    sent = -1
    async for piece in pieces:
        sent += 1
        if fault is not None and fault.after == sent:
            match fault:
                case Delay(seconds=seconds):
                    await asyncio.wait({gone}, timeout=seconds)
                case Fail(code=code, message=message):
                    yield speak(last_words, ServiceError(code, message))
                    return
                case Cut(mid_frame=mid_frame, abrupt=abrupt):
                    if mid_frame:
                        yield piece[: len(piece) // 2]
                    if abrupt or last_words is None:
                        raise Reset
                    return
                case Flip():
                    yield piece[:-1] + bytes([piece[-1] ^ 1])
                    continue
        yield piece


def speak(last_words: LastWords, error: ServiceError) -> bytes:
    """A stream of events can say why it ends; any other body can only break off."""
    if last_words is None:
        raise Reset
    return last_words(error)
