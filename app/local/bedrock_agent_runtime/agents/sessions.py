"""Sessions of agents: what was said, attributes, and a turn that waits for its caller; and what is
remembered of them.

A session begins with its first turn, and ends with `endSession` or when it was not used for the
agent's idle time. Then it is forgotten; one with a memory waits until it is summed up.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection, Row

from app.local.bedrock_agent_runtime.agents.steps import Exchange
from app.local.control.records import decode, encode
from app.local.database import Database
from app.local.wire import JSON

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    agent       TEXT NOT NULL,
    alias       TEXT NOT NULL,
    id          TEXT NOT NULL,
    record      TEXT NOT NULL,
    ends_at     TEXT NOT NULL,      -- when it is forgotten
    PRIMARY KEY (agent, alias, id)
);
CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (ends_at);
CREATE TABLE IF NOT EXISTS memory_sessions (    -- sessions that are to be summed up
    agent       TEXT NOT NULL,
    alias       TEXT NOT NULL,
    id          TEXT NOT NULL,
    memory      TEXT NOT NULL,
    PRIMARY KEY (agent, alias, id)
);
CREATE TABLE IF NOT EXISTS summaries (
    agent       TEXT NOT NULL,
    alias       TEXT NOT NULL,
    memory      TEXT NOT NULL,
    session     TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    ended_at    TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    text        TEXT NOT NULL,
    PRIMARY KEY (agent, alias, memory, session, started_at)
);
"""
Key = tuple[str, str, str]
"""An agent, an alias and a session id."""
_FORGET_MEMORY = "DELETE FROM memory_sessions WHERE agent = ? AND alias = ? AND id = ?"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class AgentSession:
    """A session between two turns.

    Attributes:
        exchanges: turns that are over, oldest first.
        attributes: `sessionAttributes`, which last as long as the session.
        waiting: the turn that returned control; None if there is none.
        memory: the `memoryId` that it is remembered under; empty if it is not.
        started_at: when it began.
    """

    exchanges: tuple[Exchange, ...] = ()
    attributes: JSON = field(default_factory=dict)
    waiting: JSON | None = None
    memory: str = ""
    started_at: datetime = field(default_factory=_now)

    def with_exchange(self, exchange: Exchange) -> "AgentSession":
        """The session after a turn."""
        return replace(self, exchanges=(*self.exchanges, exchange), waiting=None)


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """What is remembered of a session."""

    memory: str
    session: str
    started_at: datetime
    ended_at: datetime
    expires_at: datetime
    text: str


class AgentSessions(Database):
    """The sessions of all agents of a home."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "agents" / "sessions.sqlite", SCHEMA)

    def get(self, key: Key) -> AgentSession:
        """A session; a new one, where there is none or its time is over."""
        row = self.first(
            "SELECT record FROM sessions WHERE agent = ? AND alias = ? AND id = ? AND ends_at > ?",
            *key,
            _now().isoformat(),
        )
        return AgentSession() if row is None else _session(row)

    def put(self, key: Key, session: AgentSession, idle_seconds: int) -> None:
        """Keep a session, and forget those whose time is over."""
        record = {
            "exchanges": [each.as_json() for each in session.exchanges],
            "attributes": session.attributes,
            "waiting": session.waiting,
            "memory": session.memory,
            "startedAt": session.started_at,
        }
        now = _now()
        ends_at = now + timedelta(seconds=idle_seconds)
        with self.transaction() as db:
            db.execute(
                "DELETE FROM sessions WHERE ends_at <= ? AND NOT EXISTS (SELECT 1 FROM"
                " memory_sessions AS one WHERE one.agent = sessions.agent"
                " AND one.alias = sessions.alias AND one.id = sessions.id)",
                (now.isoformat(),),
            )
            db.execute(
                "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?)",
                (*key, encode(record), ends_at.isoformat()),
            )
            db.execute(_FORGET_MEMORY, key)
            if session.memory:
                db.execute(
                    "INSERT OR REPLACE INTO memory_sessions VALUES (?, ?, ?, ?)",
                    (*key, session.memory),
                )

    def end(self, key: Key) -> None:
        """Forget a session, its attributes and the turn that waits in it."""
        with self.transaction() as db:
            _forget(db, key)

    def over(
        self, agent: str, alias: str, memory: str, session: str = ""
    ) -> list[tuple[Key, AgentSession, datetime]]:
        """The sessions whose time is over and that are to be summed up, with their ends: those with
        this memory, and the one with this id.
        """
        rows = self.query(
            "SELECT sessions.* FROM sessions JOIN memory_sessions USING (agent, alias, id)"
            " WHERE agent = ? AND alias = ? AND (memory = ? OR id = ?) AND ends_at <= ?"
            " ORDER BY ends_at",
            agent,
            alias,
            memory,
            session,
            _now().isoformat(),
        )
        return [
            ((agent, alias, row["id"]), _session(row), datetime.fromisoformat(row["ends_at"]))
            for row in rows
        ]

    def remember(self, key: Key, summary: SessionSummary) -> None:
        """Keep what is remembered of a session in its place, and forget what is too old."""
        agent, alias, _ = key
        with self.transaction() as db:
            db.execute("DELETE FROM summaries WHERE expires_at <= ?", (_now().isoformat(),))
            db.execute(
                "INSERT OR IGNORE INTO summaries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    agent,
                    alias,
                    summary.memory,
                    summary.session,
                    summary.started_at.isoformat(),
                    summary.ended_at.isoformat(),
                    summary.expires_at.isoformat(),
                    summary.text,
                ),
            )
            _forget(db, key)

    def summaries(self, agent: str, alias: str, memory: str) -> list[SessionSummary]:
        """What is remembered under a memory id, the latest session first."""
        rows = self.query(
            "SELECT * FROM summaries WHERE agent = ? AND alias = ? AND memory = ?"
            " AND expires_at > ? ORDER BY ended_at DESC, session",
            agent,
            alias,
            memory,
            _now().isoformat(),
        )
        return [
            SessionSummary(
                row["memory"],
                row["session"],
                datetime.fromisoformat(row["started_at"]),
                datetime.fromisoformat(row["ended_at"]),
                datetime.fromisoformat(row["expires_at"]),
                row["text"],
            )
            for row in rows
        ]

    def forget_memory(
        self, agent: str, alias: str, memory: str | None, session: str | None
    ) -> None:
        """Forget what is remembered of an alias: under one memory id, of one session, or all."""
        with self.transaction() as db:
            db.execute(
                "DELETE FROM summaries WHERE agent = ? AND alias = ?"
                " AND (? IS NULL OR memory = ?) AND (? IS NULL OR session = ?)",
                (agent, alias, memory, memory, session, session),
            )
            db.execute(
                "DELETE FROM memory_sessions WHERE agent = ? AND alias = ?"
                " AND (? IS NULL OR memory = ?) AND (? IS NULL OR id = ?)",
                (agent, alias, memory, memory, session, session),
            )


def _session(row: Row) -> AgentSession:
    record = decode(row["record"])
    return AgentSession(
        tuple(map(Exchange.of, record["exchanges"])),
        record["attributes"],
        record["waiting"],
        record.get("memory", ""),
        record.get("startedAt") or _now(),
    )


def _forget(db: Connection, key: Key) -> None:
    db.execute("DELETE FROM sessions WHERE agent = ? AND alias = ? AND id = ?", key)
    db.execute(_FORGET_MEMORY, key)
