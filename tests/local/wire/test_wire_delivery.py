"""What a response holds is released, whatever becomes of its delivery."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from app.local.wire.delivery import deliver
from app.local.wire.response import Response


class Release:
    """Says whether what the response holds was released."""

    def __init__(self) -> None:
        self.done = False

    def __call__(self) -> None:
        self.done = True


def response(release: Release) -> Response:
    return Response(200, {}, iter((b"one", b"two")), release)


async def nobody_leaves() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


def test_a_body_is_closed_though_its_head_cannot_be_sent() -> None:
    release = Release()

    async def send(_: dict[str, Any]) -> None:
        raise ConnectionError

    async def delivered() -> None:
        with ThreadPoolExecutor(1) as threads:
            run = _runner(threads)
            with pytest.raises(ConnectionError):
                await deliver(response(release), None, nobody_leaves, send, run)
            await run(bool)  # one thread: what was ordered before has been done

    asyncio.run(delivered())
    assert release.done


def test_a_body_is_closed_though_the_server_drops_the_work_that_waits_for_a_thread() -> None:
    release = Release()
    threads = ThreadPoolExecutor(1)
    busy = Event()

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            threads.submit(busy.wait)  # nothing after it gets the thread
            raise ConnectionError

    async def delivered() -> None:
        with pytest.raises(ConnectionError):
            await deliver(response(release), None, nobody_leaves, send, _runner(threads))
        threads.shutdown(wait=False, cancel_futures=True)
        async with asyncio.timeout(10):
            while not release.done:
                await asyncio.sleep(0)

    try:
        asyncio.run(delivered())
    finally:
        busy.set()


def _runner(threads: ThreadPoolExecutor) -> Callable[..., Any]:
    def run(function: Callable[..., Any], *arguments: Any) -> Any:
        return asyncio.get_running_loop().run_in_executor(threads, function, *arguments)

    return run
