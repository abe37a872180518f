"""The SQLite database of the buckets: its schema, and the rows of current objects.

The row of an object holds everything but its bytes, and the identity of the file that holds those.
A row and a file that do not match never make an object together. `objects` has the current
versions; older versions and delete markers are in `versions`, which history.py reads and writes.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from app.local.database import Database
from app.local.s3.storage.folder import Identity
from app.local.s3.storage.objects import Object, ObjectAttributes, Version

SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY, created REAL NOT NULL, location TEXT NOT NULL,
    notifications TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE IF NOT EXISTS subresources (
    bucket TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (bucket, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
    md5 TEXT NOT NULL, etag TEXT NOT NULL,
    attributes TEXT NOT NULL, checksums TEXT NOT NULL, parts TEXT NOT NULL,
    version_id TEXT NOT NULL DEFAULT 'null',
    PRIMARY KEY (bucket, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL UNIQUE, path TEXT,
    size INTEGER, mtime_ns INTEGER, inode INTEGER, md5 TEXT, etag TEXT,
    attributes TEXT, checksums TEXT, parts TEXT,
    version_id TEXT NOT NULL, moment REAL,
    UNIQUE (bucket, key, version_id)
) STRICT;
CREATE INDEX IF NOT EXISTS stacks ON versions (bucket, key, id DESC);
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, initiated REAL NOT NULL,
    attributes TEXT NOT NULL, algorithm TEXT, checksum_type TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    file TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, modified REAL NOT NULL,
    md5 TEXT NOT NULL, checksum TEXT,
    PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, event TEXT NOT NULL
) STRICT;
"""
COLUMNS = (
    "bucket, key, version, path, size, mtime_ns, inode, md5, etag, attributes, checksums, parts,"
    " version_id"
)
HIGHEST = "\U0010ffff" * 257  # longer than any key: prefix + HIGHEST sorts after all its keys
FIRST_PAGE, PAGE = 16, 1000  # rows: many listings are read only at their beginning
# S608, SQL made of strings: these are the names of our own tables and columns.


def upgrade(database: Database) -> None:
    """Bring a database from before versions to the schema above."""
    columns = database.query("SELECT name FROM pragma_table_info('objects')")
    if "version_id" not in {row["name"] for row in columns}:
        with database.transaction() as connection:
            connection.execute(
                "ALTER TABLE objects ADD COLUMN version_id TEXT NOT NULL DEFAULT 'null'"
            )


def save(connection: sqlite3.Connection, item: Object) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO objects ({COLUMNS}) VALUES (?{', ?' * 12})",  # noqa: S608
        (
            item.bucket,
            item.key,
            item.version,
            item.path,
            item.identity.size,
            item.identity.mtime_ns,
            item.identity.inode,
            item.md5,
            item.etag,
            json.dumps(asdict(item.attributes)),
            json.dumps(item.checksums),
            json.dumps(item.parts),
            item.version_id,
        ),
    )


def update_attributes(connection: sqlite3.Connection, item: Object) -> None:
    """Replace the attributes of a version, current or older, by those of `item`."""
    values = json.dumps(asdict(item.attributes)), item.version
    for table in ("objects", "versions"):
        connection.execute(f"UPDATE {table} SET attributes = ? WHERE version = ?", values)  # noqa: S608


def remove(connection: sqlite3.Connection, item: Version) -> None:
    connection.execute("DELETE FROM objects WHERE version = ?", (item.version,))


def remove_bucket(connection: sqlite3.Connection, bucket: str) -> Sequence[str]:
    """Remove all rows of a bucket. Returns the files of its uploads and of its older versions."""
    rows = connection.execute(
        "SELECT file FROM parts JOIN uploads ON upload = id WHERE bucket = ?"
        " UNION ALL SELECT version FROM versions WHERE bucket = ?",
        (bucket, bucket),
    )
    files = [row["file"] for row in rows]
    for table in ("uploads", "versions", "objects", "subresources"):
        connection.execute(f"DELETE FROM {table} WHERE bucket = ?", (bucket,))  # noqa: S608
    connection.execute("DELETE FROM buckets WHERE name = ?", (bucket,))
    return files


def get(database: Database, bucket: str, key: str) -> Object | None:
    row = database.first("SELECT * FROM objects WHERE bucket = ? AND key = ?", bucket, key)
    return object_of(row) if row else None


def by_version(database: Database, version: str) -> Object | None:
    row = database.first("SELECT * FROM objects WHERE version = ?", version)
    return object_of(row) if row else None


def scan(database: Database, bucket: str, prefix: str = "", after: str = "") -> Iterator[Object]:
    """The objects whose key begins with `prefix` and comes after `after`, by UTF-8 byte order."""
    page = FIRST_PAGE
    while True:
        # One lower bound, not two: SQLite seeks the one and reads all rows from there to the other.
        first, lower = (">", after) if after >= prefix else (">=", prefix)
        rows = database.query(
            f"SELECT * FROM objects WHERE bucket = ? AND key {first} ? AND key < ?"  # noqa: S608
            " ORDER BY key LIMIT ?",
            *(bucket, lower, prefix + HIGHEST, page),
        )
        yield from map(object_of, rows)
        if len(rows) < page:
            return
        after, page = rows[-1]["key"], min(2 * page, PAGE)


def identities(database: Database, bucket: str, prefix: str) -> dict[str, tuple[str, Identity]]:
    """Path and identity of the objects whose key begins with `prefix`, by key."""
    rows = database.query(
        "SELECT key, path, size, mtime_ns, inode FROM objects"
        " WHERE bucket = ? AND key >= ? AND key < ?",
        *(bucket, prefix, prefix + HIGHEST),
    )
    return {key: (path, Identity(*identity)) for key, path, *identity in rows}


def staged_files(database: Database) -> set[str]:
    """The names of the staged files that rows refer to: of parts, and of older versions."""
    rows = database.query("SELECT file FROM parts UNION ALL SELECT version FROM versions")
    return {row["file"] for row in rows}


def object_of(row: sqlite3.Row) -> Object:
    return Object(
        bucket=row["bucket"],
        key=row["key"],
        version=row["version"],
        path=row["path"],
        identity=Identity(row["size"], row["mtime_ns"], row["inode"]),
        md5=row["md5"],
        etag=row["etag"],
        attributes=attributes(row),
        checksums=json.loads(row["checksums"]),
        parts=tuple(json.loads(row["parts"])),
        version_id=row["version_id"],
    )


def attributes(row: sqlite3.Row) -> ObjectAttributes:
    return ObjectAttributes(**json.loads(row["attributes"]))
