"""Ends a failed turn with an Error, so that every turn has exactly one terminal event."""

import logging
from collections.abc import Generator, Iterator

from app.aws import Cancelled, cancellation
from app.errors import OutcropError
from app.events import Error, Event

log = logging.getLogger(__name__)

UNEXPECTED = Error(500, "internal", "Something went wrong here", "The log has the details.", False)


def ensure_terminal_event(events: Iterator[Event]) -> Generator[Event, None, None]:
    """The events of a turn, with an Error in place of an exception.

    A cancelled call fails as if its connection were lost. The Error then has the reason of the
    cancellation.
    """
    try:
        yield from events
    except OutcropError as error:
        yield _error(cancellation().reason or error)
    except Cancelled:
        reason = cancellation().reason
        yield _error(reason) if reason else UNEXPECTED
    except Exception:
        log.exception("a turn ended early")
        yield UNEXPECTED


def _error(error: OutcropError) -> Error:
    log.warning("a turn ended early: %s: %s", error.code, error.detail)
    return Error.of(error)
