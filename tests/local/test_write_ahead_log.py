"""The logs of SQLite's files: never large, and given up where the disk is nearly full."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from app.local import write_ahead_log
from app.local.database import Database
from app.local.engine.encoder import TokenVectors
from app.local.engine.packed_tokens import PackedTokens
from app.local.engine.store import Chunk, StoreConfiguration
from app.local.engine.store.embedded_store import EmbeddedStore
from app.local.engine.token_file import TokenFile
from tests.small_disk import small_disk_at

DOCUMENTS = 40
ROOM = 2**19  # bytes that are left for all the deletes
ONE = 2**16  # bytes that one of them may take for a while, or what the index writes beside it
TEXT = "granite " * 100
SCHEMA = "CREATE TABLE IF NOT EXISTS texts (number INTEGER PRIMARY KEY, text TEXT) STRICT"


class Written:
    """One of each kind of file, with the same documents in it."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "a.sqlite", SCHEMA)
        self._store = EmbeddedStore(folder / "store", StoreConfiguration(8, "e"))
        self._tokens = TokenFile(folder / "tokens.sqlite", 2**24, 64, "e")

    def put(self, number: int) -> None:
        with self._database.transaction() as db:
            db.execute("INSERT OR REPLACE INTO texts VALUES (?, ?)", (number, TEXT))
        vector = np.eye(8, dtype=np.float32)[0]
        chunks = [Chunk(f"{number}-{part}", TEXT, {}, vector) for part in range(10)]
        self._store.put(str(number), chunks)
        self._tokens.add((f"{number}-{part}", str(number), TOKENS) for part in range(10))

    def delete(self, number: int) -> None:
        with self._database.transaction() as db:
            db.execute("DELETE FROM texts WHERE number = ?", (number,))
        self._store.delete(str(number))
        self._tokens.forget(str(number))

    def left(self) -> list[int]:
        """How many documents each of the files still has."""
        texts = [f"{number}-0" for number in range(DOCUMENTS)]
        return [
            len(self._database.query("SELECT number FROM texts")),
            len(self._store.documents()),
            len(self._tokens.read(texts)),
        ]

    def close(self) -> None:
        self._tokens.close()
        self._store.close()
        self._database.close()


VECTORS = np.ones((200, 64), np.float32)
TOKENS = PackedTokens.of(TokenVectors(np.arange(200), VECTORS, VECTORS[0]))


def logs(folder: Path) -> list[int]:
    """The bytes of each log."""
    return [file.stat().st_size for file in folder.rglob("*-wal")]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB."""
    with small_disk_at(tmp_path, 12) as disk:
        yield disk


def test_deletes_on_a_full_disk_take_no_more_room_than_one_of_them(small_disk: Path) -> None:
    with closing(Written(small_disk)) as written:
        for number in range(DOCUMENTS):
            written.put(number)
        assert written.left() == [DOCUMENTS] * 3
        with (small_disk / "filler").open("wb", buffering=0) as file:
            while shutil.disk_usage(small_disk).free > ROOM:
                file.write(bytes(4096))
        for number in range(DOCUMENTS):
            written.delete(number)
            assert shutil.disk_usage(small_disk).free >= ROOM - ONE
        assert written.left() == [0] * 3


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let every disk have so many bytes free."""
    usage = shutil.disk_usage("/")

    def let(free: int) -> None:
        disk = usage._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)

    return let


def test_a_log_is_given_up_where_the_disk_is_nearly_full(
    tmp_path: Path, free: Callable[[int], None]
) -> None:
    free(write_ahead_log.LOW)
    with closing(Written(tmp_path)) as written:
        written.put(0)
        assert min(logs(tmp_path)) > 0
        free(write_ahead_log.LOW - 1)
        written.put(1)
        assert logs(tmp_path) == [0, 0, 0]
        assert written.left() == [2, 2, 2]


def test_a_log_is_written_into_its_file_before_it_is_large(
    tmp_path: Path, free: Callable[[int], None]
) -> None:
    free(write_ahead_log.LOW)
    with closing(Written(tmp_path)) as written:
        for number in range(150):
            written.put(number % DOCUMENTS)
        one = 2**19  # what one transaction adds
        assert max(logs(tmp_path)) <= write_ahead_log.LARGEST + one


def test_the_log_of_a_store_is_written_by_no_commit_and_begins_anew(
    tmp_path: Path, free: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    free(write_ahead_log.LOW)
    monkeypatch.setattr(write_ahead_log, "SOON", 1)
    with closing(EmbeddedStore(tmp_path, StoreConfiguration(8, "e"))) as store:
        connections = store._truth._connections
        connections.writer.execute("PRAGMA wal_autocheckpoint = 0")
        sizes = []
        for number in range(30):
            vector = np.eye(8, dtype=np.float32)[0]
            store.put(str(number), [Chunk(str(number), f"{TEXT}{number}", {}, vector)])
            connections._checkpoints.wait()
            assert f"{TEXT}{number}".encode() in (tmp_path / "truth.sqlite").read_bytes()
            sizes += logs(tmp_path)
        assert sizes[-1] == sizes[1]


def test_a_log_that_another_reads_stays_and_nothing_fails(
    tmp_path: Path, free: Callable[[int], None]
) -> None:
    free(write_ahead_log.LOW)
    path = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE texts (text TEXT)")
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM texts").fetchall()
            writer.execute("INSERT INTO texts VALUES ('x')")
            free(0)
            write_ahead_log.give_up(writer, path)
            assert logs(tmp_path) != [0]
            with suppress(sqlite3.OperationalError):
                reader.execute("COMMIT")
        write_ahead_log.give_up(writer, path)
        assert logs(tmp_path) == [0]


def test_a_disk_that_cannot_be_asked_changes_nothing(tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        write_ahead_log.give_up(connection, tmp_path / "not-there" / "a.sqlite")
