"""Messages and the system's clock, which is set back, jumps ahead, or stood still for weeks."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.local.sqs.broker import Queues

DAY = 86_400.0
SetClock = Callable[[float], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """`set_clock(days)`: the system's clock is so many days ahead of what it is."""
    present = time.time

    def set_to(days: float) -> None:
        monkeypatch.setattr(time, "time", lambda: present() + days * DAY)

    return set_to


def queues_with_a_message(home: Path) -> Queues:
    queues = Queues(home)
    queues.create("q", {})
    queues.send("q", "x")
    return queues


@pytest.mark.parametrize("days", [-1, 1, 30])
def test_a_clock_that_is_set_while_messages_wait_neither_hides_nor_drops_them(
    tmp_path: Path, set_clock: SetClock, days: int
) -> None:
    queues = queues_with_a_message(tmp_path)
    set_clock(days)
    [message] = queues.receive("q", visibility=60)
    assert queues.receive("q") == [], "it stays hidden for its minute"
    queues.change_visibility("q", message.receipt, 0)
    assert [again.id for again in queues.receive("q")] == [message.id]
    queues.close()


@pytest.mark.parametrize("days", [-1, 1, 30])
def test_a_clock_that_is_set_while_nobody_serves_neither_hides_nor_drops_messages(
    tmp_path: Path, set_clock: SetClock, days: int
) -> None:
    queues_with_a_message(tmp_path).close()
    set_clock(days)
    queues = Queues(tmp_path)
    assert queues.counts("q") == (1, 0, 0)
    assert [message.body for message in queues.receive("q")] == ["x"]
    queues.close()


def test_a_message_is_dropped_once_it_has_waited_for_its_time_while_it_could_be_received(
    tmp_path: Path,
) -> None:
    now = 0.0

    def clock() -> float:
        return now

    queues = Queues(tmp_path, clock=clock)
    queues.create("q", {"MessageRetentionPeriod": "60"})
    queues.send("q", "x")
    queues.close()
    now = 100.0
    queues = Queues(tmp_path, clock=clock)
    now = 160.0
    assert queues.counts("q") == (1, 0, 0)
    now = 161.0
    assert queues.receive("q") == []
    queues.close()
