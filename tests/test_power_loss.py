"""The recorder itself: it finds what is not durable, and lets pass what is."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.power_loss import Crash, Record


def crashes(folder: Path, act: Callable[[], None]) -> list[Crash]:
    """What is left at every moment; the last thing that is done is to acknowledge."""
    folder.mkdir(exist_ok=True)
    record = Record(folder)
    with record.running():
        act()
        record.acknowledge()
    return list(record.crashes())


def written(path: Path, *, synced: bool) -> None:
    with path.open("wb") as file:
        file.write(b"whole")
        file.flush()
        if synced:
            os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


@pytest.mark.parametrize("file_synced", [True, False])
@pytest.mark.parametrize("folder_synced", [True, False])
def test_a_file_that_replaces_another_is_whole_only_with_both_syncs(
    tmp_path: Path, file_synced: bool, folder_synced: bool
) -> None:
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "a").write_bytes(b"old")

    def replace() -> None:
        written(folder / "new", synced=file_synced)
        (folder / "new").replace(folder / "a")
        if folder_synced:
            sync_folder(folder)

    left = crashes(folder, replace)
    contents = {crash.files.get("a") for crash in left}
    assert contents == ({b"old", b"whole"} if file_synced else {b"old", b"", b"whole"})
    last = {crash.files["a"] for crash in left if crash.acknowledged}
    if folder_synced:
        assert last == ({b"whole"} if file_synced else {b"", b"whole"})
    else:
        assert b"old" in last


def test_a_folder_and_a_removal_are_names_as_well(tmp_path: Path) -> None:
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "a").write_bytes(b"old")

    def move() -> None:
        (folder / "b").mkdir()
        (folder / "a").replace(folder / "b" / "a")
        (folder / "b" / "c").touch()
        (folder / "b" / "c").unlink()

    left = {tuple(crash.files) for crash in crashes(folder, move)}
    assert {("a",), ("a", "b"), ("b", "b/a")} <= left
    assert not any("a" in names and "b/a" in names for names in left)

    def move_back() -> None:
        (folder / "b" / "a").replace(folder / "a")
        (folder / "b").rmdir()
        sync_folder(folder)

    assert [list(crash.files) for crash in crashes(folder, move_back)][-1] == ["a"]


@pytest.mark.parametrize(("synchronous", "survives"), [("FULL", True), ("NORMAL", False)])
def test_a_commit_of_sqlite_survives_as_its_setting_says(
    tmp_path: Path, synchronous: str, survives: bool
) -> None:
    folder = tmp_path / "root"

    def commit() -> None:
        with closing(sqlite3.connect(folder / "a.sqlite", isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(f"PRAGMA synchronous = {synchronous}")
            database.execute("CREATE TABLE numbers (number)")
            record.acknowledge()
            database.execute("INSERT INTO numbers VALUES (1)")
            record.acknowledge()
            record_end.append(len(record.steps))

    folder.mkdir()
    record, record_end = Record(folder), list[int]()
    with record.running():
        commit()
    lost = 0
    for crash in record.crashes():
        if crash.acknowledged == 2 and crash.step <= record_end[0]:
            with crash.folder() as left, closing(sqlite3.connect(left / "a.sqlite")) as database:
                try:
                    lost += database.execute("SELECT * FROM numbers").fetchall() != [(1,)]
                except sqlite3.OperationalError:
                    lost += 1
    assert (lost == 0) == survives
