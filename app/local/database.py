"""A SQLite file of the stand-in: one process, one writer at a time, durable on commit.

SQLite does not notice a changed byte in the middle of a text. So a file is sealed when it is
closed: `<file>.seal` holds a digest of the file, which is checked at the next opening and removed
before the file can change. It holds the digest twice, so that a damaged seal can be told from a
damaged file. After a crash there is no seal; then, and where the seal is damaged, SQLite checks the
file.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from app.local import write_ahead_log
from app.local.durability import make_folder, sync, sync_folder

_PRAGMAS = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA fullfsync = ON;
PRAGMA synchronous = FULL;
PRAGMA journal_mode = WAL;
PRAGMA foreign_keys = ON;
"""
_PATIENCE = 2  # seconds in which a stand-in that is just ending may still lock the file


class InUse(Exception):
    """Another process has the file open."""


class Damaged(Exception):
    """The file has changed since it was written, or is no file of the stand-in. Says what to do.

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
    """A file that the threads of one process use in turn. A transaction is durable when it ends, as
    a whole or not at all.

    Raises:
        InUse: another process has the file open.
        Damaged: the file has changed since it was written.
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
            self._connection.execute(
                "BEGIN EXCLUSIVE"
            )  # the lock is exclusive: no other process has the file
            self._connection.execute("COMMIT")
            self._unseal(intact)
            self._connection.executescript(schema)
        except BaseException as error:
            self._connection.close()
            raise _opening_error(path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit at the end, roll back on an exception. No other thread comes in between."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            write_ahead_log.give_up(self._connection, self._path)

    def query(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def first(self, sql: str, *values: Any) -> sqlite3.Row | None:
        return next(iter(self.query(sql, *values)), None)

    def close(self) -> None:
        """Close the file and seal it. Closing it again has no effect."""
        with self._lock:
            try:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except (
                sqlite3.Error
            ):  # closed already, or the disk is full: then the log keeps its content
                self._connection.close()
                return
            with suppress(OSError):  # a file without a seal is checked by SQLite
                self._write_seal(hashlib.blake2b(self._connection.serialize()).hexdigest())
            self._connection.close()

    def _write_seal(self, digest: str) -> None:
        """Write the seal as a whole or not at all: half a seal would call a sound file damaged.
        This is done while the file is locked, so that the next process that opens it finds the seal
        and removes it.
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
        """Whether the file matches its seal; None without a valid seal.

        Called before SQLite opens the file: when a process closes a file, it gives up its locks on
        it.
        """
        try:
            digests = self._seal.read_bytes().split()
            if _digest(self._path).encode() in digests:
                return True
        except FileNotFoundError:
            return None
        return False if len(digests) == 2 and digests[0] == digests[1] else None

    def _unseal(self, intact: bool | None) -> None:
        """Refuse a damaged file, and remove the seal of a sound one, which may change from now
        on.
        """
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


def _opening_error(path: Path, error: BaseException) -> BaseException:
    """The exception for an error of SQLite while a file is opened."""
    if isinstance(error, UnicodeDecodeError):  # SQLite's message quotes what is in the file
        return Damaged(path, "a name in it is no text")
    if not isinstance(error, sqlite3.Error):
        return error
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return InUse(f"{path} is in use. Does another stand-in run on the same home?")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
        return Damaged(path, str(error))
    return error
