"""A SQLite file of the stand-in: one process, one writer at a time, durable on commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

_PRAGMAS = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
"""
_PATIENCE = 2  # seconds that a stand-in which is just ending may still hold the file


class InUse(Exception):
    """Another process works on this file."""


class Database:
    """A file that the threads of one process use in turn. What a transaction wrote is on the disk
    when it ends, all of it or none.

    Raises:
        InUse: another process has the file.
        sqlite3.Error: from any call: the disk is full, or the file is damaged.
    """

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._connection = sqlite3.connect(
            path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        try:
            self._connection.executescript(_PRAGMAS + schema)
        except sqlite3.Error as error:
            self._connection.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                message = f"{path} is in use. Does another stand-in run on the same home?"
                raise InUse(message) from error
            raise

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
        with self._lock:
            self._connection.close()
