"""Tables and items on the disk: the calls that define a table, and each item as it is."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from sqlite3 import Connection
from typing import NamedTuple

from app.local.control.records import decode, encode
from app.local.database import Database
from app.local.wire import JSON

SCHEMA = """
CREATE TABLE IF NOT EXISTS tables (
    name        TEXT PRIMARY KEY,
    keys        TEXT NOT NULL,      -- the names of its key's attributes, a JSON list
    arn         TEXT NOT NULL,
    facts       TEXT NOT NULL       -- what was made up with it, as when; a JSON object
);
CREATE TABLE IF NOT EXISTS definitions (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    table_name  TEXT NOT NULL REFERENCES tables ON DELETE CASCADE,
    operation   TEXT NOT NULL,
    body        TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS definitions_by_table ON definitions (table_name);
CREATE TABLE IF NOT EXISTS items (
    table_name  TEXT NOT NULL REFERENCES tables ON DELETE CASCADE,
    key         TEXT NOT NULL,
    item        TEXT NOT NULL,
    PRIMARY KEY (table_name, key)
) WITHOUT ROWID;
"""


class StoredTable(NamedTuple):
    """A table that was made, with the names of its key's attributes."""

    name: str
    keys: list[str]
    arn: str
    facts: JSON


class Storage:
    """The file of a home's tables. It is written when a call has been carried out, and before it is
    answered; it is read when the stand-in starts.

    Raises:
        Damaged, InUse: as `Database` does.
    """

    def __init__(self, home: Path) -> None:
        self._database = Database(home / "dynamodb" / "tables.sqlite", SCHEMA)
        self.transaction = self._database.transaction

    def tables(self) -> Iterator[StoredTable]:
        for row in self._database.query("SELECT * FROM tables ORDER BY name"):
            yield StoredTable(
                row["name"], json.loads(row["keys"]), row["arn"], decode(row["facts"])
            )

    def definitions(self, table: str) -> Iterator[tuple[str, JSON]]:
        """The operations that define a table, and their bodies."""
        rows = self._database.query(
            "SELECT operation, body FROM definitions WHERE table_name = ? ORDER BY number", table
        )
        return ((row["operation"], json.loads(row["body"])) for row in rows)

    def items(self, table: str) -> Iterator[JSON]:
        rows = self._database.query("SELECT item FROM items WHERE table_name = ?", table)
        return (json.loads(row["item"]) for row in rows)

    def close(self) -> None:
        self._database.close()


def add_table(connection: Connection, table: StoredTable) -> None:
    connection.execute(
        "INSERT INTO tables VALUES (?, ?, ?, ?)",
        (table.name, json.dumps(table.keys), table.arn, encode(table.facts)),
    )


def set_facts(connection: Connection, table: str, facts: JSON) -> None:
    values = encode(facts), table
    connection.execute("UPDATE tables SET facts = ? WHERE name = ?", values)


def add_definition(connection: Connection, table: str, operation: str, body: JSON) -> None:
    connection.execute(
        "INSERT INTO definitions (table_name, operation, body) VALUES (?, ?, ?)",
        (table, operation, json.dumps(body)),
    )


def remove_table(connection: Connection, table: str) -> None:
    connection.execute("DELETE FROM tables WHERE name = ?", (table,))


def set_items(connection: Connection, items: Iterable[tuple[str, str, JSON | None]]) -> None:
    """Items by table and key; None removes one."""
    for table, key, item in items:
        if item is None:
            connection.execute("DELETE FROM items WHERE table_name = ? AND key = ?", (table, key))
        else:
            connection.execute(
                "INSERT OR REPLACE INTO items VALUES (?, ?, ?)", (table, key, json.dumps(item))
            )
