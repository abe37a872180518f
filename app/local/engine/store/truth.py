"""The truth: every document's chunks, in SQLite.

Each write of a document is one transaction. A chunk gets a number that no chunk had before, and
never changes; a document that is put again gets new numbers. So an index, which knows chunks by
their numbers, can always be compared with this database.

SQLite does not notice a changed byte in the middle of a text, so every row has a checksum.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.local import write_ahead_log
from app.local.engine.neighbours import Neighbours
from app.local.engine.store.connections import Connections
from app.local.engine.store.contract import (
    Chunk,
    StoreConfiguration,
    StoreDamaged,
    StoreForeign,
)
from app.local.engine.store.inverted import Integers
from app.local.engine.store.schema import prepare

SMALL = 2**26
"""Bytes of a file that is read through when it is opened, which takes a tenth of a second."""

CHECK_DOCUMENTS = "integrity_check(documents)"
NONE = np.empty(0, np.int64)
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
    """The database. Any thread may call any method; writes wait for each other."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connections = Connections(file)
        try:
            with self._connections.errors():
                prepare(self._connections.writer, file)
                self._check_indexes(self._connections.writer)
                write_ahead_log.bound(self._connections.writer)
        except BaseException:
            self._connections.close()
            raise

    def close(self) -> None:
        """Close the file when the last read has ended. Who comes after that is refused."""
        self._connections.close()

    def damage_error(self, damage: str) -> StoreDamaged:
        """The error of a damaged database, such as "chunks are missing"."""
        return self._connections.damage_error(damage)

    def _check_indexes(self, database: sqlite3.Connection) -> None:
        """Compare SQLite's own indexes with the tables, which no checksum of a row covers: what is
        not found by them is neither replaced nor deleted. In a large file those of documents alone.
        """
        check = "integrity_check" if self._file.stat().st_size <= SMALL else CHECK_DOCUMENTS
        (verdict,) = database.execute(f"PRAGMA {check}").fetchone()
        if verdict != b"ok":
            raise self.damage_error(verdict.decode(errors="replace"))

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
            if size is None:  # the index says that this row has a vector
                raise self.damage_error("a vector is missing")
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
            with self._connections.transaction() as database:
                identity = configuration.encoder
                database.execute("DELETE FROM encoder")
                database.execute(
                    "INSERT INTO encoder VALUES (?, ?)", (identity, _checksum(identity))
                )

    def next_number(self) -> int:
        """A number above those of all chunks, past and present."""
        ((last,),) = self._read("SELECT max(seq) FROM sqlite_sequence")
        return int(last or 0) + 1

    def put(self, documents: Mapping[str, Sequence[Row]]) -> Integers:
        """Replace documents durably, all or none; the numbers of the chunks that they had."""
        with self._connections.transaction() as database:
            replaced_numbers = [self._forget(database, document) for document in documents]
            for document, rows in documents.items():
                self._add(database, document, rows)
        return np.concatenate([NONE, *replaced_numbers])

    def _add(self, database: sqlite3.Connection, document: str, rows: Sequence[Row]) -> None:
        self._check_new(database, [row.chunk.id for row in rows])
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

    def delete(self, document: str) -> Integers:
        """Delete a document durably; the numbers of the chunks that it had."""
        with self._connections.transaction() as database:
            return self._forget(database, document)

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
        numbers = np.fromstring(text or b"", np.int64, sep=",")
        numbers.sort(kind="stable")  # they are nearly in order, so this takes no time
        ((total,),) = self._read("SELECT total(chunks) FROM documents")
        if len(numbers) != total or (np.diff(numbers) == 0).any():
            raise self.damage_error("chunks are missing")
        return numbers

    def chunks(self, numbers: Integers) -> list[Row]:
        """Those of the chunks with these numbers that are in the database and have a vector."""
        keys = json.dumps(numbers.tolist())
        return self._rows("number IN (SELECT value FROM json_each(?)) AND vector NOT NULL", keys)

    def chunks_of(self, document: str) -> list[Row]:
        """The chunks of a document, in the order in which they were put."""
        rows = self._rows("uri = ? ORDER BY number", document)
        expected = self._read("SELECT chunks FROM documents WHERE uri = ?", document)
        searchable = {row.number for row in rows if row.chunk.vector is not None}
        if [len(searchable)] != ([count for (count,) in expected] or [0]):
            raise self.damage_error("chunks are missing")
        return rows

    def parents(self, ids: Sequence[str]) -> list[Row]:
        """Those of the chunks with these ids that are in the database and have no vector."""
        keys = json.dumps(list(ids))
        return self._rows("id IN (SELECT value FROM json_each(?)) AND vector IS NULL", keys)

    def segments(self) -> set[int]:
        """The files of the index, by their numbers."""
        return {file for (file,) in self._read("SELECT file FROM segments")}

    def record_segments(self, files: Iterable[int]) -> None:
        """Record the files of the index, in place of those before."""
        with self._connections.transaction() as database:
            database.execute("DELETE FROM segments")
            database.executemany("INSERT INTO segments VALUES (?)", ((file,) for file in files))

    def _forget(self, database: sqlite3.Connection, document: str) -> Integers:
        query = "SELECT key, chunks FROM documents WHERE uri = ?"
        key, searchable = database.execute(query, (document,)).fetchone() or (None, 0)
        # `+document` has SQLite look at the row itself, and not only at what its index says of it.
        deleted = database.execute(
            "DELETE FROM chunks WHERE document = ? AND +document = ?"
            " RETURNING number, vector NOT NULL",
            (key, key),
        ).fetchall()
        if sum(is_searchable for _, is_searchable in deleted) != searchable:
            raise self.damage_error("chunks are missing")
        database.execute("DELETE FROM documents WHERE key = ?", (key,))
        return np.array([number for number, _ in deleted], np.int64)

    def _check_new(self, database: sqlite3.Connection, ids: Sequence[str]) -> None:
        query = "SELECT id FROM chunks WHERE id IN (SELECT value FROM json_each(?))"
        if existing_id := database.execute(query, (json.dumps(ids),)).fetchone():
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
        with self._connections.reading() as connection:
            return connection.execute(query, values).fetchall()


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
        json.loads(metadata.decode()),  # of bytes it would tell the encoding first
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
    parts = [field if isinstance(field, bytes) else str(field).encode() for field in fields]
    return zlib.crc32(b"\0".join(parts))
