"""The tables of a store's database, and what earlier versions had otherwise."""

import sqlite3
from pathlib import Path

from app.local.engine.store.contract import StoreError

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


def prepare(database: sqlite3.Connection, file: Path) -> None:
    """Make the tables in a new file, or bring those of an earlier version up to date.

    Raises:
        StoreError: another version wrote the file.
    """
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version == 0:
        database.execute("PRAGMA page_size = 8192")  # bytes; of chunks, 3 and not 1
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(SCHEMA)
    elif version in UPGRADES:
        steps = "\n".join(UPGRADES[step] for step in range(version, VERSION))
        database.executescript(f"BEGIN;\n{steps}\nPRAGMA user_version = {VERSION};\nCOMMIT;")
    elif version != VERSION:
        raise StoreError(
            f"{file} was written by another version of Outcrop ({version}; this one reads "
            f"{VERSION}). Remove {file.parent} and ingest its documents again."
        )
