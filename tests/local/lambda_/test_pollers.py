"""What gives the messages of a queue to a function."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.local.lambda_.runtime.catalogue import EventSourceMapping, FunctionCatalogue
from app.local.lambda_.runtime.pollers import Pollers
from app.local.lambda_.runtime.runner import InvocationOutcome
from app.local.sqs.broker import Queues

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


def test_a_batch_that_takes_long_holds_up_no_other(queues: Queues) -> None:
    done: SimpleQueue[str] = SimpleQueue()
    may_end = Event()

    def invoke(_function: str, payload: str, _request: str | None) -> InvocationOutcome:
        [record] = json.loads(payload)["Records"]
        if record["body"] == "slow":
            assert may_end.wait(SECONDS)
        done.put(record["body"])
        return InvocationOutcome(b"null", None, b"")

    mapping = EventSourceMapping("m", queues.arn("q"), "f", SETTINGS, datetime.now(UTC))
    catalogue = cast("FunctionCatalogue", SimpleNamespace(mappings=lambda: [mapping]))
    pollers = Pollers(catalogue, queues, invoke, "000000000000")
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
