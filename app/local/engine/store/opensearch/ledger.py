"""Which generation of each document is the one, in SQLite: the truth of a store in OpenSearch.

Each put writes its chunks under a generation of its own, a number that no put had before. The
document is there, or replaced, at the moment when the ledger says so, in one transaction. A
generation that belongs to no document is *stray*: it is being written, or was replaced, deleted or
left behind by a crash. The ledger names it before its first chunk is written and until its last one
is deleted, so that nothing is ever left in OpenSearch.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from app.local.database import Damaged, Database, InUse
from app.local.engine.store.contract import (
    StoreDamaged,
    StoreError,
    StoreForeign,
    StoreFull,
    StoreInUse,
)

LEDGER = "ledger.sqlite"
SCHEMA = """
    CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS documents (
        uri TEXT PRIMARY KEY,
        generation INTEGER NOT NULL UNIQUE,
        searchable INTEGER NOT NULL,    -- chunks that a search can find
        total INTEGER NOT NULL          -- and those with the parents
    );
    CREATE TABLE IF NOT EXISTS strays (generation INTEGER PRIMARY KEY, total INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Generation:
    """What one put wrote.

    Attributes:
        total: the number of its chunks, parents among them.
    """

    number: int
    total: int


class Ledger:
    """The database. Any thread may call any method.

    Raises:
        StoreInUse: another process has it open.
        StoreDamaged: it is not what was written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            self._database = Database(file, SCHEMA)
        except InUse as error:
            raise StoreInUse(f"{file.parent} is open already ({error}); close it there") from error
        except Damaged as error:
            raise StoreDamaged(str(error)) from error
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO facts VALUES ('id', ?)", (uuid4().hex,))
            db.execute("INSERT OR IGNORE INTO facts VALUES ('last', '0')")

    @property
    def id(self) -> str:
        """Tells this ledger from any other."""
        [row] = self._database.query("SELECT value FROM facts WHERE name = 'id'")
        return str(row["value"])

    def check_encoder(self, identity: str) -> None:
        """Check that this encoder made the vectors, and record it where there are none, or none
        says who made them.

        Raises:
            StoreForeign: another one made them.
        """
        rows = self._database.query("SELECT value FROM facts WHERE name = 'encoder'")
        before = str(rows[0]["value"]) if rows else identity
        if identity not in ("", before) and self.documents():
            raise StoreForeign(
                f"{self._file} is of an index with the vectors of {before}, and the encoder is "
                f"{identity}. Remove the index and {self._file.parent}, and ingest its documents "
                "again."
            )
        if identity:
            with self._transaction() as db:
                db.execute("INSERT OR REPLACE INTO facts VALUES ('encoder', ?)", (identity,))

    def begin(self, total: int) -> Generation:
        """A new generation, stray as long as no document has it."""
        with self._transaction() as db:
            db.execute("UPDATE facts SET value = value + 1 WHERE name = 'last'")
            (last,) = db.execute("SELECT value FROM facts WHERE name = 'last'").fetchone()
            db.execute("INSERT INTO strays VALUES (?, ?)", (int(last), total))
        return Generation(int(last), total)

    def commit(self, uri: str, generation: Generation, searchable: int) -> Generation | None:
        """Give a document its generation; returns the one that it had before."""
        with self._transaction() as db:
            before = self._release(db, uri)
            db.execute("DELETE FROM strays WHERE generation = ?", (generation.number,))
            db.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?)",
                (uri, generation.number, searchable, generation.total),
            )
        return before

    def delete(self, uri: str) -> Generation | None:
        """Delete a document; returns the generation that it had."""
        with self._transaction() as db:
            return self._release(db, uri)

    def strays(self) -> list[Generation]:
        rows = self._database.query("SELECT generation, total FROM strays ORDER BY generation")
        return [Generation(row["generation"], row["total"]) for row in rows]

    def forget(self, strays: Sequence[Generation]) -> None:
        """Forget strays whose chunks are deleted."""
        with self._transaction() as db:
            db.executemany(
                "DELETE FROM strays WHERE generation = ?", [(each.number,) for each in strays]
            )

    def documents(self) -> dict[str, int]:
        """Every document, and the number of its chunks that a search can find."""
        rows = self._database.query("SELECT uri, searchable FROM documents")
        return {row["uri"]: row["searchable"] for row in rows}

    def generations(self) -> dict[int, tuple[str, int]]:
        """Generation -> its document, and the number of its chunks."""
        rows = self._database.query("SELECT generation, uri, total FROM documents")
        return {row["generation"]: (row["uri"], row["total"]) for row in rows}

    def counts(self) -> tuple[int, int]:
        """The number of all chunks that a search can find, and of all chunks."""
        [row] = self._database.query("SELECT sum(searchable) AS s, sum(total) AS t FROM documents")
        return int(row["s"] or 0), int(row["t"] or 0)

    def close(self) -> None:
        self._database.close()

    def _release(self, db: sqlite3.Connection, uri: str) -> Generation | None:
        row = db.execute("SELECT generation, total FROM documents WHERE uri = ?", (uri,)).fetchone()
        if row is None:
            return None
        db.execute("DELETE FROM documents WHERE uri = ?", (uri,))
        db.execute("INSERT INTO strays VALUES (?, ?)", tuple(row))
        return Generation(*row)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._database.transaction() as db:
                yield db
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise StoreFull(f"there is no room left for {self._file}") from error
            raise StoreError(f"{self._file} cannot be used: {error}") from error
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(f"{self._file} is damaged ({error})") from error
