"""Injects the faults that tests order (`app.local.faults`) into responses."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from app.local.faults import Cut, Delay, Fail, Fault, Flip
from app.local.wire.call import ServiceError

ErrorFrame = Callable[[ServiceError], bytes] | None  # None: the body cannot hold an error


class Reset(Exception):
    """The connection is to be reset, whatever has been sent on it."""


async def inject_fault(fault: Fault | None) -> None:
    """Inject a fault that strikes before anything is sent.

    Raises:
        ServiceError: the fault is an error of the service.
        Reset: the fault is a cut connection.
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


async def inject_fault_between(
    pieces: AsyncIterator[bytes],
    fault: Fault | None,
    error_frame: ErrorFrame,
    gone: "asyncio.Future[Any]",
) -> AsyncIterator[bytes]:
    """The pieces of a body, with a fault that strikes between or within them.

    `gone` is done when the client has disconnected.

    Raises:
        Reset: the fault is a cut connection.
    """
    sent = -1
    async for piece in pieces:
        sent += 1
        if fault is not None and fault.after == sent:
            match fault:
                case Delay(seconds=seconds):
                    await asyncio.wait({gone}, timeout=seconds)
                case Fail(code=code, message=message):
                    yield encode_error(error_frame, ServiceError(code, message))
                    return
                case Cut(mid_frame=mid_frame, abrupt=abrupt):
                    if mid_frame:
                        yield piece[: len(piece) // 2]
                    if abrupt or error_frame is None:
                        raise Reset
                    return
                case Flip():
                    yield piece[:-1] + bytes([piece[-1] ^ 1])
                    continue
        yield piece


def encode_error(error_frame: ErrorFrame, error: ServiceError) -> bytes:
    """The last piece of a stream of events, which says why it ends.

    Raises:
        Reset: the body is no stream of events, and cannot hold an error.
    """
    if error_frame is None:
        raise Reset
    return error_frame(error)
