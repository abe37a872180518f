"""Every call is metered once, however it ends."""

import logging

import pytest

from app.aws import Cancellation, Cancelled
from app.errors import Throttled, TimedOut
from app.events import Usage
from app.meter import Account, LogMeter, MeteredCall


class Recorder:
    """A meter that keeps what it learns."""

    def __init__(self) -> None:
        self.calls: list[MeteredCall] = []

    def record(self, call: MeteredCall) -> None:
        self.calls.append(call)


def test_a_call_is_recorded_when_it_ends_with_what_it_told() -> None:
    meter = Recorder()
    with Account(meter, "ada").call("nova", "answer") as call:
        assert meter.calls == []
        call.observe(Usage(9, 4))
    assert meter.calls == [MeteredCall("ada", "nova", "answer", "complete", Usage(9, 4))]


@pytest.mark.parametrize(
    ("failure", "outcome", "error"),
    [
        (Throttled("Too many."), "failed", "throttled"),
        (ValueError("a defect"), "failed", None),
        (Cancelled(), "cut", None),
        (GeneratorExit(), "cut", None),
    ],
)
def test_a_call_that_does_not_end_well_is_recorded_too(
    failure: BaseException, outcome: str, error: str | None
) -> None:
    meter = Recorder()

    def fail() -> None:
        with Account(meter, "ada").call("nova", "answer") as call:
            call.observe(Usage(9, 0))
            raise failure

    with pytest.raises(type(failure)):
        fail()
    [record] = meter.calls
    assert (record.outcome, record.error, record.usage) == (outcome, error, Usage(9, 0))


def test_a_call_that_was_broken_off_is_cut_for_the_reason_that_it_was_broken_off_for() -> None:
    meter, cancellation = Recorder(), Cancellation()

    def break_off() -> None:
        with cancellation.active(), Account(meter, "ada").call("nova", "answer"):
            cancellation.cancel(TimedOut("Too long."))
            raise Throttled("The connection was lost.")

    with pytest.raises(Throttled):
        break_off()
    assert [(call.outcome, call.error) for call in meter.calls] == [("cut", "timed-out")]


def test_the_log_has_a_line_for_each_call(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "app.meter"):
        LogMeter().record(MeteredCall("ada", "nova", "answer", "complete", Usage(9, 4)))
        LogMeter().record(MeteredCall("ada", "nova", "rewrite", "failed", None, "throttled"))
    complete, failed = caplog.records
    assert vars(complete)["usage"] == {
        "principal": "ada",
        "model": "nova",
        "purpose": "answer",
        "outcome": "complete",
        "inputTokens": 9,
        "outputTokens": 4,
    }
    assert failed.getMessage() == (
        "usage principal=ada model=nova purpose=rewrite outcome=failed error=throttled"
    )
