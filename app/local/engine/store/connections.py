"""The connections to the database of a store: one that writes, and one for each reader."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Lock

from app.local import write_ahead_log
from app.local.engine.store.contract import (
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnavailable,
)


class Connections:
    """Connections to one file, which is made if it is not there. Readers wait for nobody.

    Attributes:
        writer: the connection of `transaction`, for whoever prepares the file.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._writing = Lock()
        self._changed = Condition()  # told when a reader has ended
        self._readers = 0
        self._idle: list[sqlite3.Connection] = []
        self._is_closed = False
        self._checkpoints = write_ahead_log.Checkpoints(self._connect, self._writing)
        with self.errors():
            self.writer = self._connect()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._changed:
            self._refuse_if_closed()
            self._readers += 1
            connection = self._idle.pop() if self._idle else None
        try:
            with self.errors():
                connection = connection or self._connect()
                yield connection
        finally:
            with self._changed:
                self._readers -= 1
                if connection is not None:
                    self._idle.append(connection)
                self._changed.notify_all()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit durably at the end, or roll back on an exception."""
        with self._writing, self.errors():
            self._refuse_if_closed()
            changes = self.writer.total_changes
            self.writer.execute("BEGIN IMMEDIATE")
            try:
                yield self.writer
                self.writer.execute("COMMIT")
            except BaseException:
                if self.writer.in_transaction:
                    self.writer.execute("ROLLBACK")
                raise
            if not write_ahead_log.give_up(self.writer, self._file):
                self._checkpoints.note(self.writer.total_changes - changes)

    def close(self) -> None:
        """Close the file when the last reader has ended. Whoever comes after that is refused."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._readers)
        self._checkpoints.wait()
        for connection in (*self._idle, self.writer):
            connection.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise SQLite's errors as the store's own."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise StoreFull(f"there is no room left for {self._file}") from error
            if (
                error.sqlite_errorcode == sqlite3.SQLITE_ERROR
            ):  # the queries are right, so the file is not
                raise self.damage_error(str(error)) from error
            raise StoreError(f"{self._file} cannot be used: {error}") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # its messages quote the file
            raise self.damage_error(str(error)) from error

    def damage_error(self, damage: str) -> StoreDamaged:
        """The error of a damaged database, such as "chunks are missing"."""
        return StoreDamaged(
            f"{self._file} is damaged ({damage}). Remove {self._file.parent} and ingest its "
            "documents again."
        )

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise StoreUnavailable(
                f"The store {self._file.parent.name} has been closed. Ask again when it is open."
            )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        connection.text_factory = bytes  # what was damaged may not be text
        try:
            connection.execute("PRAGMA synchronous = FULL")  # every commit is synced to the disk
            connection.execute("PRAGMA fullfsync = ON")  # and on macOS past the disk's own memory
        except sqlite3.Error:
            connection.close()
            raise
        return connection
