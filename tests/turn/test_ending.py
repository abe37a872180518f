"""A turn ends with one terminal event, whatever it is broken by, and the log has the reason."""

import logging
from collections.abc import Iterator

import pytest

from app.aws import Cancellation, Cancelled
from app.errors import OutcropError, Throttled, TimedOut
from app.events import Error, Event, Text
from app.turn.ending import UNEXPECTED, ensure_terminal_event

LATE = TimedOut("The turn took too long.")


def events(error: Exception | None = None) -> Iterator[Event]:
    yield Text("It")
    if error:
        raise error


def test_a_turn_that_ends_by_itself_is_left_alone() -> None:
    assert list(ensure_terminal_event(events())) == [Text("It")]


def test_an_error_of_ours_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    error = Throttled("Too many.")
    with caplog.at_level(logging.WARNING):
        assert list(ensure_terminal_event(events(error))) == [Text("It"), Error.of(error)]
    assert caplog.messages == ["a turn ended early: throttled: Too many."]


def test_a_defect_is_told_without_details_and_logged_with_its_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert list(ensure_terminal_event(events(ValueError("a defect")))) == [Text("It"), UNEXPECTED]
    [record] = caplog.records
    assert record.message == "a turn ended early"
    assert record.exc_info
    assert (UNEXPECTED.status, UNEXPECTED.code, UNEXPECTED.retryable) == (500, "internal", False)


@pytest.mark.parametrize(
    ("error", "reason", "told"),
    [
        (Throttled("The connection was lost."), LATE, Error.of(LATE)),
        (Cancelled(), LATE, Error.of(LATE)),
        (Cancelled(), None, UNEXPECTED),
    ],
    ids=["a call", "a wait", "no reason"],
)
def test_a_cancelled_turn_tells_why_it_was_cancelled(
    error: Exception, reason: OutcropError | None, told: Error
) -> None:
    cancellation = Cancellation()
    with cancellation.active():
        if reason:
            cancellation.cancel(reason)
        assert list(ensure_terminal_event(events(error))) == [Text("It"), told]
