"""A loop goes on whatever its step raises, and every thread of the stand-in is one."""

import io
import logging
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from app.local import loop
from app.local.loop import Loop
from app.local.stand_in import Options, StandIn
from app.local.wire import Call

SECONDS = 20  # after which a test that should never wait gives up
ROLE = "arn:aws:iam::000000000000:role/any"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "FIRST_PAUSE", 0.001)


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), MemoryError(), SystemExit(1)])
def test_a_loop_goes_on_after_any_error_and_logs_it(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    steps: Queue[BaseException | None] = Queue()
    for raised in (error, error, None):
        steps.put(raised)
    done = threading.Event()

    def step() -> None:
        if (now := steps.get(timeout=SECONDS)) is not None:
            raise now
        done.set()
        running.stop()

    running = Loop("anything", step)
    running.start()
    assert done.wait(SECONDS)
    running.wait_for_end()
    assert [record.exc_info is not None for record in caplog.records] == [True, True]


def test_an_error_that_may_pass_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    def step() -> None:
        if not caplog.records:
            raise OSError("no space left")
        running.stop()

    running = Loop("anything", step, passing=(OSError,))
    running.start()
    running.join(SECONDS)
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "OSError: no space left" in record.getMessage()


class Fails:
    """In place of a step: it raises what nobody foresaw, once, and is the step from then on."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._step = step
        self._raised = False
        self.went_on = threading.Event()

    def __call__(self) -> None:
        if not self._raised:
            self._raised = True
            raise ZeroDivisionError("that nobody foresaw")
        self.went_on.set()
        self._step()


def test_every_thread_of_the_stand_in_survives_what_nobody_foresaw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: dict[str, Fails] = {}

    def start(self: Loop) -> None:
        self.step = steps[self.name] = Fails(self.step)
        threading.Thread.start(self)

    monkeypatch.setattr(Loop, "start", start)
    before = set(threading.enumerate())
    with StandIn(Options(tmp_path)) as stand_in:
        mapped_function(stand_in)
        stand_in.start("http://127.0.0.1:9")
        started = set(threading.enumerate()) - before
        others = [thread for thread in started if not isinstance(thread, Loop)]
        assert {thread.name.rpartition("_")[0] for thread in others} <= {"encoder"}
        names = set(steps)
        assert {"lambda-events-3", "s3-scanner", "knowledge-reader", "knowledge-storer"} <= names
        assert any(name.startswith("lambda-mapping-") for name in names)
        for name, step in steps.items():
            assert step.went_on.wait(SECONDS), f"{name} did not survive"


def call(stand_in: StandIn, service: str, operation: str, **params: Any) -> Any:
    request = Call(service, operation, params, {"host": "127.0.0.1"}, "request")
    return stand_in.services[service][operation](request)


def mapped_function(stand_in: StandIn) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("main.py", "def handler(event, context): return None")
    call(
        stand_in, "lambda", "CreateFunction", FunctionName="f", Runtime="python3.12", Role=ROLE,
        Handler="main.handler", Code={"ZipFile": packed.getvalue()},
    )  # fmt: skip
    call(stand_in, "sqs", "CreateQueue", QueueName="q", Attributes={"VisibilityTimeout": "60"})
    source = "arn:aws:sqs:us-east-1:000000000000:q"
    call(stand_in, "lambda", "CreateEventSourceMapping", EventSourceArn=source, FunctionName="f")
