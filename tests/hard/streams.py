"""Many answers at once, all held in the middle: how much memory each takes, and who waits for it.

Every stream has its first words, and is held by the stand-in; while all are, both servers are
weighed, and the application is asked again and again whether it is alive. Then each goes on to its
end.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2 as httpx

from app.local.faults import Delay
from tests.hard import Count, Plan, Unavailable
from tests.hard.caller import Caller
from tests.hard.home import Home, Process, serving

NUMBER = 1_000
KILOBYTES = 64.0  # that a stream may take of each server
HEALTH_MS = 100.0
EVENTS = 3  # of the model's stream that come before it is held: words are among them
AT_ONCE = 20  # are begun together
WARM = 50  # streams before the servers are weighed for the first time
SECONDS_A_STREAM = 0.25  # that it may take to begin one
PROBES = 200


def run(plan: Plan) -> Iterator[Count]:
    """So many streams at once."""
    number = plan.number or NUMBER
    with TemporaryDirectory() as folder, serving(Path(folder)) as home:
        home.application.end()
        home.application.environment = {
            **home.application.environment,
            "OUTCROP_DEADLINE_SECONDS": "3600",
            "OUTCROP_CONCURRENT_TURNS": str(number + WARM),
        }
        home.application.start()
        with home.http() as http:
            home.upload(http, "granite.md", b"Granite is an igneous rock.")
            home.until_indexed(http, ["granite.md"])
        asyncio.run(_held(home, min(WARM, number)))
        servers = (home.application, home.stand_in)
        before = [_kilobytes(server) for server in servers]
        held = asyncio.run(_held(home, number))
        yield Count("streams", number)
        yield Count("streams that were not held at the same time", number - held.at_once, 0)
        for server, base, most in zip(servers, before, held.kilobytes, strict=True):
            share = round((most - base) / number, 1)
            yield Count(f"kB a stream, {server.name}", share, KILOBYTES)
        yield Count("GET /healthz meanwhile, p50 ms", _percentile(held.health, 0.5))
        yield Count("GET /healthz meanwhile, p99 ms", _percentile(held.health, 0.99), HEALTH_MS)
        yield Count("streams that did not end properly", len(held.wrong), 0, tuple(held.wrong[:5]))


class _Held:
    """What was seen while the streams were held, and of their ends."""

    def __init__(self) -> None:
        self.at_once = 0
        self.kilobytes: list[float] = []
        self.health: list[float] = []
        self.wrong: list[str] = []


async def _held(home: Home, number: int) -> _Held:
    seconds = 5 + number * SECONDS_A_STREAM
    order = Delay(
        service="bedrock-runtime",
        operation="InvokeModelWithResponseStream",
        after=EVENTS,
        seconds=seconds,
    )
    await asyncio.to_thread(home.order, *[order] * number)
    question = {"message": "What is granite?"}
    callers = [Caller(home.application.url, question, 3 * seconds) for _ in range(number)]
    for start in range(0, number, AT_ONCE):
        group = callers[start : start + AT_ONCE]
        await asyncio.gather(*(caller.ask() for caller in group))
        await asyncio.gather(*(caller.until(b"text-delta") for caller in group))
    held = _Held()
    held.at_once = sum(
        b"text-delta" in caller.text and b"[DONE]" not in caller.text for caller in callers
    )
    held.health = await asyncio.to_thread(_probe, home)
    held.kilobytes = [_kilobytes(server) for server in (home.application, home.stand_in)]
    await asyncio.gather(*(caller.to_the_end() for caller in callers))
    held.wrong = [end for caller in callers if (end := caller.improper_end())]
    held.wrong += [f"failed: {one.text[-200:]!r}" for one in callers if b"data-error" in one.text]
    return held


def _probe(home: Home) -> list[float]:
    """How long `/healthz` took each time, in ms."""
    took: list[float] = []
    with httpx.Client(base_url=home.application.url, timeout=60) as http:
        for _ in range(PROBES):
            began = time.perf_counter()
            http.get("/healthz").raise_for_status()
            took.append((time.perf_counter() - began) * 1000)
    return took


def _percentile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 1)


def _kilobytes(process: Process) -> float:
    """The memory that a process holds."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        raise Unavailable("memory is read from /proc, which is not here")
    [line] = [one for one in status.read_text().splitlines() if one.startswith("VmRSS:")]
    return float(line.split()[1])
