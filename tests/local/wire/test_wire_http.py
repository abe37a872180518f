"""The HTTP side: both protocols on one port, limits, what goes on at the same time, and the end."""

import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from botocore.exceptions import ClientError, EventStreamError

from app.local.wire import JSON, Call, ServiceError, coverage
from app.local.wire.body import IN_MEMORY
from app.local.wire.connection import listen
from tests import http_calls
from tests.conftest import Serve
from tests.wire_server import Server, serving

SECONDS = 10
BEDROCK = "/model/m/invoke"
SIGNED_S3 = {"authorization": "AWS4-HMAC-SHA256 Credential=A/2/us-east-1/s3/aws4_request"}


def echo(call: Call) -> JSON:
    return {"body": call.params.get("body", b""), "contentType": "text/plain"}


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve({"bedrock-runtime": {"InvokeModel": echo}})


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
def test_both_protocols_on_one_port(server: Server, version: str) -> None:
    old = version == "HTTP/1.1"
    with httpx2.Client(http1=old, http2=not old, trust_env=False) as client:
        answer = client.post(server.url + BEDROCK, content=b"x" * 300_000)
        assert answer.http_version == version
        assert answer.content == b"x" * 300_000


def test_a_connection_is_kept_for_the_next_request(server: Server) -> None:
    address = urlsplit(server.url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port)) as connection:
        connection.connect()
        ours = connection.sock.getsockname()
        for number in range(3):
            connection.request("POST", BEDROCK, body=b"%d" % number)
            assert connection.getresponse().read() == b"%d" % number
            assert connection.sock.getsockname() == ours


def test_a_client_that_waits_is_told_to_continue(server: Server) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), SECONDS) as connection:
        head = f"POST {BEDROCK} HTTP/1.1\r\nHost: localhost\r\n"
        head += "Expect: 100-continue\r\nContent-Length: 2"
        connection.sendall(head.encode() + b"\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"{}")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_body_of_unknown_length(server: Server) -> None:
    answer = http_calls.post(
        server.url + BEDROCK, content=iter([b"one ", b"", b"two"]), trust_env=False
    )
    assert answer.text == "one two"


def test_a_body_over_the_limit_is_refused_with_413(server: Server) -> None:
    answer = http_calls.post(server.url + BEDROCK, content=b"x" * (IN_MEMORY + 1), trust_env=False)
    assert answer.status_code == 413
    assert answer.headers["x-amzn-errortype"] == "RequestEntityTooLargeException"
    assert f"the limit is {IN_MEMORY}" in answer.json()["message"]


def test_the_models_own_limit_answers_first(server: Server) -> None:
    client = server.client("bedrock-runtime")
    with pytest.raises(client.exceptions.ValidationException, match="'body' failed") as caught:
        client.invoke_model(modelId="m", body=b"x" * 25_000_001)
    assert "less than or equal to 25000000" in str(caught.value)


def test_headers_over_the_limit_are_refused_with_431(server: Server) -> None:
    answer = http_calls.get(server.url, headers={"x-long": "x" * 200_000}, trust_env=False)
    assert answer.status_code == 431, answer.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "example.com", ""])
def test_the_server_listens_on_loopback_addresses_only(host: str) -> None:
    with pytest.raises(ValueError, match=r"on the loopback addresses 127\.0\.0\.1 and ::1 only"):
        listen(host, 0)


def test_a_port_that_is_taken(server: Server) -> None:
    with pytest.raises(OSError, match="in use"):
        listen("localhost", urlsplit(server.url).port or 0)


def test_answers_are_not_held_back() -> None:
    """asyncio turns Nagle's algorithm off for sockets that say that they are TCP."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        listener.setblocking(True)
        connection, _ = listener.accept()
        with connection:
            assert connection.proto == socket.IPPROTO_TCP


def test_requests_are_handled_at_the_same_time(serve: Serve) -> None:
    meet = threading.Barrier(4, timeout=SECONDS)

    def handler(call: Call) -> JSON:
        meet.wait()
        return echo(call)

    server = serve({"bedrock-runtime": {"InvokeModel": handler}})
    answers: Queue[int] = Queue()

    def send() -> None:
        answers.put(http_calls.post(server.url + BEDROCK, trust_env=False).status_code)

    threads = [threading.Thread(target=send) for _ in range(meet.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers.get() for _ in threads] == [200] * meet.parties


def test_a_handler_that_waits_stops_nobody_else(serve: Serve) -> None:
    go_on = threading.Event()

    def handler(call: Call) -> JSON:
        assert go_on.wait(SECONDS)
        return echo(call)

    server = serve({"bedrock-runtime": {"InvokeModel": handler}})
    waiting = threading.Thread(target=httpx2.post, args=[server.url + BEDROCK])
    waiting.start()
    assert http_calls.get(f"{server.url}/_outcrop/health", trust_env=False).json()["ready"] is True
    go_on.set()
    waiting.join()


def test_the_health_endpoint_answers_and_other_paths_beside_it_are_404(server: Server) -> None:
    health = http_calls.get(f"{server.url}/_outcrop/health", trust_env=False)
    assert health.status_code == 200
    assert set(health.json()) == {"ready", "version"}
    nothing = http_calls.get(f"{server.url}/_outcrop/nothing", trust_env=False)
    assert nothing.status_code == 404
    assert "GET /_outcrop/nothing" in nothing.json()["message"]


def test_a_request_has_an_id_that_its_handler_knows(serve: Serve) -> None:
    calls: list[Call] = []

    def handler(call: Call) -> JSON:
        calls.append(call)
        return {}

    server = serve({"s3": {"DeleteObject": handler}, "sqs": {"PurgeQueue": handler}})
    of_s3 = server.client("s3").delete_object(Bucket="bucket", Key="key")["ResponseMetadata"]
    of_sqs = server.client("sqs").purge_queue(QueueUrl="q")["ResponseMetadata"]
    assert [of_s3["RequestId"], of_sqs["RequestId"]] == [call.request_id for call in calls]
    assert of_s3["HostId"]
    assert "x-amzn-requestid" not in of_s3["HTTPHeaders"]


def test_headers_that_no_model_names(serve: Serve) -> None:
    def count(_: Call) -> JSON:
        return {"inputTokens": 1, "$headers": {"x-Amzn-Extra": "1\r\n2"}}

    def invoke(_: Call) -> JSON:
        headers = {"$headers": {"retry-after": "7"}}
        raise ServiceError("ThrottlingException", "Too fast.", **headers)

    server = serve({"bedrock-runtime": {"CountTokens": count, "InvokeModel": invoke}})
    client = server.client("bedrock-runtime")
    counted = client.count_tokens(modelId="m", input={"invokeModel": {"body": b"{}"}})
    assert counted["ResponseMetadata"]["HTTPHeaders"]["x-amzn-extra"] == "1  2"
    with pytest.raises(ClientError) as caught:
        client.invoke_model(modelId="m", body=b"")
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"


def test_a_handler_that_fails_is_logged_under_its_request(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(_: Call) -> JSON:
        raise ZeroDivisionError("by zero")

    client = serve({"lambda": {"Invoke": handler}}).client("lambda")
    with caplog.at_level(logging.ERROR), pytest.raises(ClientError) as caught:
        client.invoke(FunctionName="f")
    response = caught.value.response
    assert response["Error"]["Code"] == "ServiceException"  # Lambda's word for it
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert response["ResponseMetadata"]["RequestId"] in response["Error"]["Message"]
    [record] = caplog.records
    assert response["ResponseMetadata"]["RequestId"] in record.message
    assert record.exc_info


def test_head_has_no_body(serve: Serve) -> None:
    def head(call: Call) -> JSON:
        if call.params["Key"] == "missing":
            raise ServiceError("NoSuchKey", "The specified key does not exist.")
        return {"ContentLength": 1234, "ETag": '"e"', "Metadata": {"author": "Ü"}}

    server = serve({"s3": {"HeadObject": head}})
    found = http_calls.head(f"{server.url}/bucket/key", headers=SIGNED_S3, trust_env=False)
    assert found.headers["content-length"] == "1234"
    assert found.headers["x-amz-meta-author"] == "Ü"
    missing = http_calls.head(f"{server.url}/bucket/missing", headers=SIGNED_S3, trust_env=False)
    assert (missing.status_code, missing.content) == (404, b"")
    with pytest.raises(ClientError, match="404"):
        server.client("s3").head_object(Bucket="bucket", Key="missing")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("PreconditionFailed", 412),
        ("InvalidRange", 416),
        ("AccessDenied", 403),
        ("BucketNotEmpty", 409),
        ("MethodNotAllowed", 405),
        ("InvalidPart", 400),
        ("SlowDown", 503),
        ("NotModified", 304),
    ],
)
def test_statuses_that_the_model_of_s3_lacks(serve: Serve, code: str, status: int) -> None:
    def get(_: Call) -> JSON:
        raise ServiceError(code, "It is so.")

    url = serve({"s3": {"GetObject": get}}).url
    answer = http_calls.get(f"{url}/bucket/key", headers=SIGNED_S3, trust_env=False)
    assert answer.status_code == status
    assert (f"<Code>{code}</Code>" in answer.text) == (status != 304)


def test_coverage_lists_every_operation() -> None:
    listed = coverage({"bedrock-runtime": {"Converse": echo}})
    assert listed["bedrock-runtime"]["Converse"]
    assert not listed["bedrock-runtime"]["ConverseStream"]
    of_bedrock = [names for service, names in listed.items() if service.startswith("bedrock")]
    assert sum(map(len, of_bedrock)) == 240


def endless(go_on: threading.Event) -> Callable[[Call], JSON]:
    def events() -> Iterator[JSON]:
        yield {"chunk": {"bytes": b"first"}}
        go_on.wait(SECONDS)
        yield {"chunk": {"bytes": b"last"}}

    return lambda _: {"contentType": "application/json", "body": events()}


def invoke_stream(server: Server) -> "closing[Any]":
    client = server.client("bedrock-runtime")
    answer = client.invoke_model_with_response_stream(modelId="m", body=b"{}")
    return closing(answer["body"])


def test_a_server_that_stops_lets_streams_end() -> None:
    go_on = threading.Event()
    services = {"bedrock-runtime": {"InvokeModelWithResponseStream": endless(go_on)}}
    with serving(services, grace=SECONDS) as server, invoke_stream(server) as events:
        assert next(iter(events)) == {"chunk": {"bytes": b"first"}}
        server.stop()
        wait_until_refused(server)
        go_on.set()
        assert list(events) == [{"chunk": {"bytes": b"last"}}]


def test_a_stream_that_does_not_end_in_time_is_told_why() -> None:
    go_on = threading.Event()
    services = {"bedrock-runtime": {"InvokeModelWithResponseStream": endless(go_on)}}
    with serving(services, grace=0) as server, invoke_stream(server) as events:
        assert next(iter(events)) == {"chunk": {"bytes": b"first"}}
        server.stop()
        with pytest.raises(EventStreamError, match=r"serviceUnavailableException.*stopping"):
            list(events)
        go_on.set()


def wait_until_refused(server: Server) -> None:
    address = urlsplit(server.url)
    for _ in range(1000):
        try:
            socket.create_connection((address.hostname, address.port), SECONDS).close()
        except ConnectionRefusedError:
            return
        threading.Event().wait(SECONDS / 1000)
    raise AssertionError("the server still takes connections")


MANY_FILES = 1024
PROGRAM = """
import sys
from pathlib import Path
from app.local.wire import Application, serve

serve(Application({}, Path(sys.argv[1])), "127.0.0.1", 0, lambda port: print(port, flush=True))
print("ended", flush=True)
"""


def test_the_server_takes_more_connections_than_the_shells_file_limit(tmp_path: Path) -> None:
    limited = f"import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (64, {MANY_FILES}))"
    with subprocess.Popen(
        [sys.executable, "-c", limited + PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with ExitStack() as stack:
            for _ in range(100):
                stack.enter_context(socket.create_connection(("127.0.0.1", port), SECONDS))
            url = f"http://127.0.0.1:{port}/_outcrop/health"
            assert http_calls.get(url, trust_env=False).status_code == 200
        process.terminate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(number: signal.Signals, tmp_path: object) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = f"http://127.0.0.1:{int(process.stdout.readline())}/_outcrop/health"
        assert http_calls.get(url, trust_env=False).status_code == 200
        os.kill(process.pid, number)
        assert process.stdout.read() == "ended\n"
    assert process.returncode == 0
