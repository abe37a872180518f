"""What is known of Knowledge Bases, in one SQLite file.

    knowledge_bases 1 -- * data_sources 1 -- * ingestion_jobs    one at a time runs, a base
                                        1 -- * documents         what is indexed, or is to be

    client_tokens       answers to be given again to a caller who asks again
    tags                of any resource, by its ARN

The table `documents` is also the queue of the worker. A row says what was asked for (`origin`,
`requested`), what Bedrock calls its state (`status`, `reason`), and what of it the store holds
(`content_etag`, `metadata_etag`). The statuses that the worker has to do something about:

    STARTING, PENDING  --claim-->  IN_PROGRESS         --finish-->  INDEXED | FAILED
    DELETING           --claim-->  DELETE_IN_PROGRESS  --finish-->  (no row)

A request is a row before it is answered, so that it survives a crash; and the store is written
before the row says so, so that a row never promises what the store does not hold.
"""

import hashlib
import json
import secrets
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Any

from app.local.database import Database
from app.local.wire import JSON, ServiceError

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
CREATE INDEX IF NOT EXISTS documents_waiting ON documents (job IS NOT NULL, requested)
    WHERE NOT claimed AND status IN ('STARTING', 'PENDING', 'DELETING');
CREATE INDEX IF NOT EXISTS documents_of_job ON documents (job, status);
CREATE VIEW IF NOT EXISTS waiting AS SELECT rowid AS number, * FROM documents
    WHERE NOT claimed AND status IN ('STARTING', 'PENDING', 'DELETING');
CREATE VIEW IF NOT EXISTS unsettled AS SELECT * FROM documents
    WHERE status IN ('STARTING', 'PENDING', 'DELETING', 'IN_PROGRESS', 'DELETE_IN_PROGRESS');
CREATE VIEW IF NOT EXISTS running_jobs AS SELECT * FROM ingestion_jobs
    WHERE status IN ('STARTING', 'IN_PROGRESS', 'STOPPING');
CREATE TABLE IF NOT EXISTS client_tokens (
    operation   TEXT NOT NULL,
    token       TEXT NOT NULL,
    request     TEXT NOT NULL,      -- a digest of the parameters
    answer      TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    PRIMARY KEY (operation, token)
);
CREATE INDEX IF NOT EXISTS client_tokens_by_age ON client_tokens (created_at);
CREATE TABLE IF NOT EXISTS tags (
    arn         TEXT NOT NULL,
    key         TEXT NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (arn, key)
);
"""

ACCOUNT = "000000000000"
REGION = "us-east-1"
TOKENS_LIVE = timedelta(hours=1)
_ID_CHARACTERS = string.digits + string.ascii_uppercase

Act = Callable[[Connection, JSON], JSON]


class State(Database):
    """The file. A transaction is an answer's: all of it or nothing, durable before it is given."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA)

    def once(self, operation: str, act: Act, params: JSON) -> JSON:
        """Act in a transaction, once a `clientToken`: who asks again is given the same answer.

        Raises:
            ServiceError: ConflictException, where the token came with another request before.
        """
        asked = {name: value for name, value in params.items() if name != "clientToken"}
        token = params.get("clientToken")
        with self.transaction() as db:
            if token is None:
                return act(db, asked)
            request = digest(asked)
            earlier = db.execute(
                "SELECT request, answer FROM client_tokens WHERE operation = ? AND token = ?",
                (operation, token),
            ).fetchone()
            if earlier:
                return _same(earlier, request)
            answer, now = act(db, asked), datetime.now(UTC)
            db.execute(
                "DELETE FROM client_tokens WHERE created_at < ?", ((now - TOKENS_LIVE).isoformat(),)
            )
            db.execute(
                "INSERT INTO client_tokens VALUES (?, ?, ?, ?, ?)",
                (operation, token, request, encode(answer), now.isoformat()),
            )
            return answer


def _same(earlier: Row, request: str) -> JSON:
    if earlier["request"] != request:
        raise ServiceError(
            "ConflictException",
            "The clientToken was sent before with another request. "
            "Send a token of its own with every request.",
        )
    return decode(earlier["answer"])


def new_id() -> str:
    """A resource's id, as Bedrock's: ten digits and capital letters."""
    return "".join(secrets.choice(_ID_CHARACTERS) for _ in range(10))


def knowledge_base_arn(base: str) -> str:
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/{base}"


def encode(value: JSON) -> str:
    """JSON in which a timestamp is an object of its own, for `decode` to know it by.

    >>> encode({"createdAt": datetime(2026, 1, 2, tzinfo=UTC)})
    '{"createdAt": {"$timestamp": "2026-01-02T00:00:00+00:00"}}'
    """
    return json.dumps(value, default=lambda moment: {"$timestamp": moment.isoformat()})


def decode(text: str) -> JSON:
    """What `encode` was given.

    >>> decode('{"createdAt": {"$timestamp": "2026-01-02T00:00:00+00:00"}}')
    {'createdAt': datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)}
    """
    decoded: JSON = json.loads(text, object_hook=_timestamp)
    return decoded


def _timestamp(value: JSON) -> Any:
    return datetime.fromisoformat(value["$timestamp"]) if value.keys() == {"$timestamp"} else value


def digest(value: Any) -> str:
    """A name for a JSON value that may hold bytes; equal for equal values only."""
    text = json.dumps(value, sort_keys=True, default=lambda data: hashlib.sha256(data).hexdigest())
    return hashlib.sha256(text.encode()).hexdigest()
