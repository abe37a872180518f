"""What waits costs no thread, ends when its client goes away, and says so when the server stops."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import ClientError

from app.local.wire import JSON, Application, Call, ServiceError, WaitingHandler, application
from app.local.wire.application import THREADS
from app.local.wire.waiting import Receive
from tests.conftest import Serve
from tests.wire_server import Server, in_thread, serving

BEDROCK = "/model/m/invoke"
STREAM = "/model/m/invoke-with-response-stream"
SECONDS = 10  # after which a test that should never wait gives up


class Waits:
    """A handler that waits on the event loop until it may go on, and notes how that ends."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.ended = threading.Event()
        self._go_on: list[Callable[[], object]] = []

    async def handler(self, _: Call) -> JSON:
        try:
            await self._wait()
        finally:
            self.ended.set()
        return {"body": b"{}", "contentType": "application/json"}

    def streaming(self, _: Call) -> JSON:
        return {"body": self._events(), "contentType": "application/json"}

    def go_on(self) -> None:
        for wake in self._go_on:
            wake()

    async def _events(self) -> AsyncIterator[JSON]:
        try:
            yield {"chunk": {"bytes": b"first"}}
            await self._wait()
            yield {"chunk": {"bytes": b"last"}}
        finally:
            self.ended.set()

    async def _wait(self) -> None:
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        self._go_on.append(lambda: loop.call_soon_threadsafe(event.set))
        self.begun.release()
        await event.wait()


class LeftInTime:
    """A streaming handler whose wait ends in the same turn of the event loop as the server's
    message that the client has gone. What it streams waits until it is closed.
    """

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.closed = threading.Event()
        self._left = asyncio.Event()

    def watching(self, receive: Receive) -> Receive:
        async def watched() -> dict[str, Any]:
            message = await receive()
            if message["type"] == "http.disconnect":
                self._left.set()  # the handler goes on before whoever is given this message
            return message

        return watched

    async def handler(self, _: Call) -> JSON:
        self.begun.set()
        await self._left.wait()
        return {"body": self, "contentType": "application/json"}

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> JSON:
        await asyncio.Event().wait()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed.set()


def quick(_: Call) -> JSON:
    return {"inputTokens": 1}


def bedrock(**handlers: WaitingHandler) -> dict[str, dict[str, WaitingHandler]]:
    return {"bedrock-runtime": {"CountTokens": quick, **handlers}}


def in_time(test: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(3 * SECONDS):
            await test

    asyncio.run(bounded())


@asynccontextmanager
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(limits=limits, timeout=SECONDS, trust_env=False) as opened:
        yield opened


async def has_begun(waits: Waits, number: int) -> None:
    for _ in range(number):
        assert await asyncio.to_thread(waits.begun.acquire, timeout=SECONDS)


async def count_tokens(opened: httpx2.AsyncClient, server: Server) -> int:
    body = {"input": {"invokeModel": {"body": "e30="}}}
    answer = await opened.post(f"{server.url}/model/m/count-tokens", json=body)
    assert answer.status_code == 200
    return int(answer.json()["inputTokens"])


@pytest.mark.parametrize("path", [BEDROCK, STREAM])
def test_more_may_wait_than_there_are_threads(serve: Serve, path: str) -> None:
    waits, number = Waits(), 2 * THREADS
    server = serve(
        bedrock(InvokeModel=waits.handler, InvokeModelWithResponseStream=waits.streaming)
    )

    async def test() -> None:
        async with client() as opened:
            calls = [
                asyncio.create_task(opened.post(server.url + path, content=b"{}"))
                for _ in range(number)
            ]
            await has_begun(waits, number)
            assert await count_tokens(opened, server) == 1
            assert (await opened.get(f"{server.url}/_outcrop/health")).status_code == 200
            waits.go_on()
            assert {call.status_code for call in await asyncio.gather(*calls)} == {200}

    in_time(test())


@pytest.mark.parametrize("path", [BEDROCK, STREAM])
def test_a_client_that_leaves_ends_what_waits_for_it(serve: Serve, path: str) -> None:
    waits = Waits()
    server = serve(
        bedrock(InvokeModel=waits.handler, InvokeModelWithResponseStream=waits.streaming)
    )

    async def test() -> None:
        async with client() as opened:
            call = asyncio.create_task(opened.post(server.url + path, content=b"{}"))
            await has_begun(waits, 1)
            assert not waits.ended.is_set()
            call.cancel()
        assert await asyncio.to_thread(waits.ended.wait, SECONDS)

    in_time(test())


def test_a_client_that_leaves_just_as_its_wait_ends_ends_the_stream(tmp_path: Path) -> None:
    """hypercorn says once that the client has gone, and the wait takes that message."""
    left = LeftInTime()
    asgi = Application(bedrock(InvokeModelWithResponseStream=left.handler), tmp_path)

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        await asgi(scope, left.watching(receive), send)

    async def test(url: str) -> None:
        async with client() as opened:
            call = asyncio.create_task(opened.post(url + STREAM, content=b"{}"))
            assert await asyncio.to_thread(left.begun.wait, SECONDS)
            call.cancel()
        assert await asyncio.to_thread(left.closed.wait, SECONDS)

    with in_thread(watched) as (url, _):
        in_time(test(url))


def test_an_error_after_waiting_is_the_services_own(serve: Serve) -> None:
    async def handler(_: Call) -> JSON:
        await asyncio.sleep(0)
        raise ServiceError("ThrottlingException", "Too fast.")

    bedrock_runtime = serve(bedrock(InvokeModel=handler)).client("bedrock-runtime")
    with pytest.raises(ClientError, match="Too fast") as caught:
        bedrock_runtime.invoke_model(modelId="m", body=b"{}")
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"


def test_too_many_for_the_threads_are_throttled(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "THREADS", 1)
    monkeypatch.setattr(application, "MOST_QUEUED", 1)
    go_on = threading.Event()

    def blocks(_: Call) -> JSON:
        assert go_on.wait(SECONDS)
        return {"body": b"{}", "contentType": "application/json"}

    def lists(_: Call) -> JSON:
        return {}

    server = serve({**bedrock(InvokeModel=blocks), "s3": {"ListBuckets": lists}})

    async def test() -> None:
        async with client() as opened:
            calls = {
                asyncio.create_task(opened.post(server.url + BEDROCK, content=b"{}"))
                for _ in range(3)
            }
            refused, others = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
            (answer,) = [call.result() for call in refused]
            assert answer.status_code == 429
            assert answer.headers["retry-after"] == "1"
            assert answer.headers["x-amzn-errortype"] == "ThrottlingException"
            with pytest.raises(ClientError, match="SlowDown"):
                await asyncio.to_thread(server.client("s3").list_buckets)
            go_on.set()
            assert {call.status_code for call in await asyncio.gather(*others)} == {200}

    in_time(test())


def test_too_many_that_wait_are_throttled(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "MOST_UNDER_WAY", 1)
    waits = Waits()
    server = serve(bedrock(InvokeModelWithResponseStream=waits.streaming))

    async def test() -> None:
        async with client() as opened:
            stream = asyncio.create_task(opened.post(server.url + STREAM, content=b"{}"))
            await has_begun(waits, 1)
            refused = await opened.post(server.url + STREAM, content=b"{}")
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
            assert (await opened.get(f"{server.url}/_outcrop/health")).status_code == 200
            waits.go_on()
            assert (await stream).status_code == 200
            again = asyncio.create_task(opened.post(server.url + STREAM, content=b"{}"))
            await has_begun(waits, 1)
            waits.go_on()
            assert (await again).status_code == 200

    in_time(test())


async def last_event(answer: httpx2.Response) -> Any:
    buffer = EventStreamBuffer()
    async for piece in answer.aiter_raw():
        buffer.add_data(piece)
    return list(buffer)[-1]


def test_a_server_that_stops_ends_fifty_streams_and_what_waits() -> None:
    waits = Waits()
    services = bedrock(InvokeModel=waits.handler, InvokeModelWithResponseStream=waits.streaming)

    async def test(server: Server) -> None:
        async with client() as opened:
            waiting = asyncio.create_task(opened.post(server.url + BEDROCK, content=b"{}"))
            streams = [await begin(opened, server) for _ in range(50)]
            await has_begun(waits, 51)
            server.stop()
            for stream in streams:
                event = await last_event(stream)
                assert event.headers[":exception-type"] == "serviceUnavailableException"
                await stream.aclose()
            answer = await waiting
            assert answer.status_code == 503
            assert "stopping" in answer.text

    async def begin(opened: httpx2.AsyncClient, server: Server) -> httpx2.Response:
        request = opened.build_request("POST", server.url + STREAM, content=b"{}")
        return await opened.send(request, stream=True)

    with serving(services, grace=0) as server:
        in_time(test(server))


def test_a_result_may_be_an_awaitable(serve: Serve) -> None:
    async def later() -> JSON:
        return {"inputTokens": 7}

    def handler(_: Call) -> JSON | Awaitable[JSON]:
        return later()

    server = serve({"bedrock-runtime": {"CountTokens": handler}})

    async def test() -> None:
        async with client() as opened:
            assert await count_tokens(opened, server) == 7

    in_time(test())
