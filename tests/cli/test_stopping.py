"""Signals to a command that serves until it is stopped."""

import os
import signal
from collections.abc import Iterator

import pytest

from app.cli.stopping import SIGNALS, Stop


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, None)]
)
def test_a_start_is_interrupted_and_its_end_is_not(number: signal.Signals, code: int) -> None:
    stop = Stop()
    with pytest.raises(KeyboardInterrupt if code is None else SystemExit) as ended:
        os.kill(os.getpid(), number)
    assert getattr(ended.value, "code", None) == code
    os.kill(os.getpid(), number)  # again, while what was started is stopped
    assert stop.wait(0)


@pytest.mark.parametrize("number", SIGNALS)
def test_what_serves_is_told_to_stop(number: signal.Signals) -> None:
    stop = Stop()
    assert not stop.wait(0)
    os.kill(os.getpid(), number)
    assert stop.wait(0)


def test_a_terminal_that_is_closed_does_not_stop_what_nohup_has_started() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop = Stop()
    os.kill(os.getpid(), signal.SIGHUP)
    assert not stop.wait(0)
