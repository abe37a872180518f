"""Many at once, a full disk, a second stand-in."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from app.local.database import InUse
from app.local.s3.storage import Buckets, Object, ObjectAttributes
from tests.local.s3.putting import AlreadyThere, if_absent, put

ROOT = Path(__file__).parents[3]
THREADS = 8


def body_of(number: int) -> bytes:
    return f"{number} ".encode() * 20_000


def read(buckets: Buckets, key: str) -> tuple[Object, bytes]:
    item, file = buckets.open("documents", key)
    with file:
        return item, file.read()


def test_of_many_writers_of_a_key_the_last_wins_whole(buckets: Buckets) -> None:
    """Readers meanwhile see one object or another, never two in one."""
    put(buckets, "documents", "a", body_of(0), ObjectAttributes(metadata={"number": "0"}))
    start = Barrier(THREADS)

    def write(worker: int) -> None:
        start.wait()
        for number in range(worker, 40, THREADS):
            attributes = ObjectAttributes(metadata={"number": str(number)})
            put(buckets, "documents", "a", body_of(number), attributes)

    def look(_: int) -> None:
        start.wait()
        for _ in range(60):
            item, body = read(buckets, "a")
            assert body == body_of(int(item.metadata["number"]))

    with ThreadPoolExecutor(THREADS) as pool:
        half = THREADS // 2
        jobs = [pool.submit(write, n) for n in range(half)]
        jobs += [pool.submit(look, n) for n in range(half)]
        for job in jobs:
            job.result()
    item, body = read(buckets, "a")
    assert body == body_of(int(item.metadata["number"]))
    assert [one.key for one in buckets.list("documents")] == ["a"]


class Overtaken(Buckets):
    """Whoever looks at an object finds that it is another one when he opens it."""

    overtakers = 0

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Object:
        item = super().head(bucket, key, version_id)
        if self.overtakers:
            number = self.overtakers
            self.overtakers = 0
            attributes = ObjectAttributes(metadata={"number": str(number)})
            put(self, bucket, key, body_of(number), attributes)
            self.overtakers = number - 1
        return item


def test_a_reader_who_is_overtaken_looks_again(home: Path) -> None:
    buckets = Overtaken(home)
    buckets.create("documents")
    put(buckets, "documents", "a", body_of(3), ObjectAttributes(metadata={"number": "3"}))
    buckets.overtakers = 2
    item, body = read(buckets, "a")
    assert item.metadata == {"number": "1"}
    assert body == body_of(1)
    buckets.overtakers = 100
    with pytest.raises(OSError, match="keeps changing"):
        buckets.open("documents", "a")
    buckets.close()


def test_of_many_conditional_writers_exactly_one_wins(buckets: Buckets) -> None:
    start = Barrier(THREADS)

    def write(number: int) -> int | None:
        start.wait()
        try:
            put(buckets, "documents", "lock", body_of(number), condition=if_absent)
        except AlreadyThere:
            return None
        return number

    for _ in range(5):
        with ThreadPoolExecutor(THREADS) as pool:
            won = [number for number in pool.map(write, range(THREADS)) if number is not None]
        assert len(won) == 1
        assert read(buckets, "lock")[1] == body_of(won[0])
        buckets.delete("documents", "lock")


def test_writers_of_one_folder_do_not_take_it_from_each_other(buckets: Buckets) -> None:
    """A folder goes with its last object, and may be wanted again at that very moment."""

    def put_and_delete(number: int) -> None:
        for _ in range(30):
            put(buckets, "documents", f"a/b/{number}", b"x")
            buckets.delete("documents", f"a/b/{number}")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(put_and_delete, range(THREADS)))
    assert list(buckets.list("documents")) == []


def test_one_home_has_one_stand_in(buckets: Buckets, home: Path) -> None:
    assert buckets.names() == ["documents"]
    with pytest.raises(InUse, match=r"buckets\.sqlite is in use"):
        Buckets(home)


def test_a_home_that_knew_no_versions_is_taken_over(buckets: Buckets, home: Path) -> None:
    put(buckets, "documents", "a", b"a", ObjectAttributes(metadata={"n": "1"}))
    buckets.close()
    with closing(sqlite3.connect(home / "s3" / ".state" / "buckets.sqlite")) as old:
        old.execute("ALTER TABLE objects DROP COLUMN version_id")
        old.execute("DROP TABLE versions")
        old.execute("DROP TABLE subresources")
    (home / "s3" / ".state" / "buckets.sqlite.seal").unlink()
    again = Buckets(home)
    item, body = read(again, "a")
    assert (item.metadata, item.version_id, body) == ({"n": "1"}, "null", b"a")
    again.close()


def test_a_full_disk_is_an_error_of_the_service_and_loses_nothing(home: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.local.s3.full_disk", str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["body", "index", "again"]
