"""A fully hostile client of MCP, over either transport: nothing is done that nobody confirmed, each
message is answered by a result or by an error that says why, none of them shows what is only the
operator's, and the next message is answered as ever.
"""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Thread
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from app.mcp.http import LARGEST_BODY
from tests import http_calls
from tests.flows.home import Home
from tests.mcp.clients import piped, stdio
from tests.mcp.hostile_messages import CANCEL, Json, messages, request
from tests.mcp.served import serving
from tests.mcp.test_http import ACCEPT, handshake
from tests.mcp.tools import SECRET, Desk

EVERY = dict(messages())
SECONDS = 60
each = pytest.mark.parametrize("name", EVERY)
ASKS = "elicitation/create"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def url(home: Home, desk: Desk) -> Iterator[str]:
    with serving(home, desk) as url:
        yield url


def check_harmless(answers: list[Json]) -> None:
    """That answers are results or typed errors, without what only the operator may read."""
    for answer in answers:
        written = json.dumps(answer)
        assert "Traceback" not in written
        assert SECRET not in written
        assert "/site-packages/" not in written
        assert len(written) < 70_000
        if "error" in answer:
            assert isinstance(answer["error"]["code"], int)
            assert answer["error"]["message"].strip()


class Session:
    """A session over HTTP, of a client that says that it can ask its person."""

    def __init__(self, url: str, version: str = "2025-11-25") -> None:
        self.url = url
        opening = handshake(0)
        opening["params"] |= {"protocolVersion": version, "capabilities": {"elicitation": {}}}
        answer = http_calls.post(url, headers=ACCEPT, json=opening, timeout=SECONDS)
        self.headers = {
            **ACCEPT,
            "mcp-session-id": answer.headers["mcp-session-id"],
            "mcp-protocol-version": version,
        }
        self.post(request("notifications/initialized", id=None))

    def post(self, message: Json | bytes) -> tuple[int, list[Json]]:
        """The status, and what is answered up to the answer itself, or to a question."""
        content = message if isinstance(message, bytes) else json.dumps(message).encode()
        with self.stream(content) as (status, answers):
            return status, list(answers)

    @contextmanager
    def stream(self, content: bytes) -> Iterator[tuple[int, Iterator[Json]]]:
        """The same, as it comes."""
        with http_calls.stream(
            "POST", self.url, headers=self.headers, content=content, timeout=SECONDS
        ) as response:
            yield response.status_code, _answers(response)


def _answers(response: httpx.Response) -> Iterator[Json]:
    if "text/event-stream" not in response.headers.get("content-type", ""):
        body = response.read()
        if body and response.status_code != 413:  # which is said in plain words
            yield json.loads(body)
        return
    for line in response.iter_lines():
        if line.startswith("data: ") and line != "data: ":
            answer: Json = json.loads(line.removeprefix("data: "))
            yield answer
            if answer.get("method") == ASKS:
                return


@each
def test_over_http_a_hostile_message_achieves_nothing(name: str, url: str, desk: Desk) -> None:
    session = Session(url)
    status, answers = session.post(EVERY[name])
    assert status != 413 or len(EVERY[name]) > LARGEST_BODY
    assert status < 500 or (answers and "error" in answers[0]), (status, answers)
    check_harmless(answers)
    assert desk.effects == []
    assert all(session["principal"] == "local" for _, _, session in desk.calls)
    _, [pong] = session.post(request("ping", id="after"))
    assert pong == {"jsonrpc": "2.0", "id": "after", "result": {}}


@dataclass
class Pipe:
    """The server over standard input and output, of a client that says that it can ask."""

    process: "subprocess.Popen[bytes]"
    effects: Path
    lines: "Queue[Json]" = field(default_factory=Queue)
    numbers: Iterator[int] = field(default_factory=lambda: count(1_000))

    def send(self, line: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def say(self, line: bytes) -> list[Json]:
        """What is answered before a ping that comes after it; the ping has to be answered."""
        number = next(self.numbers)
        self.send(line)
        self.send(json.dumps(request("ping", id=number)).encode())
        answers: list[Json] = []
        while True:
            answer = self.lines.get(timeout=SECONDS)
            if answer.get("id") == number and "method" not in answer:
                assert answer["result"] == {}
                return answers
            answers.append(answer)


@pytest.fixture(scope="module")
def pipe(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipe]:
    effects = tmp_path_factory.mktemp("pipe") / "effects"
    effects.touch()
    with piped(stdio(home.variables, "tests.mcp.process", str(effects))) as process:
        pipe = Pipe(process, effects)

        def read() -> None:
            assert process.stdout
            for line in process.stdout:
                pipe.lines.put(json.loads(line))

        Thread(target=read, daemon=True).start()
        opening = handshake(0)
        opening["params"]["capabilities"] = {"elicitation": {}}
        pipe.send(json.dumps(opening).encode())
        assert pipe.lines.get(timeout=SECONDS)["result"]["serverInfo"]["name"] == "outcrop"
        pipe.send(json.dumps(request("notifications/initialized", id=None)).encode())
        yield pipe
        assert process.stdin
        process.stdin.close()
        assert process.wait(SECONDS) == 0


@each
def test_over_a_pipe_a_hostile_message_achieves_nothing(name: str, pipe: Pipe) -> None:
    check_harmless(pipe.say(EVERY[name]))
    assert pipe.effects.read_text() == ""


def test_a_line_of_many_megabytes_is_answered_and_the_next_one_too(pipe: Pipe) -> None:
    huge = json.dumps(
        request("tools/call", {"name": "order_status", "arguments": {"order_id": "x" * 20_000_000}})
    )
    pipe.send(huge.encode())
    answer = pipe.lines.get(timeout=SECONDS)
    assert answer["result"]["isError"]
    assert pipe.say(b"{}") is not None


# what one client does to another's


def accepted(question: Json) -> Json:
    return {"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {}}}


def test_another_session_cannot_confirm_a_call(url: str, desk: Desk) -> None:
    victim, attacker = Session(url), Session(url)
    stream = victim.stream(json.dumps(request("tools/call", CANCEL)).encode())
    with stream as (_, answers):
        question = next(answers)
        assert question["method"] == ASKS
        for id_ in (question["id"], str(question["id"]), 0, 1, 2, 7):
            attacker.post({**accepted(question), "id": id_})
        assert desk.effects == []
        victim.post({**accepted(question), "result": {"action": "decline"}})
    assert desk.effects == []


def test_an_acceptance_that_comes_before_the_question_confirms_nothing(
    url: str, desk: Desk
) -> None:
    session = Session(url)
    for id_ in (*range(30), *map(str, range(30))):
        session.post({"jsonrpc": "2.0", "id": id_, "result": {"action": "accept"}})
    _, [question] = session.post(request("tools/call", CANCEL))
    assert question["method"] == ASKS
    assert desk.effects == []


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"action": "ACCEPT"},
        {"action": "accept\n"},
        {"action": True},
        {"action": ["accept"]},
        {"confirmed": True},
        "accept",
        None,
        {"action": "decline", "content": {"action": "accept"}},
    ],
    ids=str,
)
def test_an_answer_that_is_no_acceptance_confirms_nothing(
    result: object, url: str, desk: Desk
) -> None:
    session = Session(url)
    with session.stream(json.dumps(request("tools/call", CANCEL)).encode()) as (_, answers):
        question = next(answers)
        session.post({"jsonrpc": "2.0", "id": question["id"], "result": result})
        if result is None or isinstance(result, str):  # it is no answer at all: decline, to go on
            session.post({**accepted(question), "result": {"action": "decline"}})
    assert desk.effects == []


def test_another_session_cannot_cancel_a_call(home: Home) -> None:
    desk = Desk()
    with serving(home, desk) as url:
        victim, attacker = Session(url), Session(url)
        call = request("tools/call", {"name": "wait", "arguments": {}}, id=5)
        thread = Thread(target=lambda: _ignoring(victim, call))
        thread.start()
        assert desk.began.wait(SECONDS)
        for id_ in (5, "5", 0, 1):
            attacker.post(request("notifications/cancelled", {"requestId": id_}, id=None))
        attacker.post(
            request("tools/call", {"name": "order_status", "arguments": {"order_id": "a"}}, id=5)
        )
        assert not desk.broken_off.wait(1)
        victim.post(request("notifications/cancelled", {"requestId": 5}, id=None))
        assert desk.broken_off.wait(SECONDS)
        http_calls.delete(url, headers=victim.headers)
        thread.join(SECONDS)


def _ignoring(session: Session, message: Json) -> None:
    with suppress(httpx.HTTPError):
        session.post(message)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_id_twice_at_once_mixes_no_answers(home: Home) -> None:
    """The SDK forgets whom the first one was for, whose connection stays open until it leaves."""
    desk = Desk()
    with serving(home, desk) as url:
        session = Session(url)
        call = request("tools/call", {"name": "wait", "arguments": {}}, id=5)
        thread = Thread(target=lambda: _ignoring(session, call))
        thread.start()
        assert desk.began.wait(SECONDS)
        order = request(
            "tools/call", {"name": "order_status", "arguments": {"order_id": "b"}}, id=5
        )
        _, answers = session.post(order)
        check_harmless(answers)
        assert len(answers) == 1
        assert desk.effects == []
    thread.join(SECONDS)


@pytest.mark.parametrize("header", ["mcp-session-id", "mcp-protocol-version"])
@pytest.mark.parametrize("value", ["", "0" * 32, "x" * 5_000, "../..", "9999-99-99", "null"])
def test_a_made_up_header_leads_nowhere(header: str, value: str, url: str, desk: Desk) -> None:
    session = Session(url)
    headers = {**session.headers, header: value}
    response = http_calls.post(
        url, headers=headers, json=request("tools/call", CANCEL), timeout=SECONDS
    )
    assert response.status_code in (400, 404), response.text
    check_harmless([response.json()])
    assert desk.effects == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE", "HEAD"])
def test_another_method_is_refused(method: str, url: str) -> None:
    response = http_calls.request(method, url, headers=Session(url).headers)
    assert response.status_code in (400, 405)


def test_slow_bodies_hold_up_nobody_else(url: str) -> None:
    """Twenty clients that send a byte, and no more."""
    address = urlsplit(url)
    head = (
        f"POST {address.path} HTTP/1.1\r\nhost: {address.netloc}\r\ncontent-length: 1000\r\n"
        "content-type: application/json\r\naccept: application/json, text/event-stream\r\n\r\n{"
    )
    sockets = []
    try:
        for _ in range(20):
            one = socket.create_connection((address.hostname, address.port), SECONDS)
            one.sendall(head.encode())
            sockets.append(one)
        time.sleep(0.2)
        _, [pong] = Session(url).post(request("ping"))
        assert pong["result"] == {}
    finally:
        for one in sockets:
            one.close()
    assert Session(url).post(request("ping"))[0] == 200
