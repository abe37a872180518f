"""What else there is of a key than its current object: older versions, and delete markers.

They are a stack for each key, the newest on top. The current object, if there is one, lies above
them all; without one the key is deleted, and a marker is on top. Two moves keep it so:

    cover      a new version comes: the object below it is pushed, with all that its row says
    uncover    the newest version has gone: an object on top is popped, and current again

A new version takes the place of one with the same id wherever that lies: there is one "null".
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

Place = tuple[str, int]  # in a listing: of a key, all that lies lower in the stack than this

_TOP = 2**62  # the place of a current object: above all ids of the stack
_WITHIN = "bucket = ?1 AND key >= ?2 AND key < ?3 AND key >= ?4"
# A page, of a page of each table: so no more is read than is shown, all at one moment.
_SCAN = f"""
SELECT * FROM (
    SELECT {COLUMNS}, NULL AS moment, {_TOP} AS id FROM objects
    WHERE {_WITHIN} AND (key > ?4 OR {_TOP} < ?5) ORDER BY key LIMIT {PAGE}
) UNION ALL SELECT * FROM (
    SELECT {COLUMNS}, moment, id FROM versions
    WHERE {_WITHIN} AND (key > ?4 OR id < ?5) ORDER BY key, id DESC LIMIT {PAGE}
) ORDER BY key, id DESC LIMIT {PAGE}
"""  # noqa: S608 - the names of our own tables and columns


def cover(connection: sqlite3.Connection, new: Version) -> Sequence[str]:
    """Make room above for a new version. Returns the files of versions that it replaces."""
    key = (new.bucket, new.key, new.version_id)
    replaced = connection.execute(
        "DELETE FROM versions WHERE bucket = ? AND key = ? AND version_id = ? RETURNING version",
        key,
    ).fetchall()
    connection.execute(
        f"INSERT INTO versions ({COLUMNS}) SELECT {COLUMNS} FROM objects"  # noqa: S608
        " WHERE bucket = ? AND key = ? AND version_id != ?",
        key,
    )
    connection.execute("DELETE FROM objects WHERE bucket = ? AND key = ?", key[:2])
    return [row["version"] for row in replaced]


def push(connection: sqlite3.Connection, marker: Marker) -> None:
    connection.execute(
        "INSERT INTO versions (bucket, key, version, version_id, moment) VALUES (?, ?, ?, ?, ?)",
        (marker.bucket, marker.key, marker.version, marker.version_id, marker.moment),
    )


def uncover(connection: sqlite3.Connection, bucket: str, key: str) -> Object | None:
    """What lies on top, taken off, if it is an object. There is no current one."""
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


def top(database: Database, bucket: str, key: str) -> Version | None:
    """The newest of the versions that are not current."""
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


def after(database: Database, bucket: str, key: str, version_id: str | None) -> Place:
    """Where a listing goes on: after this version; without one, after the whole key. A version that
    has been removed meanwhile was listed with others of its key, which are listed once more.
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
    """All versions of the keys that begin with `prefix`, those of a key from the newest on; and
    whether each is the newest of its key.
    """
    key, rank = place
    begun = key if 0 < rank <= _TOP else None  # a key whose newest versions were listed before
    while True:
        rows = database.query(_SCAN, bucket, prefix, prefix + HIGHEST, key, rank)
        for row in rows:
            yield _version(row), row["key"] != begun
            begun = row["key"]
        if len(rows) < PAGE:
            return
        key, rank = rows[-1]["key"], rows[-1]["id"]


def _version(row: sqlite3.Row) -> Version:
    if row["moment"] is None:
        return object_of(row)
    return Marker(row["bucket"], row["key"], row["version"], row["version_id"], row["moment"])
