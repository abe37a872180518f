"""A SQLite file of the stand-in: one process, one writer at a time, durable on commit.

SQLite does not notice a byte that changed in the middle of a text. So whoever closes a file seals
it: `<file>.seal` holds a digest of it, which is checked when the file is opened next, and removed
before it can change. The digest stands there twice, so that a damaged seal is told from a damaged
file. After a crash there is no seal; then, and where it is worthless, SQLite's own check has to do.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from app.local.durability import make_folder, sync, sync_folder

_PRAGMAS = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA fullfsync = ON;
PRAGMA synchronous = FULL;
PRAGMA journal_mode = WAL;
PRAGMA foreign_keys = ON;
"""
_PATIENCE = 2  # seconds that a stand-in which is just ending may still hold the file


class InUse(Exception):
    """Another process works on this file."""


class Damaged(Exception):
    """The file is not what was written, or is none of ours. Says what to do.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} is damaged ({reason}). `outcrop doctor --repair` sets it aside and makes "
            "again what can be made again."
        )
        self.path = path


class Database:
    """A file that the threads of one process use in turn. What a transaction wrote is on the disk
    when it ends, all of it or none.

    Raises:
        InUse: another process has the file.
        Damaged: the file is not what was written.
        sqlite3.Error: from any call: the disk is full, or the file was damaged since.
    """

    def __init__(self, path: Path, schema: str) -> None:
        make_folder(path.parent)
        self._path = path
        self._lock = RLock()
        intact = self._is_intact()
        self._connection = sqlite3.connect(
            path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        try:
            self._connection.executescript(_PRAGMAS)
            self._connection.execute("BEGIN EXCLUSIVE")  # nobody else has it, or will
            self._connection.execute("COMMIT")
            self._unseal(intact)
            self._connection.executescript(schema)
        except BaseException as error:
            self._connection.close()
            raise _said_of(path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commits at the end, rolls back on an exception; no other thread comes in between."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def query(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def first(self, sql: str, *values: Any) -> sqlite3.Row | None:
        return next(iter(self.query(sql, *values)), None)

    def close(self) -> None:
        """Close the file, and seal it. It may have been closed already."""
        with self._lock:
            try:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error:  # closed, or the disk is full: what the log holds stays there
                self._connection.close()
                return
            with suppress(OSError):  # a file without a seal is checked by SQLite
                self._write_seal(hashlib.blake2b(self._connection.serialize()).hexdigest())
            self._connection.close()

    def _write_seal(self, digest: str) -> None:
        """Whole or not at all: half a seal would call a sound file damaged. While the file is
        locked: another process that opens it next must find the seal, and remove it.
        """
        half = self._path.with_name(self._path.name + ".sealing")
        with half.open("w") as file:
            file.write(f"{digest}\n{digest}\n")
            file.flush()
            sync(file.fileno())
        half.replace(self._seal)

    @property
    def _seal(self) -> Path:
        return self._path.with_name(self._path.name + ".seal")

    def _is_intact(self) -> bool | None:
        """Whether the file is what its seal says; None without a seal that says anything.

        Called before SQLite opens the file: a process that closes a file gives up its locks on it.
        """
        try:
            digests = self._seal.read_bytes().split()
            if _digest(self._path).encode() in digests:
                return True
        except FileNotFoundError:
            return None
        return False if len(digests) == 2 and digests[0] == digests[1] else None

    def _unseal(self, intact: bool | None) -> None:
        """Refuse what was damaged, and remove the seal: from now on the file changes."""
        if intact is False:
            raise Damaged(self._path, "it is not what was closed last")
        if intact is None:
            (verdict,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise Damaged(self._path, verdict)
        self._seal.unlink(missing_ok=True)
        sync_folder(self._path.parent)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def _said_of(path: Path, error: BaseException) -> BaseException:
    """What an error that comes while a file is opened means."""
    if not isinstance(error, sqlite3.Error):
        return error
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return InUse(f"{path} is in use. Does another stand-in run on the same home?")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
        return Damaged(path, str(error))
    return error
