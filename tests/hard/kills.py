"""kill -9 of the stand-in, of the application, or of both, while documents and turns come and go.

What was acknowledged before is there after: documents in their last words and all of them, indexed
again within 30 seconds; what was removed is gone; turns are kept with their answers. What was under
way may have happened or not, wholly. Now and then the stand-in is killed once more while it starts.

After each kill all documents are looked at, and the conversations that have changed since; after
every twentieth, and after the last, all conversations.
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
ALL_TURNS = 20  # kills between two looks at all conversations
STARTING = 0.25  # the chance that the stand-in is killed while it starts
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
        changed: the conversations that had a turn begun since they were last looked at.
    """

    documents: dict[str, set[Content]] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    acknowledged: int = 0


def run(plan: Plan) -> Iterator[Count]:
    """So many kills, each after a moment of load."""
    number = plan.number or NUMBER
    random = Random(plan.seed)
    truth = Truth()
    lost: list[str] = []
    slowest, starting = 0.0, 0
    with TemporaryDirectory() as folder, serving(Path(folder), forked=True) as home:
        with home.http() as http:
            home.upload(http, "quartz.md", b"Quartz is hard: it has 7 on the scale of Mohs.")
            home.until_indexed(http, ["quartz.md"])
        for cycle in track(range(number), "kills", transient=True):
            _load_and_kill(home, random, truth, cycle)
            if not home.stand_in.alive and random.random() < STARTING:
                _kill_while_it_starts(home, random)
                starting += 1
            home.start()
            if cycle % ALL_TURNS == 0 or cycle == number - 1:
                truth.changed |= truth.turns.keys()
            began = time.monotonic()
            lost += [f"kill {cycle}: {one}" for one in _until_right(home, truth)]
            slowest = max(slowest, time.monotonic() - began)
    yield Count("kills under load", number)
    yield Count("kills of the stand-in while it started, besides", starting)
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


def _kill_while_it_starts(home: Home, random: Random) -> None:
    home.stand_in.end()
    home.stand_in.begin()
    time.sleep(random.uniform(0.05, 0.6))
    home.stand_in.end(signal.SIGKILL)


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
                truth.changed.add(body["conversationId"])
            answer = http.post("/chat", json=body)
            if answer.is_success:
                conversation = answer.json()["conversationId"]
                truth.turns[conversation] = truth.turns.get(conversation, 0) + 1
                truth.changed.add(conversation)
                truth.acknowledged += 1


def _until_right(home: Home, truth: Truth) -> list[str]:
    """What is wrong, once it could be right."""
    if lost := list(_settled(home, truth)):
        return lost
    deadline = time.monotonic() + SECONDS
    with home.http() as http:
        while True:
            wrong = [*_wrong_documents(http, truth), *_wrong_turns(http, truth)]
            if not wrong or time.monotonic() > deadline:
                return wrong
            time.sleep(0.1)


def _settled(home: Home, truth: Truth) -> Iterator[str]:
    """Whether a call that was not answered has happened: the bucket says so, and nothing else has
    to be put up with from here on. Yields what the bucket may not hold.
    """
    bucket = home.settings.documents_bucket
    for name, allowed in truth.documents.items():
        try:
            text = home.aws.s3.get_object(Bucket=bucket, Key=name)["Body"].read().decode()
        except home.aws.s3.exceptions.NoSuchKey:
            version = None
        else:
            version = int(text.split("Marker ", 1)[1].split()[0])
            if text != _text(name, version):
                yield f"{name} is not whole in the bucket: {text!r}"
        if version not in allowed:
            yield f"the bucket has {name} as {version}; it may be {allowed}"
        truth.documents[name] = {version}


def _wrong_documents(http: httpx.Client, truth: Truth) -> Iterator[str]:
    found = _found(http)
    for name, [version] in truth.documents.items():
        answer = http.get(f"/documents/{document_id(name)}")
        status = answer.json().get("status") if answer.is_success else answer.status_code
        sections = found.get(name, set())
        right = set() if version is None else {(version, at) for at in range(SECTIONS)}
        if status != (404 if version is None else "INDEXED") or sections != right:
            yield f"{name} is {status}, found as {sorted(sections)}; it should be {version}"


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
    for conversation in sorted(truth.changed):
        number = truth.turns[conversation]
        answer = http.get(f"/conversations/{conversation}")
        turns = answer.json().get("turns", [])
        if len(turns) < number or any(turn["question"] != QUESTION for turn in turns):
            yield f"{conversation}: {len(turns)} turns of {number}: {answer.text[:200]}"
        else:
            truth.changed.remove(conversation)
        truth.turns[conversation] = max(number, len(turns))


def _text(name: str, version: int) -> str:
    """A document whose every section says which version of it this is."""
    return "\n\n".join(
        f"# Section {section}\n\nMarker {version} {section} of {name}. "
        + f"The version of this section is {version}. " * 30
        for section in range(SECTIONS)
    )
