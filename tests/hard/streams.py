"""Many answers at once, all held in the middle: how much memory each takes, and who waits for it.

Every stream has its first words, and is held by the stand-in. As they grow in number both servers
are weighed several times, and what a stream takes is the slope of the line through these: what a
server takes for its first streams and keeps is not counted. While all are held, the application is
asked again and again whether it is alive. Then each goes on to its end.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import linear_regression
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
WEIGHINGS = 8
WARM = 50  # streams that are over before the first that is counted begins
LEAST = WARM + 2 * AT_ONCE  # streams, so that two weighings can be compared
SECONDS_A_STREAM = 0.6  # that it may take to begin one
PROBES = 200


def run(plan: Plan) -> Iterator[Count]:
    """So many streams at once."""
    number = plan.number or NUMBER
    if number < LEAST:
        raise Unavailable(f"fewer than {LEAST} streams say nothing of their memory")
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
        held = asyncio.run(_held(home, number))
        yield Count("streams", number)
        yield Count("streams that were not held at the same time", number - held.at_once, 0)
        for name, weights in held.kilobytes.items():
            yield Count(f"kB a stream, {name}", _slope(weights), KILOBYTES)
        yield Count("GET /healthz meanwhile, p50 ms", _percentile(held.health, 0.5))
        yield Count("GET /healthz meanwhile, p99 ms", _percentile(held.health, 0.99), HEALTH_MS)
        yield Count("streams that did not end properly", len(held.wrong), 0, tuple(held.wrong[:5]))


class _Held:
    """What was seen while the streams were held, and of their ends.

    Attributes:
        kilobytes: by server, the streams that were held and the memory that it had to itself.
    """

    def __init__(self) -> None:
        self.at_once = 0
        self.kilobytes: dict[str, list[tuple[int, float]]] = {}
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
    held = _Held()
    callers = [Caller(home.application.url, question, 3 * seconds) for _ in range(number)]
    for start in range(0, number, AT_ONCE):
        group = callers[start : start + AT_ONCE]
        await asyncio.gather(*(caller.ask() for caller in group))
        await asyncio.gather(*(caller.until(b"text-delta") for caller in group))
        if start * WEIGHINGS // number < (start + AT_ONCE) * WEIGHINGS // number:
            for server in (home.application, home.stand_in):
                weights = held.kilobytes.setdefault(server.name, [])
                weights.append((start + len(group), _kilobytes(server)))
    held.at_once = sum(
        b"text-delta" in caller.text and b"[DONE]" not in caller.text for caller in callers
    )
    held.health = await asyncio.to_thread(_probe, home)
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


def _slope(weights: list[tuple[int, float]]) -> float:
    """kB that one more stream takes, by least squares.

    As many streams as had ended before live in the memory that those have left: they do not count.
    """
    counted = [weight for weight in weights if weight[0] > WARM]
    streams, kilobytes = zip(*counted, strict=True)
    return round(linear_regression(streams, kilobytes).slope, 1)


def _kilobytes(process: Process) -> float:
    """The memory that a process has to itself."""
    rollup = Path(f"/proc/{process.pid}/smaps_rollup")
    if not rollup.exists():
        raise Unavailable("memory is read from /proc, which is not here")
    fields = (line.split() for line in rollup.read_text().splitlines())
    return sum(float(field[1]) for field in fields if field[0].startswith("Private_"))
