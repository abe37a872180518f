"""A full disk: deletes work all the same, and what takes room says that there is none."""

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from app.local.reserve import BEHIND, MAKE_ROOM, TAKE_ROOM, Reserve
from app.local.stand_in import Options, StandIn
from app.local.wire import JSON, Call
from tests.small_disk import small_disk_at
from tests.wire_server import serving

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CALL = Call("s3", "DeleteObject", {}, {}, "id")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 MB."""
    with small_disk_at(tmp_path, 48) as disk:
        yield disk


def fill(disk: Path) -> Path:
    """Leave no byte free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 4096, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
    assert shutil.disk_usage(disk).free == 0
    return filler


def put_until_full(s3: "S3Client") -> None:
    """Small objects, until there is no room for another."""
    for number in range(100_000):
        try:
            s3.put_object(Bucket="documents", Key=f"{number:04}.md", Body=b"x" * 100)
        except ClientError:
            return


def test_on_a_full_disk_everything_can_be_deleted(small_disk: Path) -> None:
    with StandIn(Options(small_disk / "home")) as stand_in, serving(stand_in.services) as server:
        s3 = server.client("s3")
        s3.create_bucket(Bucket="documents")
        for number in range(20):
            s3.put_object(Bucket="documents", Key=f"before/{number}.md", Body=b"x" * 100)
        filler = fill(small_disk)
        with pytest.raises(ClientError, match="The disk that holds the stand-in's home is full"):
            s3.put_object(Bucket="documents", Key="large.md", Body=b"x" * 2**20)
        put_until_full(s3)
        there = [item["Key"] for item in s3.list_objects_v2(Bucket="documents")["Contents"]]
        assert len(there) >= 20
        for key in there:
            s3.delete_object(Bucket="documents", Key=key)
        assert "Contents" not in s3.list_objects_v2(Bucket="documents")
        with pytest.raises(ClientError, match="is full"):
            s3.put_object(Bucket="documents", Key="takes.md", Body=b"what deletes need")
        s3.put_object(Bucket="documents", Key="tombstone", Body=b"")
        filler.unlink()
        s3.put_object(Bucket="documents", Key="after.md", Body=b"x")
        assert (small_disk / "home" / "reserve").stat().st_size > 0


def full(_: Call) -> JSON:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_reserve_is_given_up_once(tmp_path: Path) -> None:
    tries: list[bool] = []

    def delete(_: Call) -> JSON:
        tries.append((tmp_path / "reserve").exists())
        if tries[-1]:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return {}

    handlers = Reserve(tmp_path, 4096).wrap({"s3": {"DeleteObject": delete}})
    assert handlers["s3"]["DeleteObject"](CALL) == {}
    assert tries == [True, False]


def test_a_delete_that_leaves_hardly_any_room_gives_the_reserve_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document leaves the store behind the answer, where nothing could give the reserve up."""
    handlers = Reserve(tmp_path, 4096).wrap({"s3": {"DeleteObject": lambda _: {}}})
    usage = shutil.disk_usage(tmp_path)
    for free, is_there in ((BEHIND, True), (BEHIND - 1, False)):
        disk = usage._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, disk=disk: disk)
        assert handlers["s3"]["DeleteObject"](CALL) == {}
        assert (tmp_path / "reserve").exists() is is_there


def test_what_neither_makes_nor_takes_room_is_left_alone(tmp_path: Path) -> None:
    handlers = Reserve(tmp_path, 4096).wrap({"s3": {"GetObject": full}})
    assert handlers["s3"]["GetObject"] is full


def test_an_error_other_than_a_full_disk_costs_no_reserve(tmp_path: Path) -> None:
    def denied(_: Call) -> JSON:
        raise PermissionError(errno.EACCES, "denied")

    handlers = Reserve(tmp_path, 4096).wrap({"s3": {"DeleteObject": denied}})
    with pytest.raises(PermissionError):
        handlers["s3"]["DeleteObject"](CALL)
    assert (tmp_path / "reserve").exists()


def test_the_operations_are_there(tmp_path: Path) -> None:
    with StandIn(Options(tmp_path)) as stand_in:
        for service, names in (*MAKE_ROOM.items(), *TAKE_ROOM.items()):
            assert names <= stand_in.services[service].keys()
