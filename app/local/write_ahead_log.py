"""SQLite's write-ahead logs: what they take of the disk.

A commit goes into the log of its file. SQLite writes it into the file itself once the log has some
megabytes, and keeps the room of the log even then. So on a disk that is nearly full, the logs would
take what deletes need, one after the other. There a log is written into its file, and given up,
after every commit: deletes then take no more room than one of them does.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock, Thread

LARGEST = 4 * 2**20
"""Bytes of a log, but for what one transaction writes: half of the reserve for deletes, which has
to have room for what is written into the file before the log is given up."""

LOW = 16 * 2**20
"""Bytes: a disk with less room is nearly full. As many as the reserve for deletes needs to be there
again, so that what is given up comes to it."""

SOON = LARGEST // 4
"""Bytes of a log after which `Checkpoints` write it."""

_COMMIT, _CHANGE = 2**16, 2**12
"""About the bytes that a commit adds to a log, in pages of indexes; and that each row adds."""

_CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"


def bound(connection: sqlite3.Connection) -> None:
    """Have SQLite write the log into its file each time it has grown to LARGEST. By itself SQLite
    counts pages, a thousand of them, which are as many bytes only where pages are small.
    """
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute(f"PRAGMA wal_autocheckpoint = {LARGEST // page}")


def give_up(connection: sqlite3.Connection, file: Path) -> bool:
    """Write the log into its file and give up its room, if the disk is nearly full; whether it is.
    Where there is no room even for that, or another process reads the log, it stays as it is.
    """
    with suppress(sqlite3.Error, OSError):
        if shutil.disk_usage(file.parent).free < LOW:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return True
    return False


class Checkpoints:
    """Write the log into its file beside the commits, so that none of them has to.

    Most of it is written while commits go on, and what these add is written between two of them:
    then the next one begins the log anew. Where the disk is too slow for that, SQLite does as
    `bound` says.

    Args:
        connect: opens a connection to the file.
        writing: held by every transaction.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], writing: Lock) -> None:
        self._connect, self._writing = connect, writing
        self._bytes = 0  # in the log that were not there at the last checkpoint
        self._thread: Thread | None = None

    def note(self, changes: int) -> None:
        """Note that a transaction has changed so many rows. It is still held."""
        self._bytes += _COMMIT + _CHANGE * changes
        if self._bytes >= SOON and self._thread is None:
            self._bytes = 0
            self._thread = Thread(target=self._write, name="checkpoint", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait for the checkpoint that is under way."""
        if thread := self._thread:
            thread.join()

    def _write(self) -> None:
        try:
            with suppress(sqlite3.Error), closing(self._connect()) as connection:
                connection.execute(_CHECKPOINT).fetchone()
                with self._writing:
                    connection.execute(_CHECKPOINT).fetchone()
        finally:
            self._thread = None
