"""What is acknowledged is there after a power cut at any moment, and nothing is there by half."""

import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from app.local.database import Database
from app.local.engine.store import arrays, open_embedded
from app.local.engine.store.live_index import SAVED
from app.local.s3.storage import Object
from app.local.sqs.broker import Queues
from tests.disk import Sync
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector
from tests.local.engine.store.writing import Documents, Operation, after, apply
from tests.local.s3 import crashing
from tests.local.s3.crashing import BUCKET, Change, Removal, State
from tests.power_loss import Crash, Record

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY) STRICT"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


def all_full(record: Record) -> bool:
    """Whether SQLite asked for what takes data past the disk's own memory, where there is such."""
    return all(step.full for step in record.steps if isinstance(step, Sync) and step.file)


def numbers(folder: Path) -> list[int]:
    with closing(Database(folder / "a.sqlite", SCHEMA)) as database:
        return [row["number"] for row in database.query("SELECT number FROM numbers ORDER BY 1")]


def test_a_transaction_survives_a_power_cut_whole_or_not_at_all(folder: Path) -> None:
    record = Record(folder)
    with record.running(), closing(Database(folder / "a.sqlite", SCHEMA)) as database:
        for number in range(0, 6, 2):
            with database.transaction() as connection:
                connection.execute("INSERT INTO numbers VALUES (?)", (number,))
                connection.execute("INSERT INTO numbers VALUES (?)", (number + 1,))
            record.acknowledge()
        assert all_full(record)
    checked = 0
    for crash in record.crashes():
        with crash.folder() as left:
            numbers_left = numbers(left)
        assert numbers_left in [list(range(2 * (crash.acknowledged + more))) for more in (0, 1)], (
            crash
        )
        seal = crash.files.get("a.sqlite.seal")
        assert seal is None or len(seal.split()) == 2, "whole, if it is there"
        checked += 1
    assert checked > 20


@pytest.mark.parametrize("sqlite_syncs_folders", [True, False])
def test_a_seal_that_a_crash_left_is_not_that_of_a_later_file(
    folder: Path, sqlite_syncs_folders: bool
) -> None:
    """A process is killed as soon as it has sealed its file. The next one writes to it."""
    whole = folder.parent / "whole"
    write_seal = Database._write_seal

    def killed(database: Database, digest: str) -> None:
        write_seal(database, digest)
        shutil.copytree(folder, whole)

    with patch.object(Database, "_write_seal", killed):
        Database(folder / "a.sqlite", SCHEMA).close()
    assert {path.name for path in whole.iterdir()} >= {"a.sqlite", "a.sqlite.seal", "a.sqlite-wal"}
    record = Record(whole, sqlite_syncs_folders=sqlite_syncs_folders)
    with record.running():
        database = Database(whole / "a.sqlite", SCHEMA)
        with database.transaction() as connection:
            connection.execute("INSERT INTO numbers VALUES (7)")
        record.acknowledge()
        database.close()
    for crash in record.crashes():
        with crash.folder() as left:
            assert numbers(left) in ([[7]] if crash.acknowledged else [[], [7]]), crash


def test_an_acknowledged_message_survives_a_power_cut(folder: Path) -> None:
    with closing(Queues(folder)) as queues:
        queues.create("events", {})
    record = Record(folder)
    with record.running(), closing(Queues(folder)) as queues:
        for number in range(3):
            queues.send("events", str(number))
            record.acknowledge()
        [first] = queues.receive("events")
        queues.delete("events", first.receipt)
        record.acknowledge()
    for crash in record.crashes():
        with crash.folder() as left, closing(Queues(left)) as queues:
            queues.take_back("events")
            bodies = [message.body for message in queues.receive("events", 10)]
        states = [[], ["0"], ["0", "1"], ["0", "1", "2"], ["1", "2"]]
        assert bodies in states[crash.acknowledged :][:2], crash


def test_after_a_power_cut_arrays_are_the_new_or_the_old_ones_whole(folder: Path) -> None:
    arrays.save(folder / "a", {"numbers": np.zeros(9)}, np.zeros((40, 2)))
    record = Record(folder)
    with record.running():
        arrays.save(folder / "a", {"numbers": np.ones(9)}, np.ones((40, 2)))
        record.acknowledge()
    for crash in record.crashes():
        with crash.folder() as left:
            loaded = arrays.load(left / "a")
            values = [*loaded.arrays["numbers"], *loaded.matrix.all().ravel()]
        assert values in [[0.0] * 89, [1.0] * 89][crash.acknowledged :], crash


def test_an_acknowledged_document_of_the_store_survives_a_power_cut(folder: Path) -> None:
    steps: list[Operation] = [
        {"a": [chunk(f"a-{n}", n % 50) for n in range(SAVED)]},
        {"b": [chunk("b", 1)], "c": [chunk("c", 3)]},
        {"a": [chunk("a-new", 2)]},
        {"b": None},
    ]
    record = Record(folder, sqlite_syncs_folders=False)
    with record.running(), closing(open_embedded(folder / "store", CONFIGURATION)) as store:
        for step in steps:
            apply(store, step)
            record.acknowledge()
    states: list[Documents] = [{}]
    for step in steps:
        states.append(after(states[-1], step))
    for crash in (*record.crashes(), *record.crashes(("nothing", "names"), journalling=False)):
        with crash.folder() as left, closing(open_embedded(left / "store", CONFIGURATION)) as store:
            documents_by_chunk = {
                hit.id: hit.document for hit in store.search(vector(0), None, 10**6)
            }
            documents = store.documents()
        possible = [
            {one.id: name for name, chunks in state.items() for one in chunks}
            for state in states[crash.acknowledged :][:2]
        ]
        assert documents_by_chunk in possible, crash
        assert documents == Counter(documents_by_chunk.values()), crash
    assert all_full(record)


CHANGES: dict[str, Sequence[Change | Removal]] = {
    "": (
        Change("a", 1),
        Change("a/b/c", 2),
        Change("a", 3),
        Change("b/c/d", 4, in_parts=True),
        Change("a", None),
        Change("a/b/c", None),
    ),
    "Enabled": (
        Change("a/b", 1),
        Change("a/b", 2),
        Change("a/b", None),
        Removal("a/b", 0),
        Removal("a/b", 0),
        Change("a/b", 4, in_parts=True),
    ),
    "Suspended": (Change("a/b", 1), Change("a/b", 2), Change("a/b", None)),
}


def test_an_acknowledged_bucket_of_a_new_home_survives_a_power_cut(folder: Path) -> None:
    record = Record(folder)
    with record.running():
        buckets, queues = crashing._open(folder)
        buckets.create(BUCKET)
        record.acknowledge()
        buckets.set_subresource(BUCKET, "versioning", "Enabled")
        for change in (*CHANGES["Enabled"][:2], Removal("a/b", 0), Removal("a/b", 0)):
            crashing._make(buckets, change)
            record.acknowledge()
        buckets.remove(BUCKET)
        record.acknowledge()
        crashing._close(buckets, queues)
    states = [None, [], [1], [2, 1], [1], [], None]
    for crash in record.crashes(("nothing", "names")):
        assert versions(crash) in states[crash.acknowledged :][:2], crash
    for crash in record.crashes(("nothing", "names"), journalling=False):
        assert versions(crash) == states[crash.acknowledged], crash


def versions(crash: Crash) -> list[int] | None:
    """The bodies of the bucket's versions, the newest first; None: there is no bucket."""
    with crash.folder() as left:
        buckets, queues = crashing._open(left)
        try:
            if not buckets.is_bucket(BUCKET):
                return None
            objects = [version for version, _ in buckets.list_versions(BUCKET)]
            return [crashing._read(buckets, one) for one in objects if isinstance(one, Object)]
        finally:
            crashing._close(buckets, queues)


@pytest.mark.parametrize("versioning", CHANGES)
def test_an_acknowledged_object_survives_a_power_cut(folder: Path, versioning: str) -> None:
    buckets, queues = crashing._open(folder)
    buckets.create(BUCKET)
    queues.create(crashing.QUEUE, {})
    to_queue = {"QueueArn": queues.arn(crashing.QUEUE), "Events": crashing.EVENTS}
    buckets.set_notifications(BUCKET, {"QueueConfigurations": [to_queue]})
    crashing._close(buckets, queues)
    crashing._set_versioning(folder, versioning)
    changes = CHANGES[versioning]
    record = Record(folder)
    with record.running():
        buckets, queues = crashing._open(folder)
        for change in changes:
            crashing._make(buckets, change)
            record.acknowledge()
        crashing._close(buckets, queues)
    states: list[State] = [{}]
    for change in changes:
        states.append({key: list(entries) for key, entries in states[-1].items()})
        crashing._apply(states[-1], change, versioning)
    for crash in record.crashes(("nothing", "names", 1)):  # test_s3_crash.py tries all others
        done = crash.acknowledged
        with crash.folder() as left:
            crashing._check(left, states[done], states[done:][:2][-1], changes[:done])
    for crash in record.crashes(("nothing", "names"), journalling=False):
        done = crash.acknowledged
        with crash.folder() as left:
            crashing._check(left, states[done], states[done], changes[:done])
