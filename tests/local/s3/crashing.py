"""Kills a process in the middle of writing to a bucket, and looks at what is left. A program:

    python -m tests.local.s3.crashing FOLDER SEED

Each cycle forks a process that makes changes, announcing each before and after, and dies by
SIGKILL: first before the 1st, 2nd, 3rd ... thing that it does to the file system, then at random
moments. Every other time another process, which has to recover, dies as well. Bodies and metadata
carry the same number, so that a mixture would show. This program has one thread, so that it may
fork.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

from app.local.buckets import Attributes, Buckets, Uploads
from app.local.queues import Queues
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


State = dict[str, int]


def main(folder: Path, seed: int) -> None:
    generator = random.Random(seed)
    buckets, queues = _open(folder)
    buckets.create(BUCKET)
    queues.create(QUEUE, {})
    configuration = {"QueueArn": queues.arn(QUEUE), "Events": EVENTS}
    buckets.notify(BUCKET, {"QueueConfigurations": [configuration]})
    _close(buckets, queues)
    state: State = {}
    counts = Counter[str]()
    for cycle, kill in enumerate(_kills(generator)):
        changes = [_change(generator, cycle * 100 + place) for place in range(CHANGES)]
        done, begun, killed = _run(folder, changes, kill)
        if generator.random() < 0.5:
            _run(folder, [], Kill(step=generator.randint(1, 20)))
        for change in changes[:done]:
            _apply(state, change)
        state = _check(folder, state, changes[:done], changes[done] if begun > done else None)
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


def _change(generator: random.Random, number: int) -> Change:
    deletes = generator.random() < 0.3
    return Change(
        generator.choice(KEYS), None if deletes else number, not deletes and number % 4 == 0
    )


def _run(folder: Path, changes: list[Change], kill: Kill) -> tuple[int, int, bool]:
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
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the child failed by itself")
    return said.count(b"."), said.count(b"("), os.WIFSIGNALED(status)


def _child(folder: Path, changes: list[Change], step: int | None, pipe: int) -> None:
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


def _make(buckets: Buckets, change: Change) -> None:
    if change.number is None:
        buckets.delete(BUCKET, change.key)
    elif not change.in_parts:
        put(buckets, BUCKET, change.key, _body(change.number), _attributes(change.number))
    else:
        uploads = Uploads(buckets)
        upload = uploads.begin(BUCKET, change.key, _attributes(change.number), None, None)
        body = _body(change.number)
        for number, piece in enumerate((body[:1000], body[1000:]), 1):
            with buckets.staging.hold([piece]) as staged:
                uploads.add(upload, number, staged)
        parts = uploads.parts(upload)
        with buckets.staging.hold(uploads.bytes_of(parts)) as staged:
            uploads.complete(upload, parts, staged)


def _body(number: int) -> bytes:
    return f"{number} ".encode() * 500


def _attributes(number: int) -> Attributes:
    return Attributes(metadata={"number": str(number)})


def _apply(state: State, change: Change) -> None:
    if change.number is None:
        state.pop(change.key, None)
    else:
        state[change.key] = change.number


def _check(folder: Path, before: State, done: list[Change], begun: Change | None) -> State:
    """What the bucket holds: all that was acknowledged, and what was begun, whole or not at all."""
    after = dict(before)
    if begun:
        _apply(after, begun)
    buckets, queues = _open(folder)
    found: State = {}
    for item in buckets.list(BUCKET):
        number = int(item.metadata["number"])
        _, file = buckets.open(BUCKET, item.key)
        with file:
            body = file.read()
        assert body == _body(number), (item.key, number, body[:20])
        assert md5(body).hexdigest() == item.md5
        found[item.key] = number
    assert found in (before, after), (found, before, after)
    _check_files(buckets, folder, found)
    _check_events(queues, found, before, done)
    _close(buckets, queues)
    return found


def _check_files(buckets: Buckets, folder: Path, found: State) -> None:
    """No file lies about that is neither an object nor a part of an upload under way."""
    files = [path for path in (folder / "s3" / BUCKET).rglob("*") if path.is_file()]
    assert len(files) == len(found), files
    uploads = Uploads(buckets)
    parts = {part.file for upload in uploads.of(BUCKET) for part in uploads.parts(upload)}
    staged = {path.name for path in (folder / "s3" / ".state" / "staged").iterdir()}
    assert staged == parts, staged
    for upload in uploads.of(BUCKET):
        uploads.abort(upload)


def _check_events(queues: Queues, found: State, before: State, done: list[Change]) -> None:
    """Each acknowledged change was told; and of an object that was deleted last, so was that."""
    told = set()
    while messages := queues.receive(QUEUE, 10, wait=0):
        for message in messages:
            [record] = json.loads(message.body)["Records"]
            told.add((record["s3"]["object"]["key"], record["s3"]["object"].get("eTag")))
            queues.delete(QUEUE, message.receipt)
    for change in done:
        if change.number is not None and not change.in_parts:
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
    main(Path(sys.argv[1]), int(sys.argv[2]))
