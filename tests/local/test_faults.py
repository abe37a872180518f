"""Each fault, ordered over HTTP and seen by botocore."""

import struct
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest
from botocore.eventstream import ChecksumMismatch
from botocore.exceptions import ClientError, EventStreamError, ReadTimeoutError
from botocore.exceptions import ConnectionClosedError as Reset
from urllib3.exceptions import ProtocolError

from app.local.faults import Cut, Delay, Fail, FaultClient, Faults, Flip
from app.local.wire import JSON, Application, Call
from tests import http_calls
from tests.conftest import Serve
from tests.wire_server import Server, in_thread

EVENTS = [{"chunk": {"bytes": b"%d" % number}} for number in range(5)]
STREAM: Any = {"service": "bedrock-runtime", "operation": "InvokeModelWithResponseStream"}
CALL: Any = {"service": "bedrock-runtime", "operation": "InvokeModel"}


class Model:
    """Counts what really reaches it."""

    def __init__(self) -> None:
        self.calls = 0
        self.closed = threading.Event()

    def invoke(self, _: Call) -> JSON:
        self.calls += 1
        return {"body": b"whole", "contentType": "text/plain"}

    def stream(self, _: Call) -> JSON:
        return {"body": self._events(), "contentType": "application/json"}

    def _events(self) -> Iterator[JSON]:
        try:
            yield from EVENTS
        finally:
            self.closed.set()


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def server(serve: Serve, model: Model) -> Server:
    handlers = {"InvokeModel": model.invoke, "InvokeModelWithResponseStream": model.stream}
    return serve({"bedrock-runtime": handlers})


@pytest.fixture
def faults(server: Server) -> FaultClient:
    return FaultClient(server.url)


def invoke(server: Server, **config: Any) -> bytes:
    client = server.client("bedrock-runtime", **config)
    body: bytes = client.invoke_model(modelId="m", body=b"{}")["body"].read()
    return body


def stream(server: Server, **config: Any) -> "closing[Any]":
    client = server.client("bedrock-runtime", **config)
    return closing(client.invoke_model_with_response_stream(modelId="m", body=b"{}")["body"])


def read(events: Any) -> tuple[list[JSON], Exception | None]:
    """What arrived, and what then broke."""
    got: list[JSON] = []
    try:
        got.extend(events)
    except Exception as error:  # noqa: BLE001 - which it was is what the tests look at
        return got, error
    return got, None


def test_a_throttling_fault_fails_one_call_with_429(
    server: Server, faults: FaultClient, model: Model
) -> None:
    faults.add(Fail(**CALL, code="ThrottlingException", message="Too fast."))
    with pytest.raises(ClientError) as caught:
        invoke(server)
    assert caught.value.response["Error"] == {"Code": "ThrottlingException", "Message": "Too fast."}
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert model.calls == 0
    assert invoke(server) == b"whole"


def test_a_client_that_tries_again_gets_through(
    server: Server, faults: FaultClient, model: Model
) -> None:
    faults.add(*[Fail(**CALL, code="ServiceUnavailableException")] * 2)
    assert invoke(server, retries={"mode": "standard", "total_max_attempts": 3}) == b"whole"
    assert model.calls == 1


def test_faults_of_one_operation_wait_for_each_other() -> None:
    first, second = (Fail(**CALL, code=code, nth=2) for code in ("A", "B"))
    other = Fail(**STREAM, code="C")
    faults = Faults()
    faults.add(first, second, other)
    faults_in_order = [faults.take(CALL["service"], CALL["operation"]) for _ in range(5)]
    assert faults_in_order == [None, first, None, second, None]
    assert faults.take(STREAM["service"], STREAM["operation"]) == other
    faults.add(first)
    faults.clear()
    assert faults.take(CALL["service"], CALL["operation"]) is None


def test_a_delay_fault_holds_an_answer_back(server: Server, faults: FaultClient) -> None:
    faults.add(Delay(**CALL, seconds=0.5))
    with pytest.raises(ReadTimeoutError):
        invoke(server, read_timeout=0.1)
    faults.add(Delay(**CALL, seconds=0.01))
    assert invoke(server) == b"whole"


def test_a_cut_fault_resets_the_connection_before_the_call(
    server: Server, faults: FaultClient, model: Model
) -> None:
    faults.add(Cut(**CALL))
    with pytest.raises(Reset):
        invoke(server)
    assert model.calls == 0


def test_a_delay_fault_stalls_a_stream_after_some_events(
    server: Server, faults: FaultClient, model: Model
) -> None:
    faults.add(Delay(**STREAM, after=2, seconds=3600))
    with stream(server, read_timeout=0.2) as events:
        got, error = read(events)
    assert got == EVENTS[:2]
    assert "Read timed out" in str(error)
    assert model.closed.wait(10)


def test_an_exception_in_the_stream(server: Server, faults: FaultClient) -> None:
    faults.add(Fail(**STREAM, after=3, code="ModelTimeoutException", message="Too slow."))
    with stream(server) as events:
        got, error = read(events)
    assert got == EVENTS[:3]
    assert isinstance(error, EventStreamError)
    assert error.response["Error"] == {"Code": "modelTimeoutException", "Message": "Too slow."}


@pytest.mark.parametrize("after", range(len(EVENTS)))
def test_cut_off_as_if_complete(
    server: Server, faults: FaultClient, model: Model, after: int
) -> None:
    faults.add(Cut(**STREAM, after=after))
    with stream(server) as events:
        assert read(events) == (EVENTS[:after], None)
    assert model.closed.wait(10)


def test_cut_off_in_the_middle_of_a_frame(server: Server, faults: FaultClient) -> None:
    faults.add(Cut(**STREAM, after=1, mid_frame=True))
    url = f"{server.url}/model/m/invoke-with-response-stream"
    content = http_calls.post(url, content=b"{}", trust_env=False).content
    (first,) = struct.unpack("!I", content[:4])
    (second,) = struct.unpack("!I", content[first : first + 4])
    assert len(content) == first + second // 2


@pytest.mark.parametrize("after", [0, 2])
def test_a_connection_that_is_reset(server: Server, faults: FaultClient, after: int) -> None:
    faults.add(Cut(**STREAM, after=after, abrupt=True))
    with stream(server) as events:
        got, error = read(events)
    assert got == EVENTS[:after]
    assert isinstance(error, ProtocolError)
    assert "Connection reset by peer" in str(error)


def test_an_answer_that_breaks_off(server: Server, faults: FaultClient) -> None:
    """An answer that is no stream is one piece."""
    faults.add(Cut(**CALL, after=0, mid_frame=True, abrupt=True))
    url = f"{server.url}/model/m/invoke"
    with pytest.raises(httpx2.TransportError):
        http_calls.post(url, content=b"{}", trust_env=False)


def test_a_flip_fault_damages_a_frame_so_that_its_checksum_fails(
    server: Server, faults: FaultClient
) -> None:
    faults.add(Flip(**STREAM, after=2))
    with stream(server) as events:
        got, error = read(events)
    assert got == EVENTS[:2]
    assert isinstance(error, ChecksumMismatch)


def test_the_orders_can_be_withdrawn(server: Server, faults: FaultClient) -> None:
    faults.add(Fail(**CALL, code="ThrottlingException"))
    faults.clear()
    assert invoke(server) == b"whole"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "JSON"),
        (b"[{}]", "kind"),
        (b'[{"kind": "cut", "service": "s3"}]', "operation"),
        (b'[{"kind": "delay", "service": "s3", "operation": "x", "seconds": "long"}]', "seconds"),
    ],
)
def test_an_order_that_is_wrong(server: Server, body: bytes, words: str) -> None:
    answer = http_calls.post(f"{server.url}/_outcrop/faults", content=body, trust_env=False)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_no_orders_are_taken_unless_they_are_enabled(tmp_path: Any) -> None:
    with in_thread(Application({}, tmp_path)) as (url, _), pytest.raises(httpx2.HTTPStatusError):
        FaultClient(url).clear()
