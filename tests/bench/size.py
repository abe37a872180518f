"""What grows with a home: 20,000 documents beside 200, and a conversation of 60 turns beside none.

The documents are small files that are put into the bucket's folder, as a person would copy them
there. Then `outcrop docs ls` lists them all, a page of GET /documents is read, and nothing is done
for a minute, while the processor time of both servers is counted (Linux tells it, in /proc).
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2 as httpx

from app.deploy import laptop
from app.deploy.laptop import Served
from app.settings import LaptopSettings, environment
from tests.bench import ROOT
from tests.bench.turn import ingest, processor_seconds, streamed
from tests.tables import Table

SIZES = (200, 20_000)  # documents
IDLE_SECONDS = 60
LISTINGS, PAGES = 3, 50
LONG = 60  # turns
ROUNDS = 20
SECONDS = 3600  # how long anything may take

FOLLOW_UP = "And how is a vector quantised?"
OUTCROP = Path(sys.executable).with_name("outcrop")


def run() -> Iterator[Table]:
    yield Table(
        "A home with many documents",
        (
            "documents",
            "indexed in s",
            "`docs ls` s",
            "a page of 50, p50 ms",
            "idle: stand-in, % of a core",
            "application",
        ),
        [_documents(count) for count in SIZES],
        notes=[f"Idle for {IDLE_SECONDS} s; medians of {LISTINGS} lists and {PAGES} pages."],
    )
    yield Table(
        "A turn in a long conversation",
        ("turn", "first token p50 ms", "whole p50 ms", "times the second"),
        _conversation(),
        notes=[f"{ROUNDS} rounds; those of the long conversation are its turns from {LONG} on."],
    )


@contextmanager
def serving() -> Iterator[tuple[Served, httpx.Client, Path]]:
    with (
        TemporaryDirectory() as scratch,
        laptop.serving(LaptopSettings(home=Path(scratch))) as at,
        httpx.Client(base_url=at.application, timeout=SECONDS) as http,
    ):
        yield at, http, Path(scratch)


def _documents(count: int) -> tuple[str, ...]:
    with serving() as (at, http, home):
        began = time.monotonic()
        _put(home, count)
        until_indexed(http, count, count / 1000)
        indexed = time.monotonic() - began
        command = [str(OUTCROP), "docs", "ls"]
        variables = environment({"OUTCROP_HOME": str(home)})

        def list_all() -> None:
            listed = subprocess.run(command, env=variables, check=True, capture_output=True)
            assert listed.stdout.count(b"INDEXED") == count

        lists = _median(list_all, LISTINGS)
        page = _median(lambda: http.get("/documents?limit=50").raise_for_status(), PAGES)
        used = {child.name: processor_seconds(child) for child in at.children}
        time.sleep(IDLE_SECONDS)
        idle = {
            child.name: (processor_seconds(child) - used[child.name]) / IDLE_SECONDS
            for child in at.children
        }
    return (
        f"{count:,}",
        f"{indexed:.0f}",
        f"{lists:.2f}",
        f"{page * 1000:.0f}",
        *(f"{idle[name] * 100:.1f}" for name in ("stand-in", "application")),
    )


def _put(home: Path, count: int) -> None:
    [bucket] = (home / "s3").glob("*documents*")
    for number in range(count):
        text = f"Station {number} was opened in {1800 + number % 200} and has {number % 9} tracks."
        (bucket / f"station-{number:05}.txt").write_text(text)


def until_indexed(http: httpx.Client, count: int, look_seconds: float) -> list[datetime]:
    """Wait until so many documents are indexed; when each of them was."""
    deadline = time.monotonic() + SECONDS
    while len(indexed := _indexed(http)) < count:
        assert time.monotonic() < deadline, f"{len(indexed)} of {count} documents are indexed"
        time.sleep(look_seconds)
    return indexed


def _indexed(http: httpx.Client) -> list[datetime]:
    """When each indexed document was so."""
    indexed: list[datetime] = []
    params: dict[str, str] = {"limit": "100"}
    while True:
        page: Any = http.get("/documents", params=params).raise_for_status().json()
        indexed += [
            datetime.fromisoformat(item["updated"])
            for item in page["items"]
            if item["status"] == "INDEXED"
        ]
        if page["nextCursor"] is None:
            return indexed
        params["cursor"] = page["nextCursor"]


def _median(call: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _conversation() -> list[tuple[str, ...]]:
    with serving() as (_, http, _home):
        ingest(http, sorted((ROOT / "docs").glob("*.md")))
        long = _begin(http)
        for _ in range(LONG - 2):
            _ask(http, long)
        taken: dict[str, list[tuple[float, float]]] = {"the first": [], "the second": []}
        late = taken.setdefault(f"{LONG} to {LONG + ROUNDS - 1}", [])
        for _ in range(ROUNDS):
            taken["the first"].append(streamed(http, {"message": FOLLOW_UP}))
            taken["the second"].append(_ask(http, _begin(http)))
            late.append(_ask(http, long))
    second = statistics.median(first for first, _ in taken["the second"])
    return [
        (
            name,
            f"{(first := statistics.median(first for first, _ in times)) * 1000:.1f}",
            f"{statistics.median(whole for _, whole in times) * 1000:.1f}",
            f"{first / second:.2f}",
        )
        for name, times in taken.items()
    ]


def _begin(http: httpx.Client) -> str:
    """A conversation of one turn."""
    answer: Any = http.post("/chat", json={"message": "What survives kill -9?"})
    identifier: str = answer.raise_for_status().json()["conversationId"]
    return identifier


def _ask(http: httpx.Client, conversation: str) -> tuple[float, float]:
    return streamed(http, {"message": FOLLOW_UP, "conversationId": conversation})
