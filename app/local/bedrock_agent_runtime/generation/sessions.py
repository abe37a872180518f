"""Sessions: the turns of a conversation, kept for as long as Bedrock keeps them.

A session begins with a request that names none, lasts 24 hours from there, whatever happens in it,
and belongs to one Knowledge Base, or to external sources. Its turns are durable before the answer
is complete. The key that encrypts it on AWS is remembered, and encrypts nothing here.

https://repost.aws/knowledge-center/bedrock-reuse-knowledge-base-session
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from app.local.control.errors import invalid
from app.local.database import Database
from app.local.wire import JSON, ServiceError

LIFETIME = timedelta(hours=24)
MEMORY = 6  # the latest turns, which a model is shown

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    id            TEXT PRIMARY KEY,
    created_at    TEXT NOT NULL,
    place         TEXT NOT NULL,      -- the Knowledge Base, or that the sources are external
    kms_key       TEXT,               -- the ARN of the key that the session was begun with
    configuration TEXT NOT NULL       -- of the latest answer
);
CREATE INDEX IF NOT EXISTS sessions_by_age ON sessions (created_at);
CREATE TABLE IF NOT EXISTS turns (
    session       TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    question      TEXT NOT NULL,
    answer        TEXT NOT NULL,
    PRIMARY KEY (session, number)
);
"""


@dataclass(frozen=True)
class AnswerSession:
    """A conversation so far.

    Attributes:
        turns: the latest questions and answers, oldest first.
        configuration: of this request, or if it has none, of the latest answer.
    """

    id: str
    turns: tuple[tuple[str, str], ...]
    configuration: JSON


class Sessions:
    """The sessions of a home; they lie in `home/sessions`.

    Args:
        now: says which sessions are over.
    """

    def __init__(self, home: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = Database(home / "sessions" / "state.sqlite", SCHEMA)
        self._now = now

    def close(self) -> None:
        self._database.close()

    def begin(self, configuration: JSON, kms_key: str | None) -> AnswerSession:
        """Begin a session, and forget those whose time is over."""
        session, now = str(uuid4()), self._now()
        with self._database.transaction() as db:
            db.execute("DELETE FROM sessions WHERE created_at < ?", ((now - LIFETIME).isoformat(),))
            db.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
                (
                    session,
                    now.isoformat(),
                    _place(configuration),
                    kms_key,
                    json.dumps(_memorable(configuration)),
                ),
            )
        return AnswerSession(session, (), configuration)

    def resume(
        self, identifier: str, configuration: JSON | None, kms_key: str | None
    ) -> AnswerSession:
        """The session with this id, which goes on as it was configured last, or by a new
        configuration for the same place.

        Raises:
            ServiceError: ValidationException: there is no such session or it is over, or it is of
                another Knowledge Base or key.
        """
        with self._database.transaction() as db:
            row = db.execute(
                "SELECT * FROM sessions WHERE id = ? AND created_at >= ?",
                (identifier, (self._now() - LIFETIME).isoformat()),
            ).fetchone()
            if row is None:
                raise ServiceError(
                    "ValidationException",
                    f"Session with Id {identifier} is not valid. Please check and try again.",
                    fieldList=[{"name": "sessionId", "message": "is not valid."}],
                )
            if configuration is not None and _place(configuration) != row["place"]:
                raise invalid("retrieveAndGenerateConfiguration", FIXED)
            if kms_key is not None and kms_key != row["kms_key"]:
                raise invalid("sessionConfiguration.kmsKeyArn", KEY_FIXED)
            if configuration is None:
                configuration = json.loads(row["configuration"])
            turns = db.execute(
                "SELECT question, answer FROM turns WHERE session = ? ORDER BY number DESC LIMIT ?",
                (identifier, MEMORY),
            ).fetchall()
        latest = tuple((turn["question"], turn["answer"]) for turn in reversed(turns))
        return AnswerSession(identifier, latest, configuration or {})

    def add(self, session: AnswerSession, question: str, answer: str) -> None:
        """A turn of a session, the latest now, and its configuration, by which the session goes on.
        Nothing is kept of a session that is over.
        """
        with self._database.transaction() as db:
            db.execute(
                "UPDATE sessions SET configuration = ? WHERE id = ?",
                (json.dumps(_memorable(session.configuration)), session.id),
            )
            db.execute(
                "INSERT INTO turns SELECT id, "
                "(SELECT COALESCE(MAX(number), 0) + 1 FROM turns WHERE session = id), ?, ? "
                "FROM sessions WHERE id = ?",
                (question, answer, session.id),
            )


FIXED = "Knowledge base configurations cannot be modified for an ongoing session."
KEY_FIXED = "must be the key that the session was begun with, or be left out."


def _place(configuration: JSON) -> str:
    """What a session belongs to, for as long as it lasts."""
    base = configuration.get("knowledgeBaseConfiguration") or {}
    return base.get("knowledgeBaseId") or str(configuration["type"])


def _memorable(configuration: JSON) -> JSON:
    """A configuration without the bytes of external sources, which come with each request."""
    external = configuration.get("externalSourcesConfiguration")
    if external is None:
        return configuration
    return {**configuration, "externalSourcesConfiguration": {**external, "sources": []}}
