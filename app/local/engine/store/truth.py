"""The truth: every document's chunks, in SQLite.

Each write of a document is one transaction. A chunk gets a number that no chunk had before, and
never changes; a document that is put again gets new numbers. So an index, which knows chunks by
their numbers, can always be compared with this database.

SQLite does not notice a changed byte in the middle of a text, so every row has a checksum.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.local.engine.neighbours import Neighbours
from app.local.engine.store.contract import (
    Chunk,
    StoreConfiguration,
    StoreDamaged,
    StoreError,
    StoreForeign,
    StoreFull,
)
from app.local.engine.store.inverted import Integers

VERSION = 4
SCHEMA = f"""
    BEGIN;
    CREATE TABLE documents (
        key INTEGER PRIMARY KEY,
        uri TEXT NOT NULL UNIQUE,
        chunks INTEGER NOT NULL,        -- how many of them a search can find
        checksum INTEGER NOT NULL
    );
    CREATE TABLE chunks (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents,
        id TEXT NOT NULL UNIQUE,
        text TEXT NOT NULL,
        metadata TEXT NOT NULL,         -- JSON
        parent TEXT,
        vector BLOB,                    -- float32, little-endian; a parent has none
        checksum INTEGER NOT NULL,
        context TEXT NOT NULL DEFAULT '',
        neighbours TEXT NOT NULL DEFAULT ''     -- JSON
    );
    CREATE INDEX chunks_of ON chunks (document);
    CREATE INDEX searchable ON chunks (document) WHERE vector IS NOT NULL;
    CREATE TABLE segments (file INTEGER PRIMARY KEY);
    CREATE TABLE encoder (identity TEXT NOT NULL, checksum INTEGER NOT NULL);
    PRAGMA user_version = {VERSION};
    COMMIT;
"""
UPGRADES = {
    1: "ALTER TABLE chunks ADD COLUMN context TEXT NOT NULL DEFAULT '';",
    2: "ALTER TABLE chunks ADD COLUMN neighbours TEXT NOT NULL DEFAULT '';",
    3: "CREATE TABLE encoder (identity TEXT NOT NULL, checksum INTEGER NOT NULL);",
}
"""From each version to the next. Chunks of version 1 had no context, and those of version 2 no
neighbours: they have none until their document is put again. Version 3 did not say which encoder
made its vectors; there was only one of each dimension.
"""
CHUNKS = """
    SELECT number, uri, id, text, metadata, parent, vector, context, neighbours,
        chunks.checksum
    FROM chunks JOIN documents ON document = key
"""


class Row(NamedTuple):
    """A chunk as the database holds it."""

    number: int
    document: str
    chunk: Chunk


class Truth:
    """The database. One thread at a time may write; each reader takes a connection of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._idle: list[sqlite3.Connection] = []
        with self._faults():
            self._writer = self._connect()
            try:
                self._prepare()
            except BaseException:
                self._writer.close()
                raise

    def close(self) -> None:
        for connection in (*self._idle, self._writer):
            connection.close()

    def check_encoder(self, configuration: StoreConfiguration) -> None:
        """Check that this encoder made the vectors in the database, and record it where there are
        none, or none says who made them.

        Raises:
            StoreForeign: another one made them.
        """
        before = None
        for identity, checksum in self._read("SELECT identity, checksum FROM encoder"):
            self._check(identity, checksum=checksum)
            before = identity.decode()
        query = "SELECT length(vector) FROM chunks WHERE vector NOT NULL LIMIT 1"
        for (size,) in self._read(query):
            if size != 4 * configuration.dimension:
                there, encoder = f"of {size // 4} components", f"makes {configuration.dimension}"
            elif before and configuration.encoder not in ("", before):
                there, encoder = f"of {before}", f"is {configuration.encoder}"
            else:
                break
            raise StoreForeign(
                f"{self._file} holds vectors {there}, and the encoder {encoder}. Remove "
                f"{self._file.parent} and ingest its documents again."
            )
        if configuration.encoder and before != configuration.encoder:
            with self._transaction() as database:
                identity = configuration.encoder
                database.execute("DELETE FROM encoder")
                database.execute(
                    "INSERT INTO encoder VALUES (?, ?)", (identity, _checksum(identity))
                )

    def next_number(self) -> int:
        """A number above those of all chunks, past and present."""
        with self._faults():
            (last,) = self._writer.execute("SELECT max(seq) FROM sqlite_sequence").fetchone()
        return int(last or 0) + 1

    def put(self, document: str, rows: Sequence[Row]) -> Integers:
        """Replace a document durably; the numbers of the chunks that it had before."""
        with self._transaction() as database:
            replaced_numbers = self._forget(document)
            self._check_new([row.chunk.id for row in rows])
            searchable = sum(row.chunk.vector is not None for row in rows)
            key = database.execute(
                "INSERT INTO documents (uri, chunks, checksum) VALUES (?, ?, ?)",
                (document, searchable, _checksum(document, searchable)),
            ).lastrowid
            fields = ((row.number, _fields(row.chunk)) for row in rows)
            database.executemany(
                "INSERT INTO chunks (number, document, id, text, metadata, parent, vector, context,"
                " neighbours, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((number, key, *rest, _checksum(document, *rest)) for number, rest in fields),
            )
        return replaced_numbers

    def delete(self, document: str) -> Integers:
        """Delete a document durably; the numbers of the chunks that it had."""
        with self._transaction():
            return self._forget(document)

    def documents(self) -> dict[str, int]:
        """Every document, and the number of its chunks that a search can find."""
        documents = {}
        for uri, chunks, checksum in self._read("SELECT uri, chunks, checksum FROM documents"):
            self._check(uri, chunks, checksum=checksum)
            documents[uri.decode()] = chunks
        return documents

    def numbers(self) -> Integers:
        """The numbers of all chunks that a search can find; ascending."""
        # One text is read many times faster than as many rows.
        query = (
            "SELECT group_concat(number) FROM chunks INDEXED BY searchable WHERE vector NOT NULL"
        )
        ((text,),) = self._read(query)
        numbers = np.sort(np.fromstring(text or b"", np.int64, sep=","))
        ((total,),) = self._read("SELECT total(chunks) FROM documents")
        if len(numbers) != total:
            raise self.damage_error("chunks are missing")
        return numbers

    def chunks(self, numbers: Integers) -> list[Row]:
        """Those of the chunks with these numbers that are in the database and have a vector."""
        keys = json.dumps(numbers.tolist())
        return self._rows("number IN (SELECT value FROM json_each(?)) AND vector NOT NULL", keys)

    def chunks_of(self, document: str) -> list[Row]:
        """The chunks of a document, in the order in which they were put."""
        return self._rows("uri = ? ORDER BY number", document)

    def parents(self, ids: Sequence[str]) -> list[Row]:
        """Those of the chunks with these ids that are in the database and have no vector."""
        keys = json.dumps(list(ids))
        return self._rows("id IN (SELECT value FROM json_each(?)) AND vector IS NULL", keys)

    def segments(self) -> set[int]:
        """The files of the index, by their numbers."""
        return {file for (file,) in self._read("SELECT file FROM segments")}

    def record_segments(self, files: Iterable[int]) -> None:
        """Record the files of the index, in place of those before."""
        with self._transaction() as database:
            database.execute("DELETE FROM segments")
            database.executemany("INSERT INTO segments VALUES (?)", ((file,) for file in files))

    def _forget(self, document: str) -> Integers:
        row = self._writer.execute("SELECT key FROM documents WHERE uri = ?", (document,))
        key = row.fetchone() or (None,)
        numbers = self._writer.execute(
            "SELECT number FROM chunks WHERE document = ?", key
        ).fetchall()
        self._writer.execute("DELETE FROM chunks WHERE document = ?", key)
        self._writer.execute("DELETE FROM documents WHERE key = ?", key)
        return np.array(numbers, np.int64).reshape(-1)

    def _check_new(self, ids: Sequence[str]) -> None:
        query = "SELECT id FROM chunks WHERE id IN (SELECT value FROM json_each(?))"
        if existing_id := self._writer.execute(query, (json.dumps(ids),)).fetchone():
            raise ValueError(
                f"chunk {existing_id[0].decode()}: another document has a chunk of this id"
            )

    def _rows(self, condition: str, keys: str) -> list[Row]:
        rows = []
        for number, *fields, checksum in self._read(f"{CHUNKS} WHERE {condition}", keys):
            self._check(*fields, checksum=checksum)
            document, *rest = fields
            rows.append(Row(number, document.decode(), _chunk(*rest)))
        return rows

    def _check(self, *fields: bytes | int | None, checksum: int) -> None:
        if _checksum(*fields) != checksum:
            raise self.damage_error("a row is not what was written")

    def _read(self, query: str, *values: str) -> list[Any]:
        with self._faults():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                return connection.execute(query, values).fetchall()
            finally:
                self._idle.append(connection)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._faults():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

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

    def _prepare(self) -> None:
        (version,) = self._writer.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._writer.execute("PRAGMA page_size = 8192")  # bytes; of chunks, 3 and not 1
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.executescript(SCHEMA)
        elif version in UPGRADES:
            steps = "\n".join(UPGRADES[step] for step in range(version, VERSION))
            self._writer.executescript(
                f"BEGIN;\n{steps}\nPRAGMA user_version = {VERSION};\nCOMMIT;"
            )
        elif version != VERSION:
            raise StoreError(
                f"{self._file} was written by another version of Outcrop ({version}; this one "
                f"reads {VERSION}). Remove {self._file.parent} and ingest its documents again."
            )

    @contextmanager
    def _faults(self) -> Iterator[None]:
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


def _fields(chunk: Chunk) -> tuple[str, str, str, str | None, bytes | None, str, str]:
    """The columns of a chunk's row."""
    metadata = json.dumps(dict(chunk.metadata), ensure_ascii=False)
    vector = None if chunk.vector is None else chunk.vector.astype("<f4").tobytes()
    neighbours = chunk.neighbours.json() if chunk.neighbours else ""
    return chunk.id, chunk.text, metadata, chunk.parent, vector, chunk.context, neighbours


def _chunk(
    id_: bytes,
    text: bytes,
    metadata: bytes,
    parent: bytes | None,
    vector: bytes | None,
    context: bytes,
    neighbours: bytes,
) -> Chunk:
    """The chunk of a row that `_fields` wrote, whose columns are read as bytes."""
    return Chunk(
        id_.decode(),
        text.decode(),
        json.loads(metadata),
        None if vector is None else np.frombuffer(vector, "<f4"),
        None if parent is None else parent.decode(),
        context.decode(),
        Neighbours.read(neighbours.decode()),
    )


def _checksum(*fields: str | bytes | int | None) -> int:
    """The checksum of a row, whose fields are str as they are written and bytes as they are
    read. The last fields, a chunk's context and neighbours, count only where there are any: rows of
    earlier versions had none.
    """
    while fields[-1] in ("", b""):
        fields = fields[:-1]
    parts = (field if isinstance(field, bytes) else str(field).encode() for field in fields)
    return zlib.crc32(b"\0".join(parts))
