"""Turns under way: their readers leave, their deadline passes, and nobody else waits for them."""

import asyncio
import gc
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from app.aws import clients
from app.errors import InvalidRequest, Throttled, TimedOut
from app.local.faults import Delay
from app.web import application
from app.web.responses import TurnStream
from app.web.routes.dependencies import streamed_answer
from app.web.turns import CAPACITY, Turn, Turns
from tests import http_calls
from tests.local.home import Home
from tests.local.s3.putting import scratch
from tests.models.loopback import Act, Loopback, Step, chunk_frame, http_chunk, stream_head
from tests.web.backend import ASKED, Backend, behind, parts_of, settings
from tests.web.served import SECONDS, Caller, served, until

PIECE = http_chunk(chunk_frame({"contentBlockDelta": {"delta": {"text": "It"}}}))
SILENCES: dict[str, tuple[Step, ...]] = {
    "before its head": (Act.WAIT,),
    "before its first piece": (stream_head(), Act.WAIT),
    "between two pieces": (stream_head(), PIECE, Act.WAIT),
}


@dataclass
class Running:
    """Services behind an application; a model or a Knowledge Base that falls silent, too."""

    home: Home
    backend: Backend
    silent: Loopback
    patch: pytest.MonkeyPatch

    def serve(self, stack: ExitStack, silent: str = "", **more: float) -> int:
        """The application on a port. `silent`: the service that the Loopback stands for."""
        if silent:
            self.patch.setenv(f"AWS_ENDPOINT_URL_{silent}", self.silent.url)
        app = application(clients(60), settings(**more))
        return stack.enter_context(served(app))


@pytest.fixture(scope="module")
def home() -> Iterator[tuple[Backend, Home]]:
    backend = Backend()
    with scratch() as folder, behind(backend, folder) as home:
        yield backend, home


@pytest.fixture
def running(
    home: tuple[Backend, Home], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Running, ExitStack]]:
    with Loopback() as silent, ExitStack() as stack:
        yield Running(home[1], home[0], silent, monkeypatch), stack


def asked(silent: Loopback, count: int = 1) -> None:
    """Returns once so many requests have come in at the silent service."""
    deadline = threading.Event()
    for _ in range(SECONDS * 100):
        if len(silent.requests) >= count:
            return
        deadline.wait(0.01)
    raise AssertionError(f"{len(silent.requests)} of {count} requests came")


@pytest.mark.parametrize("silence", SILENCES)
@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
def test_the_model_s_call_is_closed_when_the_caller_leaves(
    running: tuple[Running, ExitStack], silence: str, path: str
) -> None:
    """The turn's thread is blocked in a read that would last a minute."""
    one, stack = running
    port = one.serve(stack, "BEDROCK_RUNTIME", deadline_seconds=60)
    one.silent.enqueue(*SILENCES[silence])
    with Caller(port, path) as caller:
        asked(one.silent)
        caller.leave()
        assert one.silent.left.wait(SECONDS)


@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
def test_a_caller_who_closes_its_half_of_the_connection_leaves(
    running: tuple[Running, ExitStack], path: str
) -> None:
    one, stack = running
    port = one.serve(stack, "BEDROCK_RUNTIME", deadline_seconds=60)
    one.silent.enqueue(Act.WAIT)
    with Caller(port, path) as caller:
        asked(one.silent)
        caller.end_sending()
        assert one.silent.left.wait(SECONDS)
        assert "[DONE]" not in caller.all()


@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
def test_the_knowledge_bases_call_is_closed_when_the_caller_leaves(
    running: tuple[Running, ExitStack], path: str
) -> None:
    one, stack = running
    port = one.serve(stack, "BEDROCK_AGENT_RUNTIME", deadline_seconds=60)
    one.silent.enqueue(Act.WAIT)
    with Caller(port, path) as caller:
        asked(one.silent)
        caller.leave()
        assert one.silent.left.wait(SECONDS)
    until(lambda: not alive("turn"))
    assert len(one.silent.requests) == 1


def alive(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == name]


@pytest.mark.parametrize("silent", ["BEDROCK_RUNTIME", "BEDROCK_AGENT_RUNTIME"])
def test_the_deadline_ends_a_turn_that_waits(
    running: tuple[Running, ExitStack], silent: str
) -> None:
    one, stack = running
    port = one.serve(stack, silent, deadline_seconds=0.2)
    one.silent.enqueue(Act.WAIT)
    with Caller(port) as caller:
        parts = parts_of(caller.all().splitlines())
    assert parts[-1]["errorText"].endswith("The answer took longer than 0.2 seconds. Ask again.")
    assert one.silent.left.wait(SECONDS)

    one.silent.forget()
    one.silent.enqueue(Act.WAIT)
    with Caller(port, "/chat") as caller:
        assert "504" in caller.all().splitlines()[0]
    assert one.silent.left.wait(SECONDS)


def test_the_deadline_ends_a_turn_whose_model_trickles(
    running: tuple[Running, ExitStack],
) -> None:
    """No read times out; the model goes on for as long as anybody listens."""
    one, stack = running
    closed = threading.Event()

    def forever() -> Iterator[str]:
        try:
            while True:
                yield "."
                closed.wait(0.01)
        finally:
            closed.set()

    one.backend.pieces = forever()
    port = one.serve(stack, deadline_seconds=0.3)
    with Caller(port) as caller:
        parts = parts_of(caller.all().splitlines())
    assert [part["data"]["code"] for part in parts if part["type"] == "data-error"] == ["timed-out"]
    assert closed.wait(SECONDS)


def test_a_turn_that_is_being_stored_is_stored_and_said_to_be(
    running: tuple[Running, ExitStack],
) -> None:
    """The deadline passes while the bucket takes its time."""
    one, stack = running
    one.backend.pieces = ("It is 7 [1].",)
    port = one.serve(stack, deadline_seconds=1)
    one.home.server.faults.add(Delay(service="s3", operation="PutObject", nth=2, seconds=2))
    with Caller(port) as caller:
        parts = parts_of(caller.all().splitlines())
    assert parts[-1]["type"] == "finish"
    name = parts[0]["messageMetadata"]["conversationId"]
    turns = http_calls.get(f"http://127.0.0.1:{port}/conversations/{name}").json()["turns"]
    assert [turn["answer"] for turn in turns] == ["It is 7 [1]."]


def test_waiting_turns_keep_nobody_waiting(running: tuple[Running, ExitStack]) -> None:
    """There are more of them than the threads that short calls share."""
    one, stack = running
    port = one.serve(stack, "BEDROCK_RUNTIME", deadline_seconds=60)
    for number in range(50):
        one.silent.enqueue(Act.WAIT)
        stack.enter_context(Caller(port, ("/chat", "/chat/stream")[number % 2]))
    asked(one.silent, 50)
    url = f"http://127.0.0.1:{port}"
    assert http_calls.get(f"{url}/healthz", timeout=SECONDS).json() == {"status": "alive"}
    assert http_calls.get(f"{url}/conversations", timeout=SECONDS).status_code == 200


def test_of_the_request_nothing_is_held_while_its_stream_lasts(
    running: tuple[Running, ExitStack],
) -> None:
    one, stack = running
    port = one.serve(stack, "BEDROCK_RUNTIME", deadline_seconds=60)
    gc.collect()
    gc.freeze()  # what is there already is looked at no more, which takes as long as all the rest
    for _ in range(3):
        one.silent.enqueue(*SILENCES["between two pieces"])
        stack.enter_context(Caller(port)).until("text-delta")
    until(lambda: not requests_held())
    assert len(alive("turn")) == 3


def requests_held() -> list[object]:
    gc.collect()
    return [held for held in gc.get_objects() if isinstance(held, Request)]


def test_one_turn_too_many_is_refused_at_once_and_room_comes_back(
    running: tuple[Running, ExitStack],
) -> None:
    one, stack = running
    port = one.serve(stack, "BEDROCK_RUNTIME", deadline_seconds=60, concurrent_turns=2)
    for _ in range(2):
        one.silent.enqueue(Act.WAIT)
    with Caller(port), Caller(port, "/chat"):
        asked(one.silent, 2)
        for path in ("/chat", "/chat/stream"):
            answer = http_calls.post(f"http://127.0.0.1:{port}{path}", json=ASKED, timeout=SECONDS)
            assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
            assert int(answer.headers["retry-after"]) > 0
    until(lambda: not alive("turn"))
    one.silent.enqueue(Act.CLOSE)
    answer = http_calls.post(f"http://127.0.0.1:{port}/chat", json=ASKED, timeout=SECONDS)
    assert answer.status_code in (502, 503)


def test_an_invalid_request_is_refused_before_the_first_byte(
    running: tuple[Running, ExitStack],
) -> None:
    one, stack = running
    port = one.serve(stack)
    for path in ("/chat", "/chat/stream"):
        body = {**ASKED, "conversationId": "none"}
        answer = http_calls.post(f"http://127.0.0.1:{port}{path}", json=body, timeout=SECONDS)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_quiet_stream_says_that_it_is_alive(
    running: tuple[Running, ExitStack], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, stack = running
    monkeypatch.setattr("app.web.responses.QUIET_SECONDS", 0.05)
    port = one.serve(stack, "BEDROCK_RUNTIME", deadline_seconds=60)
    one.silent.enqueue(stream_head(), Act.WAIT)
    with Caller(port) as caller:
        assert re.search(r"^: ", caller.until(": waiting\n\n"), re.MULTILINE)


# the channel, alone


def test_a_turn_is_never_far_ahead_of_its_reader() -> None:
    pulled = 0

    def pieces() -> Iterator[int]:
        nonlocal pulled
        for number in range(10 * CAPACITY):
            pulled += 1
            yield number

    async def read() -> list[int]:
        turn = Turns(1, 60).start(pieces)
        await turn.begun
        until(lambda: pulled > CAPACITY)  # now it has to wait for its reader
        seen: list[int] = []
        while batch := await turn.take():
            seen += batch
            assert len(batch) <= CAPACITY
            assert pulled - len(seen) <= CAPACITY + 1
        return seen

    assert asyncio.run(read()) == list(range(10 * CAPACITY))


def test_pieces_that_follow_each_other_closely_are_handed_over_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first at once; then all that came in the pause. The loop is woken once for them."""
    monkeypatch.setattr("app.web.turns.PAUSE_SECONDS", 0.5)
    follow, end = threading.Event(), threading.Event()

    def pieces() -> Iterator[int]:
        yield 0
        follow.wait(SECONDS)
        yield from range(1, 10)
        end.wait(SECONDS)
        yield 10

    async def read() -> list[list[int]]:
        turn = Turns(1, 60).start(pieces)
        await turn.begun
        batches = [await turn.take()]
        follow.set()
        batches.append(await turn.take())
        end.set()
        while batch := await turn.take():
            batches.append(batch)
        return batches

    assert asyncio.run(read()) == [[0], [*range(1, 10)], [10]]


def test_a_turn_that_is_silent_during_a_pause_has_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken is not announced again, so that the reader is not woken for nothing."""
    monkeypatch.setattr("app.web.turns.PAUSE_SECONDS", 0.05)
    end = threading.Event()

    def pieces() -> Iterator[int]:
        yield 0
        end.wait(SECONDS)

    async def read() -> tuple[bool, bool]:
        turn = Turns(1, 60).start(pieces)
        await turn.take()
        silent = await turn.has_news(0.2)
        end.set()
        return silent, await turn.has_news(SECONDS)

    assert asyncio.run(read()) == (False, True)


def test_the_end_of_a_turn_waits_for_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.turns.PAUSE_SECONDS", 10 * SECONDS)

    async def read() -> list[int]:
        turn = Turns(1, 60).start(lambda: range(3))
        seen: list[int] = []
        async with asyncio.timeout(SECONDS):
            while batch := await turn.take():
                seen += batch
        return seen

    assert asyncio.run(read()) == [0, 1, 2]


def test_a_turn_whose_reader_leaves_while_it_waits_for_him_ends() -> None:
    closed = threading.Event()

    def pieces() -> Iterator[int]:
        try:
            yield from range(10 * CAPACITY)
        finally:
            closed.set()

    async def leave() -> None:
        turn = Turns(1, 60).start(pieces)
        await turn.take()
        turn.leave()

    asyncio.run(leave())
    assert closed.wait(SECONDS)


def test_an_error_at_the_start_of_a_turn_is_raised_to_whoever_awaits_it() -> None:
    def begin() -> list[int]:
        raise InvalidRequest("no")

    async def read() -> None:
        turns = Turns(1, 60)
        turn = turns.start(begin)
        with pytest.raises(InvalidRequest):
            await turn.begun
        assert await turn.take() == []

    asyncio.run(read())


def test_the_limit_of_turns_counts_those_under_way_only() -> None:
    go = threading.Event()

    async def start() -> None:
        turns = Turns(1, 60)
        turn: Turn[int] = turns.start(lambda: [go.wait(SECONDS) or 1])
        with pytest.raises(Throttled):
            turns.start(lambda: [1])
        go.set()
        while await turn.take():
            pass
        assert await turns.start(lambda: [1]).take() == [1]

    asyncio.run(start())


def test_a_turn_that_the_system_has_no_thread_for_is_throttled_and_counts_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = threading.Thread.start

    def start_others(thread: threading.Thread) -> None:
        if thread.name == "turn":
            raise RuntimeError("can't start new thread")
        start(thread)

    async def ask() -> None:
        turns = Turns(1, 60)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", start_others)
            turn = turns.start(lambda: [1])
            with pytest.raises(Throttled, match="No more can be answered at once"):
                await turn.begun
            assert await turn.take() == []
        assert await turns.start(lambda: [2]).take() == [2]

    asyncio.run(ask())


def test_a_deadline_that_passes_before_a_turn_begins_is_raised_to_whoever_awaits_it() -> None:
    from app.aws import cancellation

    expired = threading.Event()

    def begin() -> list[int]:
        expired.wait(SECONDS)
        cancellation().commit()
        return [1]

    async def read() -> None:
        turn = Turns(1, 0.05).start(begin)
        await asyncio.sleep(0.1)
        expired.set()
        with pytest.raises(TimedOut):
            await turn.begun

    asyncio.run(read())


async def hang(*_: object) -> Any:
    await asyncio.Event().wait()


def test_a_reader_who_does_not_read_on_is_not_waited_for_beyond_the_time_of_the_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.web.routes.dependencies.LAST_WORDS_SECONDS", 0.05)

    async def write() -> Response:
        turns, limits = Turns(1, 60), settings(deadline_seconds=0.05)
        stream = await streamed_answer(turns, lambda: [b"data: a"], limits, {"x-stream": "v1"})
        assert isinstance(stream, TurnStream)
        await asyncio.wait_for(stream.send_lines(hang, hang), SECONDS / 4)
        return stream

    head = asyncio.run(write()).headers
    assert dict(head) == {
        "cache-control": "no-cache",
        "content-type": "text/event-stream; charset=utf-8",
        "x-stream": "v1",
    }


def test_the_lines_of_a_stream_are_followed_by_an_empty_message() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def write() -> None:
        turn = Turns(1, 60).start(lambda: [b"data: a"])
        await TurnStream(turn, 60).send_lines(hang, send)

    asyncio.run(write())
    assert sent == [
        {"type": "http.response.body", "body": b"data: a", "more_body": True},
        {"type": "http.response.body", "body": b""},
    ]
