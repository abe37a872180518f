"""The tables of Knowledge Bases, in one SQLite file.

    knowledge_bases 1 -- * data_sources 1 -- * ingestion_jobs    one of a base runs at a time
                                        1 -- * documents         in the index, or on their way

The table `documents` is also the worker's queue. A row has the request (`origin`, `requested`),
Bedrock's status (`status`, `reason`), and the state of the document that is in the store
(`content_etag`, `metadata_etag`). The worker acts on these statuses:

    STARTING, PENDING    --claim-->    IN_PROGRESS          --finish-->    INDEXED | FAILED
    DELETING             --claim-->    DELETE_IN_PROGRESS   --finish-->    (no row)

A request is a row before it is answered, so that it survives a crash. The store is written before
the row, so that a row never promises what the store does not have.
"""

from pathlib import Path

from app.local import control
from app.local.control.records import arn

SCHEMA = """
CREATE TABLE IF NOT EXISTS knowledge_bases (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    status      TEXT NOT NULL,      -- ACTIVE or DELETING
    record      TEXT NOT NULL       -- the rest of Bedrock's KnowledgeBase
);
CREATE TABLE IF NOT EXISTS data_sources (
    id          TEXT PRIMARY KEY,
    base        TEXT NOT NULL REFERENCES knowledge_bases ON DELETE CASCADE,
    name        TEXT NOT NULL,
    status      TEXT NOT NULL,      -- AVAILABLE or DELETING
    record      TEXT NOT NULL,      -- the rest of Bedrock's DataSource
    UNIQUE (base, name)
);
CREATE TABLE IF NOT EXISTS ingestion_jobs (
    id          TEXT PRIMARY KEY,
    base        TEXT NOT NULL,
    source      TEXT NOT NULL REFERENCES data_sources ON DELETE CASCADE,
    status      TEXT NOT NULL,      -- Bedrock's IngestionJobStatus
    description TEXT,
    started_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    failure_reasons TEXT NOT NULL DEFAULT '[]',
    -- Bedrock's statistics; how they add up stands in jobs.py
    scanned     INTEGER NOT NULL DEFAULT 0,
    metadata_scanned  INTEGER NOT NULL DEFAULT 0,
    new         INTEGER NOT NULL DEFAULT 0,
    modified    INTEGER NOT NULL DEFAULT 0,
    metadata_modified INTEGER NOT NULL DEFAULT 0,
    deleted     INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS documents (
    source      TEXT NOT NULL REFERENCES data_sources ON DELETE CASCADE,
    uri         TEXT NOT NULL,      -- s3://bucket/key, or custom:id
    origin      TEXT NOT NULL,      -- where it comes from: fetch.Origin
    requested   INTEGER NOT NULL,   -- when it was last asked for, in ns: orders the queue, and
                                    -- tells a result of the last request from one of an earlier
    job         TEXT,               -- the ingestion job that asked; NULL: a direct call
    status      TEXT NOT NULL,      -- Bedrock's DocumentStatus
    reason      TEXT,
    updated_at  TEXT NOT NULL,
    claimed     INTEGER NOT NULL DEFAULT 0,     -- the worker has it in hand
    content_etag  TEXT,             -- of what the store holds; NULL: nothing
    metadata_etag TEXT,
    PRIMARY KEY (source, uri)
);
CREATE TABLE IF NOT EXISTS contents (           -- of documents that the caller sent
    source      TEXT NOT NULL,
    uri         TEXT NOT NULL,
    data        BLOB NOT NULL,
    PRIMARY KEY (source, uri),
    FOREIGN KEY (source, uri) REFERENCES documents ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS set_aside (          -- documents that would hold up others
    source      TEXT NOT NULL,
    uri         TEXT NOT NULL,
    PRIMARY KEY (source, uri),
    FOREIGN KEY (source, uri) REFERENCES documents ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS warnings (           -- about documents in the store
    source      TEXT NOT NULL,
    uri         TEXT NOT NULL,
    texts       TEXT NOT NULL,      -- one on each line
    PRIMARY KEY (source, uri),
    FOREIGN KEY (source, uri) REFERENCES documents ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS rebuilding (         -- documents that the store lost, asked for again
    source      TEXT NOT NULL,
    uri         TEXT NOT NULL,
    requested   INTEGER NOT NULL,   -- that request of the document; a later one is another matter
    PRIMARY KEY (source, uri),
    FOREIGN KEY (source, uri) REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS documents_waiting ON documents (job IS NOT NULL, requested)
    WHERE NOT claimed AND status IN ('STARTING', 'PENDING', 'DELETING');
CREATE INDEX IF NOT EXISTS documents_of_job ON documents (job, status);
CREATE VIEW IF NOT EXISTS waiting AS SELECT rowid AS number, * FROM documents
    WHERE NOT claimed AND status IN ('STARTING', 'PENDING', 'DELETING');
CREATE VIEW IF NOT EXISTS unsettled AS SELECT * FROM documents
    WHERE status IN ('STARTING', 'PENDING', 'DELETING', 'IN_PROGRESS', 'DELETE_IN_PROGRESS');
CREATE VIEW IF NOT EXISTS running_jobs AS SELECT * FROM ingestion_jobs
    WHERE status IN ('STARTING', 'IN_PROGRESS', 'STOPPING');
"""


class State(control.State):
    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA)


def knowledge_base_arn(base: str) -> str:
    return arn(f"knowledge-base/{base}")
