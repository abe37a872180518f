"""A home that is used for minutes: 200 documents replaced, renamed and removed by eight writers,
while four readers ask and search.

At the end the list of documents, the Knowledge Base, its store, a search and the bucket agree with
what was acknowledged; memory and open files have not grown between the first third and the end.
Then both servers are killed at once, and started again: the same agreement.
"""

import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx2 as httpx

from app.documents.names import document_id
from app.resources import VISIBILITY_SECONDS
from tests.hard import Count, Plan, Unavailable
from tests.hard.home import Home, Process, serving

NUMBER = 180  # seconds
WRITERS, READERS = 8, 4
DOCUMENTS = 200
PATIENCE = VISIBILITY_SECONDS + 120.0
"""Seconds until all has to agree. An event whose function did not end in time comes again late."""

MEGABYTES = 60  # that a server may grow by between the first third and the end
FILES = 12  # open ones, likewise
SECTIONS = 2
QUESTION = "Which marker does a section have?"


@dataclass
class Truth:
    """What was acknowledged: by name, the version of a document that is there."""

    versions: dict[str, int] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Weight:
    """What a server takes: kB that it has to itself, and open files."""

    kilobytes: float
    files: int


def run(plan: Plan) -> Iterator[Count]:
    """So many seconds."""
    seconds = plan.number or NUMBER
    truths = [Truth() for _ in range(WRITERS)]
    asked = Truth()
    with TemporaryDirectory() as folder, serving(Path(folder), forked=True) as home:
        stop = threading.Event()
        random = Random(plan.seed)
        threads = [
            threading.Thread(target=_write, args=(home, Random(random.random()), at, truth, stop))
            for at, truth in enumerate(truths)
        ]
        threads += [
            threading.Thread(target=_ask, args=(home, Random(random.random()), asked, stop))
            for _ in range(READERS)
        ]
        for thread in threads:
            thread.start()
        stop.wait(seconds / 3)
        early = _weights(home)
        stop.wait(seconds * 2 / 3)
        late = _weights(home)
        stop.set()
        for thread in threads:
            thread.join()
        versions = {name: one for truth in truths for name, one in truth.versions.items()}
        began = time.monotonic()
        after_load = _until_agreed(home, versions)
        agreed = time.monotonic() - began
        for server in (home.stand_in, home.application):
            server.tell(signal.SIGKILL)
        for server in (home.stand_in, home.application):
            server.wait()
        home.start()
        after_kill = _until_agreed(home, versions)
    wrong = [one for truth in (*truths, asked) for one in truth.wrong]
    yield Count("seconds", seconds)
    for kind, number in sorted(sum((one.done for one in (*truths, asked)), Counter()).items()):
        yield Count(kind, number)
    yield Count("documents at the end", len(versions))
    yield Count("seconds until all agreed", round(agreed, 1))
    for name, before in early.items():
        grown = (late[name].kilobytes - before.kilobytes) / 1024
        yield Count(f"MB that the {name} grew by", round(grown, 1), MEGABYTES)
        yield Count(f"open files more, {name}", late[name].files - before.files, FILES)
    yield Count("calls that failed", len(wrong), 0, tuple(wrong[:10]))
    yield Count("differences at the end", len(after_load), 0, tuple(after_load[:10]))
    yield Count("differences after both were killed", len(after_kill), 0, tuple(after_kill[:10]))


def _write(home: Home, random: Random, writer: int, truth: Truth, stop: threading.Event) -> None:
    """Put, replace, rename and remove the documents of one writer."""
    share = DOCUMENTS // WRITERS
    free = [f"w{writer}/d{number}.md" for number in range(2 * share)]
    with home.http() as http:
        version = 0
        while not stop.is_set():
            version += 1
            there = sorted(truth.versions)
            try:
                if len(there) < share:
                    name = random.choice([one for one in free if one not in truth.versions])
                    _put(home, http, truth, name, writer, version, "uploads")
                    continue
                name = random.choice(there)
                match random.choice(("replace", "replace", "rename", "remove")):
                    case "replace":
                        _put(home, http, truth, name, writer, version, "replacements")
                    case "rename":
                        new = random.choice([one for one in free if one not in truth.versions])
                        _put(home, http, truth, new, writer, version, "renames")
                        _remove(http, truth, name)
                    case _:
                        _remove(http, truth, name)
                        truth.done["removals"] += 1
            except (httpx.HTTPError, RuntimeError) as error:
                truth.wrong.append(f"writer {writer}: {error!r}")
            stop.wait(0.05)


def _put(
    home: Home, http: httpx.Client, truth: Truth, name: str, writer: int, version: int, kind: str
) -> None:
    number = writer * 1_000_000 + version
    home.upload(http, name, _text(name, number).encode())
    truth.versions[name] = number
    truth.done[kind] += 1


def _remove(http: httpx.Client, truth: Truth, name: str) -> None:
    answer = http.delete(f"/documents/{document_id(name)}")
    if answer.status_code not in (202, 404):  # 404: it has not been seen yet
        raise RuntimeError(f"{name}: {answer.status_code} {answer.text[:200]}")
    if answer.status_code == 202:
        del truth.versions[name]


def _ask(home: Home, random: Random, truth: Truth, stop: threading.Event) -> None:
    with home.http() as http:
        while not stop.is_set():
            path = random.choice(("/chat", "/search"))
            body = {"message": QUESTION} if path == "/chat" else {"query": QUESTION, "limit": 20}
            try:
                http.post(path, json=body).raise_for_status()
                truth.done[f"calls of {path}"] += 1
            except httpx.HTTPError as error:
                truth.wrong.append(f"{path}: {error!r}")


def _text(name: str, number: int) -> str:
    sentence = f"The document {name} has Marker {number} and says no more. "
    return "\n\n".join(f"# Section {at}\n\n{sentence * 8}" for at in range(SECTIONS))


# what is there


def _until_agreed(home: Home, versions: dict[str, int]) -> list[str]:
    """What disagrees with what was acknowledged, once it could agree."""
    deadline = time.monotonic() + PATIENCE
    while True:
        differences = list(_differences(home, versions))
        if not differences or time.monotonic() > deadline:
            return differences
        time.sleep(0.5)


def _differences(home: Home, versions: dict[str, int]) -> Iterator[str]:
    bucket = _in_bucket(home)
    for name in sorted(bucket.keys() | versions.keys()):
        if bucket.get(name) != versions.get(name):
            yield f"the bucket has {name} as {bucket.get(name)}; it is {versions.get(name)}"
    with home.http() as http:
        listed = _listed(http)
        for name in sorted(listed.keys() | versions.keys()):
            if listed.get(name) != ("INDEXED" if name in versions else None):
                yield f"the list has {name} as {listed.get(name)}"
        stored = _in_store(home)
        if stored != Counter(versions.keys()):
            yield f"the store has {len(stored)} documents; there are {len(versions)}"
        for name, number in versions.items():
            body = {"query": f"Marker {number} of {name}", "limit": 20}
            found = http.post("/search", json=body).raise_for_status().json()["passages"]
            texts = [one["text"] for one in found if one["document"] == name]
            if not texts or not all(f"Marker {number} " in text for text in texts):
                yield f"a search finds {name} as {[text[:60] for text in texts]}; it is {number}"


def _in_bucket(home: Home) -> dict[str, int]:
    s3, bucket = home.aws.s3, home.settings.documents_bucket
    versions: dict[str, int] = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", ()):
            if item["Key"].endswith(".metadata.json"):
                continue
            text = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read().decode()
            versions[item["Key"]] = int(text.split("Marker ", 1)[1].split()[0])
    return versions


def _listed(http: httpx.Client) -> dict[str, str]:
    statuses: dict[str, str] = {}
    query: dict[str, str] = {}
    while True:
        page = http.get("/documents", params=query).raise_for_status().json()
        statuses |= {one["name"]: one["status"] for one in page["items"]}
        if not page.get("nextCursor"):
            return statuses
        query = {"cursor": page["nextCursor"]}


def _in_store(home: Home) -> Counter[str]:
    """The documents in the truth of the store, read beside the stand-in."""
    [file] = (home.folder / "knowledge" / "stores").glob("*/truth.sqlite")
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT uri FROM documents").fetchall()
    bucket = f"s3://{home.settings.documents_bucket}/"
    return Counter(uri.partition(bucket)[2] for (uri,) in rows)


# what it takes


def _weights(home: Home) -> dict[str, Weight]:
    return {server.name: _weight(server) for server in (home.stand_in, home.application)}


def _weight(process: Process) -> Weight:
    place = Path(f"/proc/{process.pid}")
    if not (place / "smaps_rollup").exists():
        raise Unavailable("memory is read from /proc, which is not here")
    lines = (line.split() for line in (place / "smaps_rollup").read_text().splitlines())
    kilobytes = sum(float(line[1]) for line in lines if line[0].startswith("Private_"))
    return Weight(kilobytes, len(list((place / "fd").iterdir())))
