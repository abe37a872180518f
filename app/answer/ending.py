"""However a turn goes, it ends: with exactly one terminal event, and in time."""

import logging
import time
from collections.abc import Generator, Iterator

from app.errors import OutcropError, TimedOut
from app.events import Error, Event

log = logging.getLogger(__name__)

UNEXPECTED = Error(500, "internal", "Something went wrong here", "The log has the details.", False)


def ended(events: Iterator[Event]) -> Generator[Event, None, None]:
    """The events; where they break off, the Error that they break off with."""
    try:
        yield from events
    except OutcropError as error:
        log.warning("a turn ended early: %s: %s", error.code, error.detail)
        yield Error.of(error)
    except Exception:
        log.exception("a turn ended early")
        yield UNEXPECTED


def within(seconds: float, events: Iterator[Event]) -> Iterator[Event]:
    """The events, as long as they come before the deadline.

    Raises:
        TimedOut: one came after it. (That none comes at all is for the clients' own timeouts.)
    """
    deadline = time.monotonic() + seconds
    for event in events:
        if time.monotonic() > deadline:
            raise TimedOut(f"The answer took longer than {seconds:g} seconds. Ask again.")
        yield event
