"""Clients that hang up, before the first word or after it: the call of the model is stopped.

Measured at the model's own server: when the connection that its answer goes over was closed.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from rich.progress import track

from tests.hard import Count, Plan
from tests.hard.caller import Caller
from tests.hard.home import serving
from tests.hard.model_server import ModelServer

NUMBER = 100
SECONDS = 1.0  # within which a call has to be stopped
AT_ONCE = 10
PATIENCE = 20.0  # after which it is taken never to be


def run(plan: Plan) -> Iterator[Count]:
    """So many clients, ten at once."""
    number = plan.number or NUMBER
    random = Random(plan.seed)
    kinds = [random.choice(("silently", "aloud")) for _ in range(number)]
    with (
        TemporaryDirectory() as folder,
        ModelServer().serving() as model,
        serving(Path(folder), "--model-url", model.url) as home,
    ):
        with home.http() as http:
            home.upload(http, "granite.md", b"Granite is an igneous rock.")
            home.until_indexed(http, ["granite.md"])
        delays: list[tuple[int, float]] = []
        for start in track(range(0, number, AT_ONCE), "clients that leave", transient=True):
            group = range(start, min(start + AT_ONCE, number))
            delays += asyncio.run(_leave(home.application.url, model, {n: kinds[n] for n in group}))
    late = [f"client {n} ({kinds[n]}): {delay:.2f} s" for n, delay in delays if delay > SECONDS]
    yield Count("clients that left before the first word", kinds.count("silently"))
    yield Count("clients that left after it", kinds.count("aloud"))
    yield Count("the slowest stop of a call, s", round(max(delay for _, delay in delays), 3))
    yield Count("calls not stopped within 1 s", len(late), 0, tuple(late[:10]))


async def _leave(url: str, model: ModelServer, kinds: dict[int, str]) -> list[tuple[int, float]]:
    """Every client's number, and how long its call of the model went on after it had left."""
    return await asyncio.gather(*(_leave_one(url, model, n, kind) for n, kind in kinds.items()))


async def _leave_one(url: str, model: ModelServer, n: int, kind: str) -> tuple[int, float]:
    caller = Caller(url, {"message": f"What is granite, number {n}, {kind}?"})
    await caller.ask()
    await asyncio.to_thread(_until_called, model, n)
    if kind == "aloud":
        assert await caller.until(b"text-delta"), caller.text
    left = time.monotonic()
    caller.leave()
    [call] = model.calls(n)
    await asyncio.to_thread(call.ended.wait, PATIENCE)
    return n, (call.hung_up_at or left + PATIENCE) - left


def _until_called(model: ModelServer, n: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not model.calls(n):
        assert time.monotonic() < deadline, f"the model was not called for question {n}"
        time.sleep(0.01)
    model.calls(n)[0].begun.wait(PATIENCE)
