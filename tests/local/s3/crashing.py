"""Kills a process in the middle of writing to a bucket, and looks at what is left. A program:

    python -m tests.local.s3.crashing FOLDER SEED [versions]

Each cycle forks a process that makes changes, announcing each before and after, and dies by
SIGKILL: first before the 1st, 2nd, 3rd ... thing that it does to the file system, then at random
moments. Every other time another process, which has to recover, dies as well. Bodies and metadata
carry the same number, so that a mixture would show. With `versions` the bucket keeps versions in
some cycles, and in others has suspended that. This program has one thread, so that it may fork.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

from app.local.s3.storage import (
    Buckets,
    Object,
    ObjectAttributes,
    Uploads,
)
from app.local.sqs.broker import Queues
from tests.local.s3.putting import put

BUCKET, QUEUE = "documents", "events"
KEYS = ("a", "a/b", "a/b/c", "b/c/d", "b/", "..")
EVENTS = ("s3:ObjectCreated:*", "s3:ObjectRemoved:*")
CHANGES = 6  # of a cycle
SYSTEMATIC, RANDOM = 60, 40  # cycles
LONGEST = 0.02  # seconds before a random kill
STEPS = frozenset({"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.scandir"})


@dataclass(frozen=True)
class Change:
    """`number` None deletes; otherwise it is what body and metadata say."""

    key: str
    number: int | None
    in_parts: bool = False


@dataclass(frozen=True)
class Removal:
    """Of one version: the so-manieth of its key, from the newest on."""

    key: str
    place: int


@dataclass(frozen=True)
class Entry:
    """A version. `number` None is a delete marker."""

    number: int | None
    is_null: bool


State = dict[str, list[Entry]]  # of a key, from the newest on


def main(folder: Path, seed: int, versions: bool) -> None:
    generator = random.Random(seed)
    buckets, queues = _open(folder)
    buckets.create(BUCKET)
    queues.create(QUEUE, {})
    configuration = {"QueueArn": queues.arn(QUEUE), "Events": EVENTS}
    buckets.set_notifications(BUCKET, {"QueueConfigurations": [configuration]})
    _close(buckets, queues)
    state: State = {}
    counts = Counter[str]()
    for cycle, kill in enumerate(_kills(generator)):
        status = generator.choice(("Enabled", "Enabled", "Suspended")) if versions else ""
        _set_versioning(folder, status)
        changes = [_change(generator, cycle * 100 + place, versions) for place in range(CHANGES)]
        done, begun, killed = _run(folder, changes, kill)
        if generator.random() < 0.5:
            _run(folder, [], Kill(step=generator.randint(1, 20)))
        for change in changes[:done]:
            _apply(state, change, status)
        after = {key: list(entries) for key, entries in state.items()}
        if begun > done:
            _apply(after, changes[done], status)
        state = _check(folder, state, after, changes[:done])
        counts.update(cycles=1, kills=killed, acknowledged=done, unfinished=begun > done)
    print(json.dumps({"seed": seed, **counts}))


@dataclass(frozen=True)
class Kill:
    """When: before the so-manieth step, or after so many seconds."""

    step: int | None = None
    seconds: float | None = None


def _kills(generator: random.Random) -> Iterator[Kill]:
    for step in range(1, SYSTEMATIC + 1):
        yield Kill(step=step)
    for _ in range(RANDOM):
        yield Kill(seconds=generator.uniform(0, LONGEST))


def _change(generator: random.Random, number: int, versions: bool) -> Change | Removal:
    key = generator.choice(KEYS)
    if versions and generator.random() < 0.3:
        return Removal(key, generator.choice((0, 0, 1, 2)))
    deletes = generator.random() < 0.3
    return Change(key, None if deletes else number, not deletes and number % 4 == 0)


def _set_versioning(folder: Path, status: str) -> None:
    if status:
        buckets, queues = _open(folder)
        buckets.set_subresource(BUCKET, "versioning", status)
        _close(buckets, queues)


def _run(folder: Path, changes: Sequence[Change | Removal], kill: Kill) -> tuple[int, int, bool]:
    """How many changes were acknowledged, how many were begun, and whether it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(folder, changes, kill.step, writing)
    os.close(writing)
    if kill.seconds is not None:
        time.sleep(kill.seconds)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        output = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the child failed by itself")
    return output.count(b"."), output.count(b"("), os.WIFSIGNALED(status)


def _child(folder: Path, changes: Sequence[Change | Removal], step: int | None, pipe: int) -> None:
    code = 1
    try:
        if step is not None:
            _die_before(step)
        buckets, _ = _open(folder)
        for change in changes:
            os.write(pipe, b"(")
            _make(buckets, change)
            os.write(pipe, b".")
        code = 0
    finally:
        os._exit(code)


def _die_before(step: int) -> None:
    left = [step]

    def hook(event: str, _: object) -> None:
        if event in STEPS:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _make(buckets: Buckets, change: Change | Removal) -> None:
    if isinstance(change, Removal):
        of_key = [
            one for one, _ in buckets.list_versions(BUCKET, change.key) if one.key == change.key
        ]
        for version in of_key[change.place : change.place + 1]:
            buckets.delete_version(BUCKET, change.key, version.version_id)
    elif change.number is None:
        buckets.delete(BUCKET, change.key)
    elif not change.in_parts:
        put(buckets, BUCKET, change.key, _body(change.number), _attributes(change.number))
    else:
        uploads = Uploads(buckets)
        upload = uploads.begin(BUCKET, change.key, _attributes(change.number), None, None)
        body = _body(change.number)
        for number, piece in enumerate((body[:1000], body[1000:]), 1):
            with buckets.staging.stage([piece]) as staged:
                uploads.add(upload, number, staged)
        parts = uploads.parts(upload)
        with buckets.staging.stage(uploads.bytes_of(parts)) as staged:
            uploads.complete(upload, parts, staged)


def _body(number: int) -> bytes:
    return f"{number} ".encode() * 500


def _attributes(number: int) -> ObjectAttributes:
    return ObjectAttributes(metadata={"number": str(number)})


def _apply(state: State, change: Change | Removal, status: str) -> None:
    entries = state.setdefault(change.key, [])
    if isinstance(change, Removal):
        del entries[change.place : change.place + 1]
    elif not status:
        entries[:] = [Entry(change.number, is_null=True)] if change.number is not None else []
    else:
        is_null = status == "Suspended"
        entries[:] = [one for one in entries if not (is_null and one.is_null)]
        entries.insert(0, Entry(change.number, is_null))
    if not entries:
        del state[change.key]


def _check(folder: Path, before: State, after: State, done: Sequence[Change | Removal]) -> State:
    """What the bucket holds: all that was acknowledged, and what was begun, whole or not at all."""
    buckets, queues = _open(folder)
    found: State = {}
    for version, is_newest in buckets.list_versions(BUCKET):
        assert is_newest == (version.key not in found)
        number = _read(buckets, version) if isinstance(version, Object) else None
        found.setdefault(version.key, []).append(Entry(number, version.version_id == "null"))
    assert found in (before, after), (found, before, after)
    current = {item.key: _read(buckets, item) for item in buckets.list(BUCKET)}
    assert current == _current(found)
    _check_files(buckets, folder, found)
    _check_events(queues, _current(found), _current(before), done)
    _close(buckets, queues)
    return found


def _read(buckets: Buckets, item: Object) -> int:
    number = int(item.metadata["number"])
    opened, file = buckets.open(BUCKET, item.key, item.version_id)
    with file:
        body = file.read()
    assert opened == item
    assert body == _body(number), (item.key, number, body[:20])
    assert md5(body).hexdigest() == item.md5
    return number


def _current(state: State) -> dict[str, int]:
    newest = {key: entries[0].number for key, entries in state.items()}
    return {key: number for key, number in newest.items() if number is not None}


def _check_files(buckets: Buckets, folder: Path, found: State) -> None:
    """No file lies about that is no object, no older version and no part of an upload under way."""
    files = [path for path in (folder / "s3" / BUCKET).rglob("*") if path.is_file()]
    assert len(files) == len(_current(found)), files
    uploads = Uploads(buckets)
    parts = {part.file for upload in uploads.of(BUCKET) for part in uploads.parts(upload)}
    older = {
        version.version
        for version, is_newest in buckets.list_versions(BUCKET)
        if isinstance(version, Object) and not is_newest
    }
    staged = {path.name for path in (folder / "s3" / ".state" / "staged").iterdir()}
    assert staged == parts | older, staged
    for upload in uploads.of(BUCKET):
        uploads.abort(upload)


def _check_events(
    queues: Queues,
    found: dict[str, int],
    before: dict[str, int],
    done: Sequence[Change | Removal],
) -> None:
    """Each acknowledged change was told; and of an object that was deleted last, so was that."""
    told = set()
    while messages := queues.receive(QUEUE, 10, wait=0):
        for message in messages:
            [record] = json.loads(message.body)["Records"]
            told.add((record["s3"]["object"]["key"], record["s3"]["object"].get("eTag")))
            queues.delete(QUEUE, message.receipt)
    for change in done:
        if isinstance(change, Change) and change.number is not None and not change.in_parts:
            assert (change.key, md5(_body(change.number)).hexdigest()) in told, (change, told)
    for key in before.keys() - found.keys():
        assert (key, None) in told, (key, told)


def _open(folder: Path) -> tuple[Buckets, Queues]:
    queues = Queues(folder)
    return Buckets(folder, queues), queues


def _close(buckets: Buckets, queues: Queues) -> None:
    buckets.close()
    queues.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), "versions" in sys.argv[3:])
