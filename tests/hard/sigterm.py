"""SIGTERM while answers are being written: every stream ends with its parts, and the process too.

Three rounds: the application is told to stop and the model goes on a second later, so that answers
are written to their end; the application, and the model hangs, so that each stream has to end with
an error part; the stand-in, and the model hangs.
"""

import asyncio
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

from tests.hard import Count, Plan
from tests.hard.caller import Caller
from tests.hard.home import Home, Process, serving
from tests.hard.model_server import ModelServer

NUMBER = 50
EXIT_SECONDS = 20.0


def run(plan: Plan) -> Iterator[Count]:
    """So many streams in each of three rounds."""
    number = plan.number or NUMBER
    with (
        TemporaryDirectory() as folder,
        ModelServer().serving() as model,
        serving(Path(folder), "--model-url", model.url) as home,
    ):
        with home.http() as http:
            home.upload(http, "granite.md", b"Granite is an igneous rock.")
            home.until_indexed(http, ["granite.md"])
        for what, stopped, release in (
            ("application, the model goes on", home.application, 1.0),
            ("application, the model hangs", home.application, None),
            ("stand-in, the model hangs", home.stand_in, None),
        ):
            model.hold()
            home.start()
            began = time.monotonic()
            callers = asyncio.run(_stopped(home, stopped.name, number, model, release))
            seconds = time.monotonic() - began
            wrong = [end for caller in callers if (end := caller.improper_end())]
            done = sum(b'"type": "finish"' in caller.text for caller in callers)
            yield Count(f"{what}: streams", len(callers))
            yield Count(f"{what}: ended with an answer", done)
            yield Count(f"{what}: ended improperly", len(wrong), 0, tuple(wrong[:10]))
            code, exit_seconds = _exited(stopped)
            yield Count(f"{what}: seconds to the last end", round(seconds, 1))
            yield Count(
                f"{what}: seconds more to the exit", round(exit_seconds, 1), EXIT_SECONDS - 1
            )
            killed = code not in (0, -signal.SIGTERM)
            yield Count(f"{what}: exits that were none", int(killed), 0)
            model.release()


def _exited(process: Process) -> tuple[int, float]:
    """Its exit code, 255 where it had to be killed, and how long that took."""
    began = time.monotonic()
    try:
        code = process.wait(EXIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.end(signal.SIGKILL)
        code = 255
    return code, time.monotonic() - began


async def _stopped(
    home: Home, name: str, number: int, model: ModelServer, release: float | None
) -> list[Caller]:
    """Callers whose streams were under way when a server was told to stop, read to the end."""
    callers = [
        Caller(home.application.url, {"message": f"What is granite, number {n}?"}, EXIT_SECONDS)
        for n in range(number)
    ]
    for start in range(0, number, 10):
        group = callers[start : start + 10]
        await asyncio.gather(*(caller.ask() for caller in group))
        await asyncio.gather(*(caller.until(b"text-delta") for caller in group))
    server = home.application if name == "application" else home.stand_in
    server.tell(signal.SIGTERM)
    if release is not None:
        Timer(release, model.release).start()
    with suppress(TimeoutError):
        await asyncio.gather(*(caller.to_the_end() for caller in callers))
    return callers
