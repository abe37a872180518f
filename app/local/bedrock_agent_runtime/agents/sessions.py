"""Sessions of agents: what was said, attributes, and a turn that waits for its caller.

A session begins with its first turn, ends with `endSession`, and is forgotten when it was not used
for the agent's idle time.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Row

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
"""
Key = tuple[str, str, str]
"""An agent, an alias and a session id."""


@dataclass(frozen=True, slots=True)
class AgentSession:
    """A session between two turns.

    Attributes:
        exchanges: questions and answers, oldest first.
        attributes: `sessionAttributes`, which last as long as the session.
        waiting: the turn that returned control; None if there is none.
    """

    exchanges: tuple[tuple[str, str], ...] = ()
    attributes: JSON = field(default_factory=dict)
    waiting: JSON | None = None

    def with_exchange(self, question: str, answer: str) -> "AgentSession":
        """The session after a turn."""
        return replace(self, exchanges=(*self.exchanges, (question, answer)), waiting=None)


class AgentSessions(Database):
    """The sessions of all agents of a home."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "agents" / "sessions.sqlite", SCHEMA)

    def get(self, key: Key) -> AgentSession:
        """A session; a new one, where there is none or its time is over."""
        with self.transaction() as db:
            row: Row | None = db.execute(
                "SELECT record FROM sessions WHERE agent = ? AND alias = ? AND id = ?"
                " AND ends_at > ?",
                (*key, _now().isoformat()),
            ).fetchone()
        if row is None:
            return AgentSession()
        record = decode(row["record"])
        return AgentSession(
            tuple((question, answer) for question, answer in record["exchanges"]),
            record["attributes"],
            record["waiting"],
        )

    def put(self, key: Key, session: AgentSession, idle_seconds: int) -> None:
        """Keep a session, and forget those whose time is over."""
        record = {
            "exchanges": [list(each) for each in session.exchanges],
            "attributes": session.attributes,
            "waiting": session.waiting,
        }
        now = _now()
        ends_at = now + timedelta(seconds=idle_seconds)
        with self.transaction() as db:
            db.execute("DELETE FROM sessions WHERE ends_at <= ?", (now.isoformat(),))
            db.execute(
                "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?)",
                (*key, encode(record), ends_at.isoformat()),
            )

    def end(self, key: Key) -> None:
        """Forget a session, its attributes and the turn that waits in it."""
        with self.transaction() as db:
            db.execute("DELETE FROM sessions WHERE agent = ? AND alias = ? AND id = ?", key)


def _now() -> datetime:
    return datetime.now(UTC)
