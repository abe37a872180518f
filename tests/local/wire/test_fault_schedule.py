"""A schedule of faults, as botocore meets it: at its call, at its event, the same with its seed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.eventstream import ChecksumMismatch
from botocore.exceptions import ClientError, ConnectionClosedError, EventStreamError
from urllib3.exceptions import ProtocolError

from app.local.faults import Fail, FaultClient
from app.local.wire import JSON, Call
from app.local.wire.fault_schedule import RULES, FaultSchedule, WrongSchedule
from tests import http_calls
from tests.conftest import Serve
from tests.wire_server import Server

EVENTS = [{"chunk": {"bytes": b"%d" % number}} for number in range(8)]
STREAM = {"service": "bedrock-runtime", "operation": "InvokeModelWithResponseStream"}
CALL = {"service": "bedrock-runtime", "operation": "InvokeModel"}
ERRORS: tuple[type[Exception], ...] = (
    *(ClientError, EventStreamError, ChecksumMismatch, ConnectionClosedError, ProtocolError),
)


def whole(_: Call) -> JSON:
    return {"body": b"whole", "contentType": "text/plain"}


def stream(_: Call) -> JSON:
    return {"body": iter(EVENTS), "contentType": "application/json"}


@pytest.fixture
def server(serve: Serve) -> Server:
    handlers = {"InvokeModel": whole, "InvokeModelWithResponseStream": stream}
    return serve({"bedrock-runtime": handlers})


@pytest.fixture
def faults(server: Server) -> FaultClient:
    return FaultClient(server.url)


def schedule(*lines: JSON, seed: int | None = None) -> str:
    head = [] if seed is None else [{"seed": seed}]
    return "\n".join(json.dumps(line) for line in (*head, *lines))


def calls(server: Server, count: int) -> Iterator[str]:
    """What each call of InvokeModel gives: "whole", or the name of what it raises."""
    client = server.client("bedrock-runtime")
    for _ in range(count):
        try:
            yield client.invoke_model(modelId="m", body=b"{}")["body"].read().decode()
        except ClientError as error:
            yield error.response["Error"]["Code"]
        except ERRORS as error:
            yield type(error).__name__


def streams(server: Server, count: int) -> Iterator[tuple[int, str]]:
    """How many events of each stream arrive, and what then breaks."""
    client = server.client("bedrock-runtime")
    for _ in range(count):
        answer = client.invoke_model_with_response_stream(modelId="m", body=b"{}")
        events = []
        with closing(answer["body"]) as body:
            try:
                events.extend(body)
            except ERRORS as error:
                yield len(events), type(error).__name__
            else:
                yield len(events), "end"


def test_each_fault_affects_its_call(server: Server, faults: FaultClient) -> None:
    faults.schedule(
        schedule(
            {**CALL, "kind": "fail", "call": 2, "code": "ThrottlingException"},
            {**CALL, "kind": "fail", "call": [4, 5], "code": "ModelTimeoutException"},
            {**CALL, "kind": "cut", "every": 3, "first": 6, "last": 11},
        )
    )
    outcomes = list(calls(server, 12))
    cut = "ConnectionClosedError"
    assert outcomes == [
        *("whole", "ThrottlingException", "whole", "ModelTimeoutException"),
        *("ModelTimeoutException", "whole", "whole", cut, "whole", "whole", cut, "whole"),
    ]
    history = [(fault["call"], fault["line"], fault["kind"]) for fault in faults.history()]
    assert history == [
        (2, 1, "fail"),
        (4, 2, "fail"),
        (5, 2, "fail"),
        (8, 3, "cut"),
        (11, 3, "cut"),
    ]


def test_each_fault_affects_its_event(server: Server, faults: FaultClient) -> None:
    faults.schedule(
        schedule(
            {**STREAM, "kind": "fail", "call": 1, "after": 3, "code": "ModelTimeoutException"},
            {**STREAM, "kind": "cut", "call": 2, "after": 0},
            {**STREAM, "kind": "cut", "call": 3, "after": 5, "abrupt": True},
            {**STREAM, "kind": "flip", "call": 4, "after": 7},
            {**STREAM, "kind": "delay", "call": 5, "after": 2, "seconds": 0.01},
        )
    )
    assert list(streams(server, 6)) == [
        (3, "EventStreamError"),
        (0, "end"),
        (5, "ProtocolError"),
        (7, "ChecksumMismatch"),
        (8, "end"),
        (8, "end"),
    ]


CHANCES = (
    {
        "service": "*",
        "operation": "*",
        "kind": "fail",
        "chance": 0.3,
        "code": "ThrottlingException",
    },
    {**STREAM, "kind": "flip", "chance": 0.6, "after": [0, 7]},
)


def weather(server: Server, faults: FaultClient, seed: int) -> Any:
    """What calls and streams give, and the faults that were behind it."""
    faults.schedule(schedule(CHANCES[0], seed=seed))
    outcomes = list(calls(server, 30))
    faults.schedule(schedule(CHANCES[1], seed=seed))
    return outcomes, list(streams(server, 15)), faults.history()


def test_a_seed_makes_the_same_bad_day_again(server: Server, faults: FaultClient) -> None:
    first = weather(server, faults, 7)
    assert weather(server, faults, 7) == first
    assert weather(server, faults, 8)[:2] != first[:2]
    outcomes, broken, history = first
    assert 3 <= outcomes.count("ThrottlingException") <= 15
    assert {name for _, name in broken} == {"end", "ChecksumMismatch"}
    arrived = [count for count, name in broken if name != "end"]
    assert arrived == [fault["after"] for fault in history]
    assert len(set(arrived)) > 2


def test_what_is_drawn_is_of_the_call_alone() -> None:
    """Other operations in between change nothing."""
    one, two = (FaultSchedule(schedule(*CHANCES, seed=3)) for _ in range(2))
    alone = [one.fault("bedrock-runtime", "InvokeModel", call) for call in range(1, 40)]
    mixed = []
    for call in range(1, 40):
        two.fault("bedrock-runtime", "InvokeModelWithResponseStream", call)
        two.fault("s3", "GetObject", call)
        mixed.append(two.fault("bedrock-runtime", "InvokeModel", call))
    assert alone == mixed


def test_a_schedule_begins_with_the_next_call(server: Server, faults: FaultClient) -> None:
    second = schedule({**CALL, "kind": "fail", "call": 2, "code": "ThrottlingException"})
    assert list(calls(server, 3)) == ["whole"] * 3
    faults.schedule(second)
    assert list(calls(server, 3)) == ["whole", "ThrottlingException", "whole"]
    faults.schedule(second)
    faults.add(
        Fail(service="bedrock-runtime", operation="InvokeModel", code="AccessDeniedException")
    )
    assert list(calls(server, 3)) == ["AccessDeniedException", "ThrottlingException", "whole"]
    assert [fault["line"] for fault in faults.history()] == [None, 1]
    faults.clear()
    assert list(calls(server, 3)) == ["whole"] * 3
    assert faults.history() == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "it has to be one JSON object"),
        ("[1]", "it has to be one JSON object"),
        ('{"seed": 1.5}', "seed: "),
        ({"kind": "break"}, "kind: "),
        ({"kind": "fail", "operation": "*", "every": 1, "code": "x"}, "service: "),
        ({"service": "s4"}, "service: it has to be"),
        ({"operation": "GotObject"}, "operation: bedrock-runtime has no GotObject"),
        ({"call": 0}, "call: it has to be an integer of at least 1"),
        ({"call": [1, -1]}, "call: "),
        ({"call": []}, "call: "),
        ({"call": None}, "call: one of call, every and chance"),
        ({"every": 2}, "call: one of call, every and chance"),
        ({"call": None, "chance": 1.5}, "chance: it has to be a number above 0"),
        ({"call": None, "every": 0}, "every: "),
        ({"first": 2}, "first: "),
        ({"call": None, "every": 1, "first": 3, "last": 2}, "last: "),
        ({"after": -1}, "after: it has to be"),
        ({"after": [3, 1]}, "after: the second bound"),
        ({"after": True}, "after: it has to be"),
        ({"operation": "Converse", "after": 1}, "after: Converse has no stream"),
        ({"code": ""}, "code: "),
        ({"message": 5}, "message: "),
        ({"seconds": 1}, "seconds: a fault of this kind has no such field"),
        ({"kind": "delay", "code": None, "seconds": [2, 1]}, "seconds: the second bound"),
        ({"kind": "delay", "code": None, "seconds": "long"}, "seconds: it has to be a number"),
        ({"kind": "cut", "code": None, "abrupt": 1}, "abrupt: it has to be true or false"),
        ({"kind": "cut", "code": None, "mid_frame": True}, "mid_frame: it needs after"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_field_and_rule(
    server: Server, line: Any, said: str
) -> None:
    if isinstance(line, dict):
        line = {**STREAM, "kind": "fail", "call": 1, "code": "x"} | line
        line = json.dumps({name: value for name, value in line.items() if value is not None})
        line = line.replace('"service": "bedrock-runtime", ', "") if said == "service: " else line
    text = f'{{"seed": 1}}\n# a comment\n\n{line}\n'
    with pytest.raises(WrongSchedule) as refused:
        FaultSchedule(text)
    assert str(refused.value).startswith(f"line 4: {said}")
    answer = http_calls.put(f"{server.url}/_outcrop/faults", content=text.encode(), trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["message"] == str(refused.value)


def test_every_field_has_its_rule_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "faults.md").read_text()
    for name in RULES:
        assert f"| `{name}` |" in page


def test_a_file_that_is_wrong_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "faults.jsonl"
    file.write_text('{"seed": 1}\n{"kind": "fail"}\n')
    command = [sys.executable, "-m", "app.local", "--home", str(tmp_path / "home")]
    ran = subprocess.run(
        [*command, "--schedule", str(file)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 1
    assert f"{file}, line 2: service: " in ran.stderr
