"""The server stops: what is under way ends as streams end, and nothing new begins."""

import logging
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.responses import Response

from app.aws import clients
from app.settings import environment, variables
from app.web import application
from app.web.turns import Turns
from tests import http_calls
from tests.local.s3.putting import scratch
from tests.models.loopback import Act, Loopback, chunk_frame, http_chunk, stream_head
from tests.web.backend import Backend, behind, parts_of, settings
from tests.web.served import SECONDS, Caller, served, serving, until

PIECE = http_chunk(chunk_frame({"contentBlockDelta": {"delta": {"text": "It"}}}))


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch() as folder:
        yield folder


def test_turns_that_do_not_end_in_time_end_with_an_error(folder: Path) -> None:
    with Loopback() as silent, ExitStack() as stack:
        stack.enter_context(behind(Backend(), folder))
        patch = stack.enter_context(pytest.MonkeyPatch.context())  # is undone before the backend's
        patch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", silent.url)
        app = application(clients(60), settings(deadline_seconds=60))
        port, stop = stack.enter_context(serving(app, grace=0))
        streams = []
        for number in range(10):
            silent.enqueue(*[(Act.WAIT,), (stream_head(), PIECE, Act.WAIT)][number % 2])
            streams.append(stack.enter_context(Caller(port)))
            streams[-1].until("data-retrieval")
        whole = stack.enter_context(Caller(port, "/chat"))
        silent.enqueue(Act.WAIT)
        until(lambda: len(silent.requests) == 11)
        stop()
        for stream in streams:
            *_, error = parts_of(stream.all().splitlines())
            assert "Outcrop is stopping" in error["errorText"]
        assert "503" in whole.all().splitlines()[0]


def test_on_sigterm_nothing_begins_and_what_is_under_way_ends(folder: Path) -> None:
    """The process as `outcrop up` starts it."""
    go = threading.Event()

    class Slow:
        def __iter__(self) -> Iterator[str]:
            yield "It is 7"
            go.wait(SECONDS)
            yield " [1]."

    with behind(Backend(pieces=Slow()), folder) as home:
        env = environment(variables(settings()))
        with subprocess.Popen(
            [sys.executable, "-m", "app.web"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            text=True,
        ) as process:
            assert process.stdout
            port = int(process.stdout.readline().rstrip('"}\n').rsplit(":", 1)[1])
            with Caller(port) as first, Caller(port) as second:
                for stream in (first, second):
                    stream.until("It is 7")
                process.send_signal(signal.SIGTERM)
                refused = False
                while not refused:  # as soon as it has heard of it
                    try:
                        socket.create_connection(("127.0.0.1", port), SECONDS).close()
                    except ConnectionRefusedError:
                        refused = True
                    except ConnectionResetError:
                        pass  # it stopped listening at this moment
                go.set()
                for stream in (first, second):
                    assert parts_of(stream.all().splitlines())[-1]["type"] == "finish"
            assert process.wait(SECONDS) == -signal.SIGTERM
        stored = home.s3.list_objects_v2(Bucket="conversations", Prefix="turns/")
        assert stored["KeyCount"] == 2


def test_the_server_calls_an_application_for_requests_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """uvicorn would call it without arguments too, to learn whether it makes an application."""

    class Wrapped:
        def __init__(self) -> None:
            self.state = SimpleNamespace(turns=Turns(1, 1))
            self.calls: list[tuple[Any, ...]] = []

        async def __call__(self, *arguments: Any) -> None:
            self.calls.append(arguments)
            await Response()(*arguments)

    app = Wrapped()
    with served(app) as port:
        assert http_calls.get(f"http://127.0.0.1:{port}/").status_code == 200
    assert len(app.calls) == 1
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
