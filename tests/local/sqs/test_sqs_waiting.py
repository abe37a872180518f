"""Long polls: a hundred of them hold no thread, and one whose client has left takes no message."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from app.local import sqs as service
from app.local.messaging import QueueMessage
from app.local.sqs import messages
from app.local.sqs.broker import Queues
from app.local.wire.application import THREADS
from tests.wire_server import Server, serving

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SECONDS = 10  # after which a test that should never wait gives up


class Watched(Queues):
    """Says when a receiver has found nothing and begins to wait; `gate` holds up the looks."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.found_nothing = threading.Semaphore(0)
        self.looked: SimpleQueue[Sequence[QueueMessage]] = SimpleQueue()
        self.gate = threading.Event()
        self.gate.set()

    def _look(self, *arguments: Any) -> tuple[Sequence[QueueMessage], float]:
        messages, pause = super()._look(*arguments)
        if not messages:
            self.found_nothing.release()
        self.looked.put(messages)
        assert self.gate.wait(SECONDS)
        return messages, pause


@pytest.fixture
def queues(tmp_path: Path) -> Iterator[Watched]:
    opened = Watched(tmp_path)
    opened.create("q", {"VisibilityTimeout": "3600"})
    yield opened
    opened.close()


@pytest.fixture
def server(queues: Queues) -> Iterator[Server]:
    with serving({"sqs": service.handlers(queues)}) as running:
        yield running


@pytest.fixture
def sqs(server: Server) -> "SQSClient":
    client: SQSClient = server.client("sqs")
    return client


def url_of(server: Server) -> str:
    return f"{server.url}/000000000000/q"


async def receive(opened: httpx2.AsyncClient, server: Server) -> httpx2.Response:
    """A ReceiveMessage as boto3 sends it, but without a thread of this test's."""
    headers = {
        "authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sqs/aws4_request",
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AmazonSQS.ReceiveMessage",
    }
    body = {"QueueUrl": url_of(server), "WaitTimeSeconds": 20}
    return await opened.post(server.url, headers=headers, json=body)


def opened_client() -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=None)
    return httpx2.AsyncClient(limits=limits, timeout=3 * SECONDS, trust_env=False)


def test_more_long_polls_than_threads_hold_up_no_other_request(
    queues: Watched, server: Server, sqs: "SQSClient"
) -> None:
    number = THREADS + 36

    async def test() -> list[httpx2.Response]:
        async with opened_client() as opened:
            polls = [asyncio.create_task(receive(opened, server)) for _ in range(number)]
            for _ in polls:
                assert await asyncio.to_thread(queues.found_nothing.acquire, timeout=SECONDS)
            for n in range(number):
                await asyncio.to_thread(
                    sqs.send_message, QueueUrl=url_of(server), MessageBody=str(n)
                )
            return await asyncio.gather(*polls)

    answers = asyncio.run(test())
    bodies = [message["Body"] for answer in answers for message in answer.json()["Messages"]]
    assert sorted(bodies, key=int) == [str(n) for n in range(number)]


def test_a_poll_whose_client_has_left_takes_no_message(queues: Watched, server: Server) -> None:
    async def test() -> None:
        async with opened_client() as opened:
            poll = asyncio.create_task(receive(opened, server))
            assert await asyncio.to_thread(queues.found_nothing.acquire, timeout=SECONDS)
            poll.cancel()
        while queues.has_listener("q"):
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(test(), SECONDS))
    queues.send("q", "x")
    [message] = queues.receive("q")
    assert message.received == 1


def test_what_was_just_taken_for_somebody_who_leaves_is_given_back(queues: Watched) -> None:
    queues.send("q", "x")
    queues.gate.clear()

    async def test() -> None:
        poll = asyncio.create_task(queues.receive_async("q", wait=20))
        assert len(await asyncio.to_thread(queues.looked.get, timeout=SECONDS)) == 1
        poll.cancel()
        await asyncio.wait({poll})
        assert queues.counts("q") == (0, 1, 0)
        queues.gate.set()
        [message] = await queues.receive_async("q", wait=20)
        assert message.received == 1

    asyncio.run(asyncio.wait_for(test(), SECONDS))


def test_too_many_polls_are_over_the_limit(
    queues: Watched, server: Server, sqs: "SQSClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MOST_RECEIVES_AT_ONCE", 1)

    async def test() -> None:
        async with opened_client() as opened:
            poll = asyncio.create_task(receive(opened, server))
            assert await asyncio.to_thread(queues.found_nothing.acquire, timeout=SECONDS)
            with pytest.raises(ClientError) as caught:
                await asyncio.to_thread(sqs.receive_message, QueueUrl=url_of(server))
            assert caught.value.response["Error"]["Code"] == "OverLimit"
            queues.send("q", "x")
            assert (await poll).json()["Messages"][0]["Body"] == "x"
            queues.send("q", "y")
            answer = await asyncio.to_thread(sqs.receive_message, QueueUrl=url_of(server))
            assert answer["Messages"][0]["Body"] == "y"

    asyncio.run(asyncio.wait_for(test(), 3 * SECONDS))
