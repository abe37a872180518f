"""A chat turn, and an agent's: what the application adds to its boto3 calls.

The application answers a question over HTTP, in a process of its own; then the very calls that it
made for that turn are made again, by boto3 alone, against the same stand-in, the two by turns. The
calls are not written down here: they are recorded from a turn that is answered in this process. No
guardrail judges: `guard_modes` measures that.

The stand-in remembers what its encoder read last, so whoever asks a question right after the other
did has it cheaper. There is an odd number of questions, which come round and round while the two
take turns: each asks as long after the other.

The stand-in's files are in memory where the system has a place for that: to write a turn to a busy
disk takes ten times as long as all of ours. On a machine that is busy with other work, the clock
tells how long threads wait for a processor; processor time leaves most of that out.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import httpx2 as httpx
from botocore import xform_name
from starlette.testclient import TestClient

from app.aws import Clients, clients, deployer
from app.conversations import new_id
from app.deploy import laptop
from app.deploy.laptop.children import Child
from app.deploy.laptop.provision import provision
from app.settings import LaptopSettings
from app.web import application
from tests.bench import ROOT
from tests.tables import Table

ROUNDS = 60
QUESTIONS = ("What survives kill -9?", "How is a vector quantised?", "Who may import whom?")
ORDERS = ("What is the status of my order A-1042?", "How much is P-106?", "Where is A-1047?")
SECONDS = 120
MEMORY = Path("/dev/shm")  # a file system in memory, where a turn waits for no disk
TICKS = os.sysconf("SC_CLK_TCK")  # a second, of the times in /proc

Call = tuple[Any, str, dict[str, Any]]
"""A client, the name of its method, and what it is called with."""


def run() -> Iterator[Table]:
    with (
        patch.dict(os.environ, {"OUTCROP_GUARDRAIL": "none"}),
        TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch,
        laptop.serving(LaptopSettings(home=Path(scratch), guardrail="none")) as at,
        httpx.Client(base_url=at.application, timeout=SECONDS) as http,
    ):
        ingest(http, sorted((ROOT / "docs").glob("*.md")))
        aws = clients(SECONDS)
        [child] = [child for child in at.children if child.name == "application"]
        yield _measured(
            "A chat turn over the project's own docs", "answer", QUESTIONS, aws, child, http
        )
        yield _measured(
            "An agent's turn: a call of a tool, and the answer", "agent", ORDERS, aws, child, http
        )


def _measured(
    title: str, mode: str, questions: Sequence[str], aws: Clients, child: Child, http: httpx.Client
) -> Table:
    """The application and its boto3 calls alone, by turns."""
    bodies = [{"message": question, "mode": mode} for question in questions]
    recorded = [_recorded(body, aws) for body in bodies]
    assert len(questions) % 2, "each is to be asked by both, as long after the other"
    turns, bare = _Times(), _Times()
    for step in range(2 * ROUNDS):
        which = step % len(questions)
        if step % 2:
            began = time.process_time()
            bare.add(_bare(recorded[which]), time.process_time() - began)
        else:
            used = processor_seconds(child)
            taken = streamed(http, bodies[which])
            turns.add(taken, processor_seconds(child) - used)
    calls = ", ".join(method for _, method, _ in recorded[0])
    return Table(
        title,
        (
            "what",
            "whole p50 ms",
            "p95 ms",
            "first token p50 ms",
            "beyond boto3 p50 ms",
            "times",
            "processor ms",
            "beyond boto3",
        ),
        [_row("POST /chat/stream", turns, bare), _row("its boto3 calls alone", bare, bare)],
        notes=[f"{ROUNDS} rounds, both against the stand-in. The calls: {calls}."],
    )


def ingest(http: httpx.Client, pages: Sequence[Path]) -> None:
    """Upload these pages, and wait until they are indexed."""
    for page in pages:
        form = http.post("/documents", json={"name": page.name}).raise_for_status().json()
        files = {"file": (page.name, page.read_bytes())}
        httpx.post(form["url"], data=form["fields"], files=files).raise_for_status()
    deadline = time.monotonic() + SECONDS
    indexed = 0
    while indexed < len(pages):
        assert time.monotonic() < deadline, f"{indexed} of {len(pages)} documents are indexed"
        time.sleep(0.1)
        documents = http.get("/documents").raise_for_status().json()["items"]
        indexed = sum(document["status"] == "INDEXED" for document in documents)


def _recorded(body: dict[str, Any], aws: Clients) -> list[Call]:
    """The calls that the application makes for this question, in their order."""
    recorded: list[Call] = []
    used = (aws.bedrock_agent_runtime, aws.bedrock_runtime, aws.s3, aws.lambda_)
    for client in used:

        def record(params: dict[str, Any], model: Any, client: Any = client, **_: Any) -> None:
            recorded.append((client, xform_name(model.name), dict(params)))

        client.meta.events.register("provide-client-params", record, unique_id="bench")
    app = application(aws, provision(aws, deployer(SECONDS)))
    with TestClient(app, "http://127.0.0.1") as http:
        recorded.clear()  # of what making the resources took
        http.post("/chat/stream", json=body).raise_for_status()
    for client in used:
        client.meta.events.unregister("provide-client-params", unique_id="bench")
    return recorded


def streamed(http: httpx.Client, body: dict[str, Any]) -> tuple[float, float]:
    """Seconds until the first token of a turn is here, and until the answer is complete."""
    began, first = time.perf_counter(), 0.0
    with http.stream("POST", "/chat/stream", json=body) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if not first and '"text-delta"' in line:
                first = time.perf_counter() - began
    return first, time.perf_counter() - began


def _bare(calls: Sequence[Call]) -> tuple[float, float]:
    """As `streamed`, for the calls alone."""
    began, first = time.perf_counter(), 0.0
    fresh = _renamer(calls)
    for client, method, params in calls:
        answer = getattr(client, method)(**fresh(params))
        if stream := answer.get("body") or answer.get("stream"):
            for _ in stream:
                first = first or time.perf_counter() - began
        if payload := answer.get("Payload"):
            payload.read()
    return first, time.perf_counter() - began


def _renamer(calls: Sequence[Call]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Puts a new conversation into the parameters of calls: the stand-in's disk has to make the
    folders of one as it does for a turn.
    """
    keys = (params["Key"] for _, method, params in calls if method == "put_object")
    recorded = next(key.split("/")[2] for key in keys if key.startswith("turns/"))
    fresh = new_id()

    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: rename(each) for name, each in value.items()}
        if isinstance(value, list):
            return [rename(each) for each in value]
        return value.replace(recorded, fresh) if isinstance(value, str) else value

    return rename


def processor_seconds(child: Child, *, with_descendants: bool = False) -> float:
    """The processor time of a process, and of those of its children that have ended; or of all
    that it has started.
    """
    pids = [child._process.pid]
    for pid in pids:  # which grows meanwhile
        if with_descendants:
            children = Path(f"/proc/{pid}/task").glob("*/children")
            pids += [int(each) for path in children for each in path.read_text().split()]
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split() for pid in pids]
    return sum(int(ticks) for after_name in stats for ticks in after_name[11:15]) / TICKS


@dataclass
class _Times:
    """The seconds of each answer, by the clock until its first token and its end; and on the
    processor.
    """

    clock: list[tuple[float, float]] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def add(self, clock: tuple[float, float], processor: float) -> None:
        self.clock.append(clock)
        self.processor.append(processor)


def _row(name: str, taken: _Times, bare: _Times) -> tuple[str, ...]:
    whole = sorted(seconds * 1000 for _, seconds in taken.clock)
    alone = statistics.median(seconds * 1000 for _, seconds in bare.clock)
    middle = statistics.median(whole)
    first = statistics.median(seconds * 1000 for seconds, _ in taken.clock)
    # Means: the clock of the processor's times ticks a hundred times a second.
    used, used_alone = (statistics.mean(each.processor) * 1000 for each in (taken, bare))
    return (
        name,
        f"{middle:.1f}",
        f"{whole[int(len(whole) * 0.95)]:.1f}",
        f"{first:.1f}",
        f"{middle - alone:.1f}",
        f"{middle / alone:.2f}",
        f"{used:.1f}",
        f"{used - used_alone:.1f}",
    )
