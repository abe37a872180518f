"""kill -9 of the stand-in, of the application, or of both, while documents and turns come and go.

What was acknowledged before is there after: documents in their last words and all of them, indexed
again within 30 seconds; what was removed is gone; turns are kept with their answers. What was under
way may have happened or not, wholly.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx2 as httpx
from rich.progress import track

from app.documents.names import document_id
from tests.hard import Count, Plan
from tests.hard.home import Home, serving

NUMBER = 200
SECONDS = 30.0  # within which all is indexed again
SECTIONS = 4  # of a document: each becomes a chunk
NAMES = 6
QUESTION = "How hard is quartz?"
Content = int | None
"""The version of a document; None: it is not there."""


@dataclass
class Truth:
    """What was acknowledged.

    Attributes:
        documents: by name, what it may be: one version, or several where the last call for it was
            not answered.
        turns: by conversation, how many were acknowledged.
    """

    documents: dict[str, set[Content]] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0


def run(plan: Plan) -> Iterator[Count]:
    """So many kills, each after a moment of load."""
    number = plan.number or NUMBER
    random = Random(plan.seed)
    truth = Truth()
    lost: list[str] = []
    slowest = 0.0
    with TemporaryDirectory() as folder, serving(Path(folder)) as home:
        with home.http() as http:
            home.upload(http, "quartz.md", b"Quartz is hard: it has 7 on the scale of Mohs.")
            home.until_indexed(http, ["quartz.md"])
        for cycle in track(range(number), "kills", transient=True):
            _load_and_kill(home, random, truth, cycle)
            home.start()
            began = time.monotonic()
            lost += [f"kill {cycle}: {one}" for one in _until_right(home, truth)]
            slowest = max(slowest, time.monotonic() - began)
    yield Count("kills", number)
    yield Count("acknowledged uploads, removals and turns", truth.acknowledged)
    yield Count("seconds until all was right again, at most", round(slowest, 1))
    yield Count("lost, half indexed, or not right in 30 s", len(lost), 0, tuple(lost[:10]))


def _load_and_kill(home: Home, random: Random, truth: Truth, cycle: int) -> None:
    stop = threading.Event()
    workers = [
        threading.Thread(target=work, args=(home, Random(random.random()), truth, cycle, stop))
        for work in (_documents, _turns)
    ]
    for worker in workers:
        worker.start()
    time.sleep(random.uniform(0.05, 1.0))
    killed = random.choice(
        ([home.stand_in], [home.stand_in], [home.application], [home.application, home.stand_in])
    )
    for process in killed:
        process.tell(signal.SIGKILL)
    stop.set()
    for worker in workers:
        worker.join()
    for process in killed:
        process.wait()


def _documents(home: Home, random: Random, truth: Truth, cycle: int, stop: threading.Event) -> None:
    """Uploads, replaces and removes documents, one call after another."""
    with suppress(httpx.HTTPError), home.http() as http:
        for count in range(1_000):
            if stop.is_set():
                return
            name = f"d{random.randrange(NAMES)}.md"
            before = truth.documents.get(name, {None})
            version = cycle * 1_000 + count
            wanted = None if None not in before and random.random() < 0.3 else version
            truth.documents[name] = before | {wanted}
            if wanted is None:
                http.delete(f"/documents/{document_id(name)}").raise_for_status()
            else:
                home.upload(http, name, _text(name, version).encode())
            truth.documents[name] = {wanted}
            truth.acknowledged += 1


def _turns(home: Home, random: Random, truth: Truth, _cycle: int, stop: threading.Event) -> None:
    """Asks, each question alone or as the next of a conversation."""
    with suppress(httpx.HTTPError), home.http() as http:
        while not stop.is_set():
            body = {"message": QUESTION}
            if truth.turns and random.random() < 0.5:
                body["conversationId"] = random.choice(sorted(truth.turns))
            answer = http.post("/chat", json=body)
            if answer.is_success:
                conversation = answer.json()["conversationId"]
                truth.turns[conversation] = truth.turns.get(conversation, 0) + 1
                truth.acknowledged += 1


def _until_right(home: Home, truth: Truth) -> list[str]:
    """What is wrong, once it could be right."""
    deadline = time.monotonic() + SECONDS
    with home.http() as http:
        while True:
            wrong = [*_wrong_documents(http, truth), *_wrong_turns(http, truth)]
            if not wrong or time.monotonic() > deadline:
                return wrong
            time.sleep(0.1)


def _wrong_documents(http: httpx.Client, truth: Truth) -> Iterator[str]:
    found = _found(http)
    for name, allowed in truth.documents.items():
        answer = http.get(f"/documents/{document_id(name)}")
        status = answer.json().get("status") if answer.is_success else answer.status_code
        there = found.get(name, set())
        versions = {version for version, _ in there}
        if status == 404 and not there and None in allowed:
            truth.documents[name] = {None}
        elif status == "INDEXED" and len(versions) == 1 and versions <= allowed:
            sections = {section for _, section in there}
            if sections != set(range(SECTIONS)):
                yield f"{name} is half indexed: sections {sections}"
            truth.documents[name] = set(versions)
        else:
            yield f"{name} is {status}, found as {versions}; it may be {allowed}"


def _found(http: httpx.Client) -> dict[str, set[tuple[int, int]]]:
    """By document, the versions and sections that a search finds."""
    found: dict[str, set[tuple[int, int]]] = {}
    body = {"query": "version of a section", "limit": 100}
    for passage in http.post("/search", json=body).raise_for_status().json()["passages"]:
        words = passage["text"].split()
        for place, word in enumerate(words):
            if word == "Marker":
                at = int(words[place + 1]), int(words[place + 2])
                found.setdefault(passage["document"], set()).add(at)
    return found


def _wrong_turns(http: httpx.Client, truth: Truth) -> Iterator[str]:
    for conversation, number in truth.turns.items():
        answer = http.get(f"/conversations/{conversation}")
        turns = answer.json().get("turns", [])
        if len(turns) < number or any(turn["question"] != QUESTION for turn in turns):
            yield f"{conversation}: {len(turns)} turns of {number}: {answer.text[:200]}"
        truth.turns[conversation] = max(number, len(turns))


def _text(name: str, version: int) -> str:
    """A document whose every section says which version of it this is."""
    return "\n\n".join(
        f"# Section {section}\n\nMarker {version} {section} of {name}. "
        + f"The version of this section is {version}. " * 30
        for section in range(SECTIONS)
    )
