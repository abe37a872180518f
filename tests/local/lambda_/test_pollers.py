"""What gives the messages of a queue to a function."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.local.lambda_.runtime.catalogue import EventSourceMapping, FunctionCatalogue
from app.local.lambda_.runtime.pollers import EVENTS, WAIT, Invoke, Pollers
from app.local.lambda_.runtime.runner import InvocationOutcome
from app.local.messaging import QueueMessage
from app.local.sqs.broker import Queues
from tests.web.served import until

SECONDS = 20  # after which a test that should never wait gives up
SETTINGS: dict[str, Any] = {
    "BatchSize": 1,
    "Enabled": True,
    "FunctionResponseTypes": [],
    "MaximumBatchingWindowInSeconds": 0,
}


@pytest.fixture
def queues(tmp_path: Path) -> Iterator[Queues]:
    opened = Queues(tmp_path)
    opened.create("q", {})
    yield opened
    opened.close()


def pollers_of(queues: Queues, invoke: Invoke) -> Pollers:
    """Those of one mapping, "m", which gives the messages of the queue "q" to a function."""
    mapping = EventSourceMapping("m", queues.arn("q"), "f", SETTINGS, datetime.now(UTC))
    catalogue = cast("FunctionCatalogue", SimpleNamespace(mappings=lambda: [mapping]))
    return Pollers(catalogue, queues, invoke, "000000000000")


def test_a_batch_that_takes_long_holds_up_no_other(queues: Queues) -> None:
    done: SimpleQueue[str] = SimpleQueue()
    may_end = Event()

    def invoke(_function: str, payload: str, _request: str | None) -> InvocationOutcome:
        [record] = json.loads(payload)["Records"]
        if record["body"] == "slow":
            assert may_end.wait(SECONDS)
        done.put(record["body"])
        return InvocationOutcome(b"null", None, b"")

    pollers = pollers_of(queues, invoke)
    for body in ("slow", "quick", "next"):
        queues.send("q", body)
    pollers.start()
    try:
        assert [done.get(timeout=SECONDS) for _ in range(2)] == ["quick", "next"]
        may_end.set()
        assert done.get(timeout=SECONDS) == "slow"
    finally:
        may_end.set()
        pollers.stop()
        pollers.join()
    assert pollers.result("m") == "OK"
    assert sum(queues.counts("q")) == 0


def test_a_message_that_was_received_as_its_mapping_changed_waits_for_no_timeout(
    queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pollers of the mapping as it was are stopped, and one has the message in hand."""
    done: SimpleQueue[int] = SimpleQueue()
    changed = Event()
    receive = queues.receive

    def receive_and_change(name: str, *arguments: Any, **more: Any) -> Sequence[QueueMessage]:
        messages = receive(name, *arguments, **more)
        if messages and not changed.is_set():
            changed.set()
            pollers.refresh("m")
        return messages

    def invoke(_function: str, payload: str, _request: str | None) -> InvocationOutcome:
        [record] = json.loads(payload)["Records"]
        done.put(int(record["attributes"]["ApproximateReceiveCount"]))
        return InvocationOutcome(b"null", None, b"")

    monkeypatch.setattr(queues, "receive", receive_and_change)
    pollers = pollers_of(queues, invoke)
    queues.send("q", "castle.md")
    pollers.start()
    try:
        assert done.get(timeout=SECONDS) == 1, "not received, for the dead letters' sake"
    finally:
        pollers.stop()
        pollers.join()
    assert sum(queues.counts("q")) == 0


def test_pollers_that_wait_for_messages_end_as_they_are_stopped(queues: Queues) -> None:
    def invoke(_function: str, _payload: str, _request: str | None) -> InvocationOutcome:
        raise AssertionError("nothing is there to be invoked for")

    pollers = pollers_of(queues, invoke)
    pollers.start()
    until(lambda: queues.has_listener("q") and queues.has_listener(EVENTS))
    pollers.stop()
    ending = Thread(target=pollers.join)
    ending.start()
    ending.join(WAIT / 2)
    assert not ending.is_alive()
    assert not queues.has_listener("q")
    assert not queues.has_listener(EVENTS)
