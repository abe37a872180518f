"""The end of a turn: exactly one terminal event, which a caller may wait for."""

import logging
from collections.abc import Generator, Iterable, Iterator
from typing import TypeVar

from app.aws import Cancelled, cancellation
from app.errors import OutcropError
from app.events import Answer, Done, Error, Event

log = logging.getLogger(__name__)

UNEXPECTED = Error(500, "internal", "Something went wrong here", "The log has the details.", False)


_E = TypeVar("_E")


def ensure_terminal_event(events: Iterator[_E]) -> Generator[_E | Error, None, None]:
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


def collect(events: Iterable[Event]) -> Answer | Error:
    """The whole answer, or the error that it ends with, for a caller who does not want a stream."""
    for event in events:
        match event:
            case Done():
                return event.answer
            case Error():
                return event
    raise AssertionError("a turn ends with Done or Error")


def _error(error: OutcropError) -> Error:
    log.warning("a turn ended early: %s: %s", error.code, error.detail)
    return Error.of(error)
