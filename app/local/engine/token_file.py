"""Token vectors of passages on disk, so that the first search after a start need not have the
encoder read them again.

    passages (key, document, size, checksum, tokens)     a row for each, the oldest first

It is a cache: whatever is missing is computed anew. So a power cut may take the passages that were
added last. Each row has a checksum, which covers its key. A file with a row that is not what was
written, one that SQLite cannot read, and one of another version, encoder or precision are removed
and begun again.

The tokens of a passage tell its text. So each belongs to a document and goes with it: that is
synced to the disk, and SQLite overwrites what is deleted.
"""

import logging
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Literal, TypeVar

from app.local import write_ahead_log
from app.local.durability import make_folder
from app.local.engine.packed_tokens import PackedTokens

VERSION = 1
"""Raised when a passage's tokens, or the bytes that stand for them, become others than before."""

_SCHEMA = """
    BEGIN;
    CREATE TABLE passages (
        number INTEGER PRIMARY KEY,  -- ascending with time
        key BLOB NOT NULL UNIQUE,    -- of the text
        document TEXT NOT NULL,
        size INTEGER NOT NULL,       -- bytes of the tokens
        checksum INTEGER NOT NULL,
        tokens BLOB NOT NULL
    );
    CREATE INDEX passages_of ON passages (document, size);
    PRAGMA user_version = {version};
    COMMIT;
"""
_INSERT = """
    INSERT OR IGNORE INTO passages (key, document, size, checksum, tokens) VALUES (?, ?, ?, ?, ?)
"""
_SELECT = "SELECT checksum, tokens FROM passages WHERE key = ?"
_PATIENCE = 2.0  # seconds for another process that has the file locked

T = TypeVar("T")
log = logging.getLogger(__name__)


class TokenFile:
    """A file of tokens by the texts of passages. Thread-safe. No method raises an error of the
    file: without it, its caller computes.

    Args:
        path: of the file, which is made if it is not there.
        capacity: bytes of tokens.
        dimension: of the token vectors.
        encoder: its identity and precision; of another one, the vectors are others.
    """

    def __init__(self, path: Path, capacity: int, dimension: int, encoder: str) -> None:
        self._path, self._capacity, self._dimension = path, capacity, dimension
        self._version = zlib.crc32(f"{VERSION} {encoder}".encode()) >> 1 | 1  # SQLite's has a sign
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._size = 0  # bytes of tokens in the file
        with self._lock:
            self._open()

    def close(self) -> None:
        """Close the file. Closing it again has no effect."""
        with self._lock:
            self._drop_connection()

    @property
    def has_room(self) -> bool:
        """Whether more can be added without removing what is there."""
        return self._connection is not None and self._size < self._capacity

    def read(self, texts: Iterable[str]) -> dict[str, PackedTokens]:
        """The tokens of those of the texts that are there, as they were added."""
        keys = {_key(text): text for text in texts}

        def work(database: sqlite3.Connection) -> dict[str, PackedTokens]:
            there = {}
            for key, text in keys.items():
                row = database.execute(_SELECT, (key,)).fetchone()
                if row is not None:
                    checksum, tokens = row
                    if checksum != _checksum(key, tokens):
                        raise ValueError("a row is not what was written")
                    there[text] = PackedTokens.from_bytes(tokens, self._dimension)
            return there

        return self._run(work, {}) if keys else {}

    def add(
        self, passages: Iterable[tuple[str, str, PackedTokens]], *, replacing: bool = False
    ) -> None:
        """Add passages, each as its text, its document and its tokens, as far as there is room.

        Args:
            replacing: whether those that were added first are removed to make room.
        """

        def work(database: sqlite3.Connection) -> None:
            for text, document, packed in passages:
                key, tokens = _key(text), packed.to_bytes()
                missing = self._size + len(tokens) - self._capacity
                if missing > 0 and replacing and len(tokens) <= self._capacity:
                    self._remove(database, _oldest(database, missing))
                elif missing > 0:
                    continue
                row = (key, document, len(tokens), _checksum(key, tokens), tokens)
                self._size += len(tokens) * database.execute(_INSERT, row).rowcount

        self._run(work, None)

    def forget(self, document: str, but: Collection[str] = ()) -> None:
        """Remove what belongs to a document, but for these texts."""

        def work(database: sqlite3.Connection) -> None:
            staying = {_key(text) for text in but}
            rows = database.execute(
                "SELECT number, key FROM passages WHERE document = ?", (document,)
            ).fetchall()
            self._remove(database, [number for number, key in rows if key not in staying])

        self._run(work, None, "FULL")

    def keep(self, documents: Collection[str]) -> None:
        """Remove what belongs to any other document than these."""

        def work(database: sqlite3.Connection) -> None:
            known = [one for (one,) in database.execute("SELECT DISTINCT document FROM passages")]
            others = [(one,) for one in known if one not in documents]
            database.executemany("DELETE FROM passages WHERE document = ?", others)
            self._count(database)

        self._run(work, None, "FULL")

    def _remove(self, database: sqlite3.Connection, numbers: Sequence[int]) -> None:
        if numbers:
            database.executemany("DELETE FROM passages WHERE number = ?", [(n,) for n in numbers])
            self._count(database)

    def _count(self, database: sqlite3.Connection) -> None:
        (self._size,) = database.execute(
            "SELECT coalesce(sum(size), 0) FROM passages INDEXED BY passages_of"
        ).fetchone()

    def _run(
        self,
        work: Callable[[sqlite3.Connection], T],
        otherwise: T,
        synchronous: Literal["NORMAL", "FULL"] = "NORMAL",
    ) -> T:
        """The result of work in one transaction, for one thread at a time; `otherwise` if the file
        cannot be used now. A damaged file is begun again.

        Args:
            synchronous: NORMAL never leaves half a file, FULL syncs the transaction too.
        """
        with self._lock:
            if self._connection is None:
                return otherwise
            try:
                self._connection.execute(f"PRAGMA synchronous = {synchronous}")
                self._connection.execute("BEGIN IMMEDIATE")
                result = work(self._connection)
                self._connection.execute("COMMIT")
            except (sqlite3.Error, ValueError) as error:
                self._mend(error)
                return otherwise
            write_ahead_log.give_up(self._connection, self._path)
            return result

    def _open(self) -> None:
        """Open the file, and begin it again if it is another's or damaged."""
        for attempt in ("as it is", "begun again"):
            try:
                make_folder(self._path.parent)
                self._connection = _connect(self._path)
                if self._prepare(self._connection):
                    return
            # A UnicodeDecodeError is of a message of SQLite's, which quotes what is in the file.
            except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
                log.warning("%s, %s, cannot be used: %s", self._path, attempt, error)
                if _is_passing(error):
                    break
            self._drop_connection()
            self._remove_files()
        self._drop_connection()

    def _prepare(self, connection: sqlite3.Connection) -> bool:
        """Make the tables of a new file. False if the file is of another version."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            connection.execute("PRAGMA page_size = 16384")  # bytes; a passage takes some 60,000
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA.format(version=self._version))
        elif version != self._version:
            return False
        connection.execute("PRAGMA secure_delete = ON")
        write_ahead_log.bound(connection)
        self._count(connection)
        return True

    def _mend(self, error: Exception) -> None:
        """After an error: go on if it may pass by itself, and else begin the file again."""
        if self._connection is not None and _is_passing(error):
            log.warning("%s cannot be used now: %s", self._path, error)
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            with suppress(sqlite3.Error):
                self._count(self._connection)
            return
        log.warning("%s is damaged, and begun again: %s", self._path, error)
        self._drop_connection()
        self._remove_files()
        self._open()

    def _remove_files(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)


def _is_passing(error: Exception) -> bool:
    """Whether an error is not of the file's content: the disk is full, or another process has the
    file.
    """
    return isinstance(error, OSError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
    )


def _oldest(database: sqlite3.Connection, size: int) -> list[int]:
    """The numbers of the passages that were added first, of at least this size together."""
    numbers = []
    for number, one in database.execute("SELECT number, size FROM passages ORDER BY number"):
        numbers.append(number)
        size -= one
        if size <= 0:
            break
    return numbers


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _checksum(key: bytes, tokens: bytes) -> int:
    return zlib.crc32(tokens, zlib.crc32(key))
