"""Calls that block, off the event loop: boto3's, and those of tools."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from app.aws import Cancellation, Cancelled
from app.errors import OutcropError, TimedOut, Unavailable

T = TypeVar("T")


async def in_thread(call: Callable[[], T], seconds: float, *, can_break_off: bool = True) -> T:
    """What `call` returns, from a thread of its own.

    Args:
        seconds: how long it may take.
        can_break_off: whether its calls of AWS are broken off when nobody waits for it any more.
            What changes something is let to its end.

    Raises:
        TimedOut: it took longer.
    """
    cancellation = Cancellation()

    def run() -> T | None:
        try:
            with cancellation.active():
                return call()
        except Cancelled:
            return None  # nobody waits for it

    def break_off(reason: OutcropError) -> None:
        if can_break_off:
            cancellation.cancel(reason)

    try:
        with anyio.fail_after(seconds):
            result = await anyio.to_thread.run_sync(run, abandon_on_cancel=True)
    except TimeoutError:
        late = TimedOut(f"It took longer than {seconds:g} seconds.")
        break_off(late)
        raise late from None
    except anyio.get_cancelled_exc_class():
        break_off(Unavailable("The client does not wait for it any more."))
        raise
    return result  # type: ignore[return-value]  # None only after a cancellation
