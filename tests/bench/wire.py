"""The stand-in's wire beside a bare ASGI application on the same server: what the wire costs.

Both answer the same bytes, over the same sockets, to the same client in the same process.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from app.local.wire import JSON, Application, Call
from tests.tables import Table
from tests.wire_server import in_thread

CALLS = 2000
AT_ONCE = 32
ROUNDS = 5
EVENTS = 20
PAUSE = 0.05  # seconds between two events of a stream that is slow
MODEL = "amazon.nova-lite-v1%3A0"
BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}).encode()
HEADERS = {"content-type": "application/json"}

Send = Callable[[dict[str, Any]], Awaitable[None]]


def run() -> Iterator[Table]:
    with TemporaryDirectory() as spool:
        wire = Application({"bedrock-runtime": {"Converse": _converse, **_STREAM}}, Path(spool))
        with in_thread(_echo) as (bare, _), in_thread(wire) as (url, _):
            echo, converse = f"{bare}/echo", f"{url}/model/{MODEL}/converse"
            asyncio.run(_rates((echo, converse), 200))  # warm
            rounds = [asyncio.run(_rates((echo, converse), CALLS)) for _ in range(ROUNDS)]
            first, last = asyncio.run(_stream(f"{url}/model/{MODEL}/converse-stream"))
    bare_rate, wire_rate = (median(one) for one in zip(*rounds, strict=True))
    yield Table(
        f"Converse over the wire, {CALLS} calls, {AT_ONCE} at once, medians of {ROUNDS} rounds",
        ("what answers", "calls a second", "share of the bare application"),
        [
            ("a bare ASGI application", f"{bare_rate:.0f}", "1"),
            (
                "the wire: routed, parsed, checked, written",
                f"{wire_rate:.0f}",
                f"{median(b / a for a, b in rounds):.2f}",
            ),
        ],
    )
    yield Table(
        f"A stream of {EVENTS} events, {PAUSE * 1000:.0f} ms apart",
        ("event", "ms after the request"),
        [("the first", f"{first * 1000:.0f}"), ("the last", f"{last * 1000:.0f}")],
    )


async def _echo(scope: Any, receive: Any, send: Send) -> None:
    """The least that answers: it reads the body, and sends what the wire sends."""
    if scope["type"] != "http":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(_ANSWER)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _ANSWER})


_RESULT: JSON = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Granite."}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 4, "outputTokens": 2, "totalTokens": 6},
    "metrics": {"latencyMs": 1},
}
_ANSWER = json.dumps(_RESULT).encode()


def _converse(_: Call) -> JSON:
    return _RESULT


async def _events() -> AsyncIterator[JSON]:
    for _ in range(EVENTS):
        yield {"contentBlockDelta": {"delta": {"text": "on "}, "contentBlockIndex": 0}}
        await asyncio.sleep(PAUSE)


_STREAM: dict[str, Any] = {"ConverseStream": lambda _: {"stream": _events()}}


async def _rates(urls: tuple[str, str], count: int) -> tuple[float, float]:
    """Calls a second, one URL after the other."""
    return await _rate(urls[0], count), await _rate(urls[1], count)


async def _rate(url: str, count: int) -> float:
    """Calls a second."""
    async with httpx2.AsyncClient(trust_env=False, headers=HEADERS) as client:
        numbers = iter(range(count))

        async def caller() -> None:
            for _ in numbers:
                (await client.post(url, content=BODY)).raise_for_status()

        began = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
        return count / (time.perf_counter() - began)


async def _stream(url: str) -> tuple[float, float]:
    """When the first and the last bytes of a stream came, in seconds after the request."""
    async with httpx2.AsyncClient(trust_env=False, headers=HEADERS) as client:
        began = time.perf_counter()
        async with client.stream("POST", url, content=BODY) as response:
            response.raise_for_status()
            times = [time.perf_counter() - began async for _ in response.aiter_raw()]
    return times[0], times[-1]
