"""The Runtime API of the tests, by what AWS documents: a runtime's side of each exchange."""

import json
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest

from tests.lambdas.invocation import BadGateway, Ended, Head, Invocation
from tests.lambdas.runtime_api import ARN, RuntimeApi, runtime_api

INVOCATION = "/2018-06-01/runtime/invocation"
PRELUDE = json.dumps({"statusCode": 201, "headers": {"x": "y"}, "cookies": []}).encode()
STREAMING = {
    "Lambda-Runtime-Function-Response-Mode": "streaming",
    "Transfer-Encoding": "chunked",
    "Content-Type": "application/vnd.awslambda.http-integration-response",
}


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    with runtime_api() as running:
        yield running


@pytest.fixture
def runtime(api: RuntimeApi) -> Iterator[HTTPConnection]:
    """The runtime's connection."""
    connection = HTTPConnection(api.address, timeout=10)
    yield connection
    connection.close()


def call(runtime: HTTPConnection, method: str, path: str, **sent: Any) -> HTTPResponse:
    runtime.request(method, path, **sent)
    response = runtime.getresponse()
    response.read()
    return response


def begin(runtime: HTTPConnection, api: RuntimeApi, seconds: float = 10) -> Invocation:
    """An invocation that the runtime has fetched."""
    invocation = api.invoke({"a": 1}, seconds)
    runtime.request("GET", f"{INVOCATION}/next")
    response = runtime.getresponse()
    assert json.loads(response.read()) == {"a": 1}
    assert response.headers["Lambda-Runtime-Aws-Request-Id"] == invocation.id
    assert response.headers["Lambda-Runtime-Invoked-Function-Arn"] == ARN
    deadline = int(response.headers["Lambda-Runtime-Deadline-Ms"]) / 1000
    assert deadline == pytest.approx(invocation.deadline, abs=0.001)
    return invocation


def test_a_response_in_one_piece_is_read(api: RuntimeApi, runtime: HTTPConnection) -> None:
    invocation = begin(runtime, api)
    assert call(runtime, "POST", f"{INVOCATION}/{invocation.id}/response", body="{}").status == 202
    assert (invocation.read(), invocation.ended) == (b"{}", Ended())


def test_a_streamed_answer_arrives_chunk_by_chunk(api: RuntimeApi, runtime: HTTPConnection) -> None:
    invocation = begin(runtime, api)

    def body() -> Iterator[bytes]:
        yield PRELUDE[:5]
        yield PRELUDE[5:] + bytes(8) + b"one"
        head, arriving = invocation.http()  # read while it is being sent
        assert head == Head(201, {"x": "y"})
        assert next(arriving) == b"one"
        yield b"two"
        assert next(arriving) == b"two"
        assert invocation.ended is None

    path = f"{INVOCATION}/{invocation.id}/response"
    sent = call(runtime, "POST", path, body=body(), headers=STREAMING, encode_chunked=True)
    assert sent.status == 202
    assert (invocation.read(), invocation.ended) == (b"", Ended())


def test_a_streamed_answer_may_end_with_an_error(api: RuntimeApi, runtime: HTTPConnection) -> None:
    invocation = begin(runtime, api)
    error = b64encode(b'{"errorMessage": "Out of words."}').decode()
    runtime.putrequest("POST", f"{INVOCATION}/{invocation.id}/response")
    for name, value in STREAMING.items():
        runtime.putheader(name, value)
    runtime.putheader("Trailer", "Lambda-Runtime-Function-Error-Type")
    runtime.endheaders()
    runtime.send(b"3\r\none\r\n0\r\n")
    runtime.send(b"Lambda-Runtime-Function-Error-Type: Runtime.Words\r\n")
    runtime.send(f"Lambda-Runtime-Function-Error-Body: {error}\r\n\r\n".encode())
    assert runtime.getresponse().read()
    assert invocation.read() == b"one"
    assert invocation.ended == Ended("Runtime.Words", '{"errorMessage": "Out of words."}')


@pytest.mark.parametrize("begun", [b"", b"3\r\none\r\n", b"3\r\none\r\n3\r\ntw"])
def test_a_streamed_answer_that_breaks_off(
    api: RuntimeApi, runtime: HTTPConnection, begun: bytes
) -> None:
    invocation = begin(runtime, api)
    runtime.putrequest("POST", f"{INVOCATION}/{invocation.id}/response")
    for name, value in STREAMING.items():
        runtime.putheader(name, value)
    runtime.endheaders(begun)
    runtime.close()
    invocation.read()
    assert invocation.ended == Ended("Runtime.TruncatedResponse", "The answer broke off.")


def test_an_answer_without_a_prelude_is_a_bad_gateway(
    api: RuntimeApi, runtime: HTTPConnection
) -> None:
    invocation = begin(runtime, api)
    call(runtime, "POST", f"{INVOCATION}/{invocation.id}/response", body=b"x" * 20_000)
    with pytest.raises(BadGateway):
        invocation.http()


def test_an_invocation_that_fails_has_its_error_type(
    api: RuntimeApi, runtime: HTTPConnection
) -> None:
    invocation = begin(runtime, api)
    headers = {"Lambda-Runtime-Function-Error-Type": "Handler.Lost"}
    call(runtime, "POST", f"{INVOCATION}/{invocation.id}/error", body="{}", headers=headers)
    with pytest.raises(BadGateway):
        invocation.http()
    assert invocation.ended == Ended("Handler.Lost", "{}")


def test_a_start_that_fails_has_its_error_type(api: RuntimeApi, runtime: HTTPConnection) -> None:
    headers = {"Lambda-Runtime-Function-Error-Type": "Runtime.NoSuchModule"}
    call(runtime, "POST", "/2018-06-01/runtime/init/error", body="{}", headers=headers)
    assert api.init_error == Ended("Runtime.NoSuchModule", "{}")


def test_an_invocation_ends_with_its_deadline(api: RuntimeApi, runtime: HTTPConnection) -> None:
    invocation = begin(runtime, api, seconds=0.05)
    assert (invocation.read(), invocation.ended) == (
        b"",
        Ended("Sandbox.Timedout", "Task timed out"),
    )


def test_events_are_given_in_order_and_lost_with_their_environment(
    api: RuntimeApi, runtime: HTTPConnection
) -> None:
    first, second = api.invoke({"n": 1}), api.invoke({"n": 2})
    assert call(runtime, "GET", f"{INVOCATION}/next").headers["Lambda-Runtime-Aws-Request-Id"] == (
        first.id
    )
    ending = Ended("Runtime.ExitError", "exit status 1")
    api.lost(ending)
    third = api.invoke({"n": 3})
    for invocation in (first, second, third):
        assert (invocation.read(), invocation.ended) == (b"", ending)


def test_an_extension_registers(api: RuntimeApi, runtime: HTTPConnection) -> None:
    headers = {"Lambda-Extension-Name": "lambda-adapter"}
    response = call(
        runtime, "POST", "/2020-01-01/extension/register", body='{"events": []}', headers=headers
    )
    assert (response.status, api.extensions) == (200, ["lambda-adapter"])
    assert response.headers["Lambda-Extension-Identifier"]


def test_a_path_that_the_runtime_api_lacks_is_404(runtime: HTTPConnection) -> None:
    assert call(runtime, "GET", "/2018-06-01/runtime/invocation/previous").status == 404
