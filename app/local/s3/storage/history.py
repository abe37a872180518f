"""Older versions and delete markers: a stack for each key, the newest on top.

The current object, if there is one, lies above the stack, in the table `objects`. Without one the
key is deleted, and a delete marker is on top. Two operations keep this true:

    supersede     for a new version: push the row of the current object onto the stack
    pop_object    after the newest version was removed: make an object on top current again

A key has each version id once: a new version replaces the one with its id anywhere in the stack, as
"null" does in a bucket without versioning.
"""

import sqlite3
from collections.abc import Iterator, Sequence

from app.local.database import Database
from app.local.s3.storage.index import (
    COLUMNS,
    HIGHEST,
    PAGE,
    object_of,
)
from app.local.s3.storage.objects import Marker, Object, Version

Place = tuple[str, int]  # the start of a page: the versions of a key below this rank

_TOP = 2**62  # the rank of a current object, above all ids of the stack
_WITHIN = "bucket = ?1 AND key >= ?2 AND key < ?3 AND key >= ?4"
# One page of each table, in one transaction, so that no more rows are read than are listed.
_SCAN = f"""
SELECT * FROM (
    SELECT {COLUMNS}, NULL AS moment, {_TOP} AS id FROM objects
    WHERE {_WITHIN} AND (key > ?4 OR {_TOP} < ?5) ORDER BY key LIMIT {PAGE}
) UNION ALL SELECT * FROM (
    SELECT {COLUMNS}, moment, id FROM versions
    WHERE {_WITHIN} AND (key > ?4 OR id < ?5) ORDER BY key, id DESC LIMIT {PAGE}
) ORDER BY key, id DESC LIMIT {PAGE}
"""  # noqa: S608 - the names of our own tables and columns


def supersede(connection: sqlite3.Connection, new: Version) -> Sequence[str]:
    """Make room for a new version on top; the files of the versions that it replaces."""
    key = (new.bucket, new.key, new.version_id)
    replaced_rows = connection.execute(
        "DELETE FROM versions WHERE bucket = ? AND key = ? AND version_id = ? RETURNING version",
        key,
    ).fetchall()
    connection.execute(
        f"INSERT INTO versions ({COLUMNS}) SELECT {COLUMNS} FROM objects"  # noqa: S608
        " WHERE bucket = ? AND key = ? AND version_id != ?",
        key,
    )
    connection.execute("DELETE FROM objects WHERE bucket = ? AND key = ?", key[:2])
    return [row["version"] for row in replaced_rows]


def push_marker(connection: sqlite3.Connection, marker: Marker) -> None:
    connection.execute(
        "INSERT INTO versions (bucket, key, version, version_id, moment) VALUES (?, ?, ?, ?, ?)",
        (marker.bucket, marker.key, marker.version, marker.version_id, marker.moment),
    )


def pop_object(connection: sqlite3.Connection, bucket: str, key: str) -> Object | None:
    """Remove the top of the stack and return it, if it is an object. The key has no current one."""
    row = connection.execute(
        "SELECT * FROM versions WHERE bucket = ? AND key = ? ORDER BY id DESC LIMIT 1",
        (bucket, key),
    ).fetchone()
    if row is None or row["moment"] is not None:
        return None
    connection.execute("DELETE FROM versions WHERE id = ?", (row["id"],))
    return object_of(row)


def remove(connection: sqlite3.Connection, version: Version) -> None:
    connection.execute("DELETE FROM versions WHERE version = ?", (version.version,))


def newest(database: Database, bucket: str, key: str) -> Version | None:
    """The newest of the versions that are not current, a delete marker included."""
    row = database.first(
        "SELECT * FROM versions WHERE bucket = ? AND key = ? ORDER BY id DESC LIMIT 1", bucket, key
    )
    return _version(row) if row else None


def get(database: Database, bucket: str, key: str, version_id: str) -> Version | None:
    row = database.first(
        "SELECT * FROM versions WHERE bucket = ? AND key = ? AND version_id = ?",
        *(bucket, key, version_id),
    )
    return _version(row) if row else None


def place_after(database: Database, bucket: str, key: str, version_id: str | None) -> Place:
    """The place after this version; without one, after all versions of the key. If the version has
    been removed meanwhile, the key is listed once more from its newest version on.
    """
    if version_id is None:
        return key, 0
    of_version = "WHERE bucket = ?1 AND key = ?2 AND version_id = ?3"
    row = database.first(
        f"SELECT id FROM versions {of_version}"  # noqa: S608
        f" UNION ALL SELECT {_TOP} FROM objects {of_version}",
        *(bucket, key, version_id),
    )
    return key, row["id"] if row else _TOP + 1


def scan(
    database: Database, bucket: str, prefix: str, place: Place
) -> Iterator[tuple[Version, bool]]:
    """All versions of the keys that begin with `prefix`, and whether each is the newest of its key.
    Those of one key come newest first.
    """
    key, rank = place
    last_key = key if 0 < rank <= _TOP else None  # whose newest version has been listed before
    while True:
        rows = database.query(_SCAN, bucket, prefix, prefix + HIGHEST, key, rank)
        for row in rows:
            yield _version(row), row["key"] != last_key
            last_key = row["key"]
        if len(rows) < PAGE:
            return
        key, rank = rows[-1]["key"], rows[-1]["id"]


def _version(row: sqlite3.Row) -> Version:
    if row["moment"] is None:
        return object_of(row)
    return Marker(row["bucket"], row["key"], row["version"], row["version_id"], row["moment"])
