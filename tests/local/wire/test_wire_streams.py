"""Streams: a piece goes out when it is produced; the producer is closed when nobody reads."""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue
from typing import Any

import h2.errors
import h2.events
import httpx2
import pytest
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import ClientError, EventStreamError
from hypothesis import given
from hypothesis import strategies as st

from app.local.wire import JSON, Application, Call, Handler, ServiceError
from app.local.wire.eventstream import frame, padded
from tests import http_calls
from tests.conftest import Serve
from tests.local.wire.h2_client import h2_client
from tests.wire_server import Server, in_thread

PATH = "/model/m/invoke-with-response-stream"
SECONDS = 10  # after which a test that should never wait gives up


def chunk(text: str) -> JSON:
    return {"chunk": {"bytes": text.encode()}}


class Producer:
    """A stream that goes on step by step, as the test lets it, and says when it was closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self._steps: Queue[bool] = Queue()

    def go_on(self) -> None:
        self._steps.put(True)

    def end(self) -> None:
        self._steps.put(False)

    def goes_on_until_closed(self) -> bool:
        """The server may hear of it only after some more events have gone out."""
        for _ in range(1000):
            self.go_on()
            if self.closed.wait(SECONDS / 1000):
                return True
        return False

    def handler(self, _: Call) -> JSON:
        return {"contentType": "application/json", "body": self._events()}

    def _events(self) -> Iterator[JSON]:
        try:
            yield chunk("first")
            while self._steps.get(timeout=SECONDS):
                yield chunk("next")
        finally:
            self.closed.set()


@pytest.fixture
def producer(serve: Serve) -> Iterator[Producer]:  # noqa: ARG001 - it ends before its server does
    producer = Producer()
    yield producer
    producer.end()


def streaming(serve: Serve, handler: Handler) -> Server:
    return serve({"bedrock-runtime": {"InvokeModelWithResponseStream": handler}})


def invoke(server: Server) -> "closing[Any]":
    client = server.client("bedrock-runtime")
    answer = client.invoke_model_with_response_stream(modelId="m", body=b"{}")
    return closing(answer["body"])


def test_an_event_arrives_before_the_next_is_produced(serve: Serve, producer: Producer) -> None:
    with invoke(streaming(serve, producer.handler)) as events:
        assert next(iter(events)) == chunk("first")
        for _ in range(3):
            producer.go_on()
            assert next(iter(events)) == chunk("next")


def test_the_producer_is_closed_when_the_client_goes_away(serve: Serve, producer: Producer) -> None:
    server = streaming(serve, producer.handler)
    with http_calls.stream("POST", server.url + PATH, content=b"{}", trust_env=False) as answer:
        pieces = answer.iter_raw()  # which closes the response when it is let go of
        next(pieces)
        assert not producer.closed.is_set()
    assert producer.goes_on_until_closed()


def test_any_iterator_is_closed_when_it_has_ended(tmp_path: Path) -> None:
    """Not by the garbage collector: somebody else still has it."""
    closed = threading.Event()

    class Events:
        def __iter__(self) -> "Events":
            return self

        def __next__(self) -> JSON:
            raise StopIteration

        def close(self) -> None:
            closed.set()

    events = Events()
    handlers = {"InvokeModelWithResponseStream": lambda _: {"contentType": "a/b", "body": events}}
    with in_thread(Application({"bedrock-runtime": handlers}, tmp_path)) as (url, _):
        assert http_calls.post(url + PATH, content=b"{}", trust_env=False).status_code == 200
        assert closed.wait(SECONDS)


def test_over_http_2_event_by_event(serve: Serve, producer: Producer) -> None:
    server = streaming(serve, producer.handler)
    with h2_client(server.url) as client:
        stream = client.request("POST", PATH, b"{}")
        data = (e for e in client.events() if isinstance(e, h2.events.DataReceived))
        assert b"Zmlyc3Q=" in next(data).data  # "first"
        producer.go_on()
        assert b"bmV4dA==" in next(data).data  # "next"
        client.reset(stream)
        assert producer.goes_on_until_closed()


def test_a_client_that_says_goodbye_gets_every_event(serve: Serve, producer: Producer) -> None:
    """The AWS SDK for JavaScript says it once it has a response's head (RFC 9113, 6.8)."""
    with h2_client(streaming(serve, producer.handler).url) as client:
        client.request("POST", PATH, b"{}")
        events = client.events()
        next(event for event in events if isinstance(event, h2.events.ResponseReceived))
        client.say_goodbye()
        data = (e.data for e in events if isinstance(e, h2.events.DataReceived) and e.data)
        assert b"Zmlyc3Q=" in next(data)  # "first"
        for _ in range(50):
            producer.go_on()
            assert b"bmV4dA==" in next(data)  # "next"
        producer.end()
        assert any(isinstance(event, h2.events.StreamEnded) for event in events)


def test_a_client_that_leaves_after_its_goodbye_is_noticed(
    serve: Serve, producer: Producer
) -> None:
    with h2_client(streaming(serve, producer.handler).url) as client:
        client.request("POST", PATH, b"{}")
        next(e for e in client.events() if isinstance(e, h2.events.DataReceived))
        client.say_goodbye()
    assert producer.goes_on_until_closed()


def test_a_goodbye_with_an_error_ends_the_connection(serve: Serve, producer: Producer) -> None:
    with h2_client(streaming(serve, producer.handler).url) as client:
        client.request("POST", PATH, b"{}")
        next(e for e in client.events() if isinstance(e, h2.events.DataReceived))
        client.say_goodbye(h2.errors.ErrorCodes.PROTOCOL_ERROR)
        assert producer.goes_on_until_closed()
        assert not any(isinstance(e, h2.events.StreamEnded) for e in client.events())


def test_two_streams_at_once_on_one_http_2_connection(serve: Serve) -> None:
    meet = threading.Barrier(2, timeout=SECONDS)

    def handler(_: Call) -> JSON:
        def events() -> Iterator[JSON]:
            meet.wait()
            yield chunk("together")

        return {"contentType": "application/json", "body": events()}

    with h2_client(streaming(serve, handler).url) as client:
        streams = {client.request("POST", PATH, b"{}") for _ in range(2)}
        for event in client.events():
            if isinstance(event, h2.events.StreamEnded):
                streams.remove(event.stream_id)
            if not streams:
                break


def test_an_error_before_the_first_event_is_a_plain_error(serve: Serve) -> None:
    def handler(_: Call) -> JSON:
        raise ServiceError("ThrottlingException", "Too fast.")

    with pytest.raises(ClientError) as caught:
        invoke(streaming(serve, handler))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"


def failing(error: Exception) -> Handler:
    def events() -> Iterator[JSON]:
        yield chunk("first")
        raise error

    return lambda _: {"contentType": "application/json", "body": events()}


def test_an_error_after_the_first_event_is_the_streams_exception(serve: Serve) -> None:
    error = ServiceError("ModelStreamErrorException", "Broken.", originalStatusCode=503)
    server = streaming(serve, failing(error))
    with invoke(server) as events:
        assert next(iter(events)) == chunk("first")
        with pytest.raises(EventStreamError, match=r"modelStreamErrorException.*Broken"):
            next(iter(events))
    raw = http_calls.post(server.url + PATH, content=b"{}", trust_env=False)
    assert b'"originalStatusCode":503' in raw.content


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("by zero"),
        ServiceError("ResourceNotFoundException", "not in this stream"),
    ],
)
def test_an_unexpected_error_in_a_stream_is_an_internal_error_and_logged(
    serve: Serve, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    with (
        caplog.at_level(logging.ERROR, "app.local.wire"),
        invoke(streaming(serve, failing(error))) as events,
        pytest.raises(EventStreamError, match="internalServerException") as caught,
    ):
        list(events)
    assert str(error).split(": ")[-1] in str(caught.value)
    assert len(caplog.records) == 1


def test_a_stream_without_an_exception_of_its_own_ends_with_an_error(serve: Serve) -> None:
    def events() -> Iterator[JSON]:
        yield {"PayloadChunk": {"Payload": b"first"}}
        raise ZeroDivisionError("by zero")

    server = serve({"lambda": {"InvokeWithResponseStream": lambda _: {"EventStream": events()}}})
    answer = server.client("lambda").invoke_with_response_stream(FunctionName="f")
    with closing(answer["EventStream"]) as stream:
        assert next(iter(stream)) == {"PayloadChunk": {"Payload": b"first"}}
        with pytest.raises(EventStreamError, match=r"InternalError.*by zero"):
            next(iter(stream))


def test_headers_of_a_stream_are_those_that_the_model_names(serve: Serve) -> None:
    def handler(_: Call) -> JSON:
        return {"body": [], "contentType": "application/json", "serviceTier": "flex"}

    answer = http_calls.post(streaming(serve, handler).url + PATH, content=b"{}", trust_env=False)
    assert answer.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert answer.headers["x-amzn-bedrock-content-type"] == "application/json"
    assert answer.headers["x-amzn-bedrock-service-tier"] == "flex"
    assert answer.content == b""


NAMES = st.text(st.characters(max_codepoint=127), min_size=1, max_size=255)


@given(st.dictionaries(NAMES, st.text(max_size=200), max_size=5), st.binary())
def test_botocore_reads_a_frame(headers: dict[str, str], payload: bytes) -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(frame(headers, payload))
    message: Any = next(iter(buffer))
    assert message.headers == headers
    assert message.payload == payload


def test_an_empty_frame_has_these_bytes() -> None:
    """The lengths and the first checksum of a frame without headers and payload, by hand."""
    assert frame({}, b"").hex() == "000000100000000005c248eb7d98c8ff"


def test_an_event_is_padded_by_one_member_more(serve: Serve) -> None:
    url = streaming(serve, lambda _: {"contentType": "a/b", "body": [chunk("x")]}).url
    answer = http_calls.post(url + PATH, content=b"{}", trust_env=False)
    assert b'{"bytes":"eA==","p":"' in answer.content
    assert padded(b"{}").startswith(b'{"p":"a')
    assert padded(b'{"a":1}').startswith(b'{"a":1,"p":"a')


def test_a_blob_goes_out_piece_by_piece(serve: Serve) -> None:
    go_on = threading.Event()
    closed = threading.Event()

    def get_object(_: Call) -> JSON:
        def pieces() -> Iterator[bytes]:
            try:
                yield b"first "
                assert go_on.wait(SECONDS)
                yield b"second"
            finally:
                closed.set()

        return {"Body": pieces(), "ContentLength": 12, "ETag": '"e"'}

    client = serve({"s3": {"GetObject": get_object}}).client("s3")
    answer = client.get_object(Bucket="bucket", Key="key")
    assert answer["ContentLength"] == 12
    assert answer["Body"].read(6) == b"first "
    go_on.set()
    assert answer["Body"].read() == b"second"
    assert closed.wait(SECONDS)


def test_a_blob_that_breaks_off_is_noticed(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    def get_object(_: Call) -> JSON:
        def pieces() -> Iterator[bytes]:
            yield b"first "
            raise OSError("the disk is gone")

        return {"Body": pieces(), "ContentLength": 12}

    url = serve({"s3": {"GetObject": get_object}}).url
    signed = {"authorization": "AWS4-HMAC-SHA256 Credential=A/2/r/s3/aws4_request"}
    with pytest.raises(httpx2.TransportError):
        http_calls.get(f"{url}/bucket/key", headers=signed, trust_env=False)
    assert "the disk is gone" in caplog.text
