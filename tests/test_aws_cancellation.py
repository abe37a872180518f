"""Calls broken off from another thread, and nobody else's call with them."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.aws import Cancellation, Cancelled, Clients, cancellation, clients
from app.errors import TimedOut
from tests.models.loopback import JSON_TYPE, Act, Loopback, reply

SECONDS = 20
LATE = TimedOut("late")
NOTHING = reply(b'{"retrievalResults": []}', headers=JSON_TYPE)


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


@pytest.fixture(scope="module")
def aws(loopback: Loopback) -> Clients:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", loopback.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        return clients(60)


@pytest.fixture
def server(loopback: Loopback) -> Loopback:
    loopback.forget()
    return loopback


def retrieve(aws: Clients) -> Any:
    found = aws.bedrock_agent_runtime.retrieve(
        knowledgeBaseId="ABCDEFGHIJ", retrievalQuery={"text": "outcrop"}
    )
    return found["retrievalResults"]


CALLS: dict[str, Callable[[Clients], Any]] = {
    "Retrieve": retrieve,
    "InvokeModel": lambda aws: aws.bedrock_runtime.invoke_model(modelId="m", body=b"{}"),
    "GetObject": lambda aws: aws.s3.get_object(Bucket="bucket", Key="key"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_waits_is_broken_off_and_not_sent_again(
    call: str, server: Loopback, aws: Clients
) -> None:
    server.enqueue(Act.WAIT)
    cancelled = Cancellation()
    raised: list[BaseException] = []

    def run() -> None:
        with cancelled.active():
            try:
                CALLS[call](aws)
            except BaseException as error:  # noqa: BLE001  # whatever it is
                raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(SECONDS * 100):
        if server.requests:
            break
        threading.Event().wait(0.01)
    assert cancelled.cancel(LATE)
    assert server.left.wait(SECONDS)
    thread.join(SECONDS)
    assert raised, "the thread still waits"
    assert len(server.requests) == 1
    assert cancelled.reason is LATE


def test_no_call_begins_after_the_cancellation(server: Loopback, aws: Clients) -> None:
    cancelled = Cancellation()
    cancelled.cancel(LATE)
    with cancelled.active(), pytest.raises(Cancelled):
        retrieve(aws)
    assert server.requests == []


def test_a_connection_that_came_back_is_left_alone(server: Loopback, aws: Clients) -> None:
    """It may serve somebody else by then: cancelling its last user must not break it."""
    server.enqueue(NOTHING)
    server.enqueue(NOTHING)
    first = Cancellation()
    with first.active():
        assert retrieve(aws) == []
        connections = server.connections
        first.cancel(LATE)
    assert retrieve(aws) == []
    assert server.connections == connections, "it was used again"


def test_what_is_committed_is_not_broken_off(server: Loopback, aws: Clients) -> None:
    server.enqueue(NOTHING)
    committed = Cancellation()
    with committed.active():
        cancellation().commit()
        assert not committed.cancel(LATE)
        assert retrieve(aws) == []
    assert committed.reason is None


def test_what_is_cancelled_cannot_be_committed() -> None:
    cancelled = Cancellation()
    cancelled.cancel(LATE)
    cancelled.cancel(TimedOut("later"))
    with pytest.raises(Cancelled):
        cancelled.commit()
    assert cancelled.reason is LATE


def test_without_one_nothing_is_broken_off() -> None:
    cancellation().cancel(LATE)
    cancellation().commit()
