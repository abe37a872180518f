"""The durable catalogue of functions: definitions, code, permissions, event source mappings."""

import base64
import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.local.database import Database

JSON = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS functions (
    name TEXT PRIMARY KEY, settings TEXT NOT NULL, tags TEXT NOT NULL,
    code BLOB NOT NULL, sha256 TEXT NOT NULL, modified TEXT NOT NULL, revision TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS statements (
    function TEXT NOT NULL REFERENCES functions (name) ON DELETE CASCADE,
    sid TEXT NOT NULL, statement TEXT NOT NULL,
    PRIMARY KEY (function, sid)
) STRICT;
CREATE TABLE IF NOT EXISTS mappings (
    uuid TEXT PRIMARY KEY, queue TEXT NOT NULL, function TEXT NOT NULL,
    settings TEXT NOT NULL, modified REAL NOT NULL
) STRICT;
"""
_COLUMNS = "name, settings, tags, LENGTH(code) AS size, sha256, modified, revision"


class NoSuchFunction(KeyError):
    """There is no such function."""


class NoSuchMapping(KeyError):
    """There is no such event source mapping."""


@dataclass(frozen=True)
class Function:
    """A function's definition.

    Attributes:
        settings: as CreateFunction takes them: Handler, Timeout, MemorySize, Environment, ...
        size: of the code's archive, in bytes.
        sha256: of the code's archive, in base64.
        modified: the time of the last change: 2026-11-21T09:30:00.000+0000.
        revision: the revision id, new after each change.
    """

    name: str
    settings: JSON
    tags: Mapping[str, str]
    size: int
    sha256: str
    modified: str
    revision: str

    @property
    def timeout(self) -> int:
        """In seconds."""
        return int(self.settings["Timeout"])

    @property
    def variables(self) -> Mapping[str, str]:
        variables: Mapping[str, str] = self.settings.get("Environment", {}).get("Variables", {})
        return variables


@dataclass(frozen=True)
class EventSourceMapping:
    """A queue whose messages go to a function.

    Attributes:
        queue: the queue's ARN.
        settings: as CreateEventSourceMapping takes them.
    """

    uuid: str
    queue: str
    function: str
    settings: JSON
    modified: datetime


class FunctionCatalogue:
    """All functions of a home.

    Raises:
        InUse: another process works on this home.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "functions.sqlite", SCHEMA)

    def close(self) -> None:
        self._database.close()

    def get(self, name: str) -> Function:
        """Raises NoSuchFunction."""
        row = self._database.first(f"SELECT {_COLUMNS} FROM functions WHERE name = ?", name)  # noqa: S608 - constants
        if row is None:
            raise NoSuchFunction(name)
        return _function(row)

    def all(self) -> Sequence[Function]:
        rows = self._database.query(f"SELECT {_COLUMNS} FROM functions ORDER BY name")  # noqa: S608 - constants
        return [_function(row) for row in rows]

    def code(self, name: str) -> bytes:
        """The archive, a zip file."""
        row = self._database.first("SELECT code FROM functions WHERE name = ?", name)
        if row is None:
            raise NoSuchFunction(name)
        return bytes(row["code"])

    def add(self, name: str, settings: JSON, tags: Mapping[str, str], code: bytes) -> Function:
        """Add a function. Raises sqlite3.IntegrityError if there is one of this name."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO functions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (name, json.dumps(settings), json.dumps(dict(tags)), code, _digest(code), *_now()),
            )
        return self.get(name)

    def change(self, name: str, settings: JSON, code: bytes | None = None) -> Function:
        """Replace the settings; and the code, unless it is None."""
        self.get(name)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE functions SET settings = ?, modified = ?, revision = ? WHERE name = ?",
                (json.dumps(settings), *_now(), name),
            )
            if code is not None:
                connection.execute(
                    "UPDATE functions SET code = ?, sha256 = ? WHERE name = ?",
                    (code, _digest(code), name),
                )
        return self.get(name)

    def remove(self, name: str) -> None:
        self.get(name)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM functions WHERE name = ?", (name,))

    def statements(self, function: str) -> Mapping[str, JSON]:
        """The resource policy's statements, by their ids."""
        rows = self._database.query("SELECT * FROM statements WHERE function = ?", function)
        return {row["sid"]: json.loads(row["statement"]) for row in rows}

    def set_statement(self, function: str, sid: str, statement: JSON | None) -> None:
        """Set a statement of the resource policy; None removes it."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM statements WHERE function = ? AND sid = ?", (function, sid)
            )
            if statement:
                connection.execute(
                    "INSERT INTO statements VALUES (?, ?, ?)",
                    (function, sid, json.dumps(statement)),
                )

    def mapping(self, identifier: str) -> EventSourceMapping:
        """Raises NoSuchMapping."""
        row = self._database.first("SELECT * FROM mappings WHERE uuid = ?", identifier)
        if row is None:
            raise NoSuchMapping(identifier)
        return _mapping(row)

    def mappings(self) -> Sequence[EventSourceMapping]:
        return [_mapping(row) for row in self._database.query("SELECT * FROM mappings")]

    def save_mapping(self, identifier: str, queue: str, function: str, settings: JSON) -> None:
        now = datetime.now(UTC).timestamp()
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO mappings VALUES (?, ?, ?, ?, ?)",
                (identifier, queue, function, json.dumps(settings), now),
            )

    def remove_mapping(self, identifier: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM mappings WHERE uuid = ?", (identifier,))


def _function(row: sqlite3.Row) -> Function:
    return Function(
        row["name"],
        json.loads(row["settings"]),
        json.loads(row["tags"]),
        row["size"],
        row["sha256"],
        row["modified"],
        row["revision"],
    )


def _mapping(row: sqlite3.Row) -> EventSourceMapping:
    return EventSourceMapping(
        row["uuid"],
        row["queue"],
        row["function"],
        json.loads(row["settings"]),
        datetime.fromtimestamp(int(row["modified"]), UTC),
    )


def _digest(code: bytes) -> str:
    return base64.b64encode(sha256(code).digest()).decode()


def _now() -> tuple[str, str]:
    """The time now as Lambda writes it, and a new revision id."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    return moment, str(uuid.uuid4())
