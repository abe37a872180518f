"""The tables of agents, in one SQLite file.

    agents 1 -- * versions 1 -- * action_groups
                           1 -- * knowledge_bases
           1 -- * aliases

DRAFT is a version like the others, and the only one that its operations change. What it was when it
was last prepared is kept beside it as PREPARED, which no operation shows: that is what is invoked.
"""

from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.control.errors import not_found
from app.local.control.records import arn, decode, encode
from app.local.wire import JSON, ServiceError

SCHEMA = """
CREATE TABLE IF NOT EXISTS agents (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    latest      INTEGER NOT NULL DEFAULT 0  -- the last number that a version was given
);
CREATE TABLE IF NOT EXISTS versions (
    agent       TEXT NOT NULL REFERENCES agents ON DELETE CASCADE,
    version     TEXT NOT NULL,      -- DRAFT, PREPARED or a number
    status      TEXT NOT NULL,      -- Bedrock's AgentStatus
    record      TEXT NOT NULL,      -- the rest of Bedrock's Agent
    PRIMARY KEY (agent, version)
);
CREATE TABLE IF NOT EXISTS action_groups (
    agent       TEXT NOT NULL,
    version     TEXT NOT NULL,
    id          TEXT NOT NULL,      -- the same in every version
    name        TEXT NOT NULL,
    record      TEXT NOT NULL,      -- the rest of Bedrock's AgentActionGroup
    openapi     TEXT,               -- the document behind apiSchema, as it was last read
    PRIMARY KEY (agent, version, id),
    UNIQUE (agent, version, name),
    FOREIGN KEY (agent, version) REFERENCES versions ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS knowledge_bases (
    agent       TEXT NOT NULL,
    version     TEXT NOT NULL,
    id          TEXT NOT NULL,
    record      TEXT NOT NULL,      -- the rest of Bedrock's AgentKnowledgeBase
    PRIMARY KEY (agent, version, id),
    FOREIGN KEY (agent, version) REFERENCES versions ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS aliases (
    agent       TEXT NOT NULL REFERENCES agents ON DELETE CASCADE,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    record      TEXT NOT NULL,      -- the rest of Bedrock's AgentAlias
    PRIMARY KEY (agent, id),
    UNIQUE (agent, name)
);
"""
DRAFT = "DRAFT"
PREPARED = "PREPARED"
"""The version that DRAFT was when it was last prepared."""
PAGE = 10  # items: the most that the model allows in a response


def agent_arn(agent: str) -> str:
    return arn(f"agent/{agent}")


def alias_arn(agent: str, alias: str) -> str:
    return arn(f"agent-alias/{agent}/{alias}")


def find(db: Connection, agent: str, version: str = DRAFT) -> Row:
    """The row of an agent's version.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    if not db.execute("SELECT 1 FROM agents WHERE id = ?", (agent,)).fetchone():
        raise not_found("Agent", agent)
    row: Row | None = db.execute(
        "SELECT * FROM versions WHERE agent = ? AND version = ?", (agent, version)
    ).fetchone()
    if row is None:
        message = f"Agent with id {agent} has no version {version}."
        raise ServiceError("ResourceNotFoundException", message)
    return row


def put(db: Connection, agent: str, status: str, record: JSON) -> None:
    """Replace DRAFT."""
    db.execute(
        "UPDATE versions SET status = ?, record = ? WHERE agent = ? AND version = ?",
        (status, encode(record), agent, DRAFT),
    )


def copy(db: Connection, agent: str, version: str, record: JSON) -> None:
    """Make a version of DRAFT, with its action groups and Knowledge Bases, and this record."""
    db.execute(
        "INSERT INTO versions VALUES (?, ?, 'PREPARED', ?)", (agent, version, encode(record))
    )
    db.execute(
        "INSERT INTO action_groups SELECT agent, ?, id, name, record, openapi"
        " FROM action_groups WHERE agent = ? AND version = ?",
        (version, agent, DRAFT),
    )
    db.execute(
        "INSERT INTO knowledge_bases SELECT agent, ?, id, record"
        " FROM knowledge_bases WHERE agent = ? AND version = ?",
        (version, agent, DRAFT),
    )


def mark_unprepared(db: Connection, agent: str) -> None:
    """Record that DRAFT has changed since it was prepared."""
    record = decode(find(db, agent)["record"]) | {"updatedAt": datetime.now(UTC)}
    for outcome in ("failureReasons", "recommendedActions"):
        record.pop(outcome, None)
    put(db, agent, "NOT_PREPARED", record)


def exists(db: Connection, resource: str) -> bool:
    """Whether an agent or an alias has this ARN."""
    identifier = resource.rpartition(":")[2]
    return bool(
        db.execute(
            "SELECT 1 FROM agents WHERE 'agent/' || id = ? UNION ALL"
            " SELECT 1 FROM aliases WHERE 'agent-alias/' || agent || '/' || id = ?",
            (identifier, identifier),
        ).fetchone()
    )
