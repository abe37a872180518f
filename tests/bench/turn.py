"""A chat turn: what the application adds to its boto3 calls.

The application answers a question over HTTP, in a process of its own; then the very calls that it
made for that turn are made again, by boto3 alone, against the same stand-in, the two by turns. The
calls are not written down here: they are recorded from a turn that is answered in this process.
"""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx2 as httpx
from botocore import xform_name
from starlette.testclient import TestClient

from app.aws import Clients, clients, deployer
from app.deploy import laptop
from app.deploy.laptop.provision import provision
from app.settings import LaptopSettings
from app.web import application
from tests.bench import ROOT
from tests.tables import Table

ROUNDS = 60
QUESTIONS = ("What survives kill -9?", "How is a vector quantised?", "Who may import whom?")
SECONDS = 120

Call = tuple[Any, str, dict[str, Any]]
"""A client, the name of its method, and what it is called with."""


def run() -> Iterator[Table]:
    with (
        patch.dict(os.environ),
        TemporaryDirectory() as scratch,
        laptop.serving(LaptopSettings(home=Path(scratch))) as at,
        httpx.Client(base_url=at.application, timeout=SECONDS) as http,
    ):
        ingest(http, sorted((ROOT / "docs").glob("*.md")))
        aws = clients(SECONDS)
        recorded = [_recorded(question, aws) for question in QUESTIONS]
        turns, bare = [], []
        for number in range(ROUNDS):
            which = number % len(QUESTIONS)
            turns.append(streamed(http, {"message": QUESTIONS[which]}))
            bare.append(_bare(recorded[which]))
    rows = [
        _row("POST /chat/stream", turns, bare),
        _row("its boto3 calls alone", bare, bare),
    ]
    calls = ", ".join(method for _, method, _ in recorded[0])
    yield Table(
        "A chat turn over the project's own docs",
        ("what", "whole p50 ms", "p95 ms", "first token p50 ms", "beyond boto3 p50 ms", "times"),
        rows,
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


def _recorded(question: str, aws: Clients) -> list[Call]:
    """The calls that the application makes for this question, in their order."""
    recorded: list[Call] = []
    for client in (aws.bedrock_agent_runtime, aws.bedrock_runtime, aws.s3):

        def record(params: dict[str, Any], model: Any, client: Any = client, **_: Any) -> None:
            recorded.append((client, xform_name(model.name), dict(params)))

        client.meta.events.register("provide-client-params", record, unique_id="bench")
    app = application(aws, provision(aws, deployer(SECONDS)))
    with TestClient(app, "http://127.0.0.1") as http:
        recorded.clear()  # of what making the resources took
        http.post("/chat/stream", json={"message": question}).raise_for_status()
    for client in (aws.bedrock_agent_runtime, aws.bedrock_runtime, aws.s3):
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
    for client, method, params in calls:
        fresh = {"Key": f"conversations/bench/{uuid4()}"} if method == "put_object" else {}
        answer = getattr(client, method)(**params | fresh)
        if method.startswith("invoke_model"):
            for _ in answer["body"]:
                first = first or time.perf_counter() - began
    return first, time.perf_counter() - began


def _row(
    name: str, taken: Sequence[tuple[float, float]], bare: Sequence[tuple[float, float]]
) -> tuple[str, ...]:
    whole = sorted(seconds * 1000 for _, seconds in taken)
    alone = statistics.median(seconds * 1000 for _, seconds in bare)
    middle = statistics.median(whole)
    first = statistics.median(seconds * 1000 for seconds, _ in taken)
    return (
        name,
        f"{middle:.1f}",
        f"{whole[int(len(whole) * 0.95)]:.1f}",
        f"{first:.1f}",
        f"{middle - alone:.1f}",
        f"{middle / alone:.2f}",
    )
