"""However a turn goes, it ends: with exactly one terminal event."""

import logging
from collections.abc import Generator, Iterator

from app.aws import Cancelled, cancellation
from app.errors import OutcropError
from app.events import Error, Event

log = logging.getLogger(__name__)

UNEXPECTED = Error(500, "internal", "Something went wrong here", "The log has the details.", False)


def ended(events: Iterator[Event]) -> Generator[Event, None, None]:
    """The events; where they break off, the Error that they break off with.

    A call that was broken off fails as if its connection were lost. The error is then the reason
    that it was broken off for.
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
