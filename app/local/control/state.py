"""The file of a control plane, and how an operation acts on it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Protocol

from app.local.control.records import decode, digest, encode
from app.local.database import Database
from app.local.wire import JSON, Call, Service, ServiceError

SCHEMA = """
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

TOKENS = ("clientToken", "clientRequestToken")
TOKENS_LIVE = timedelta(hours=1)

Act = Callable[[Connection, JSON], JSON]


class Plane(Protocol):
    """What answers the operations of a control plane."""

    def read(self, act: Act, params: JSON) -> JSON:
        """Answer an operation that changes nothing."""

    def write(self, operation: str, act: Act, params: JSON) -> JSON:
        """Answer an operation that changes something, once a token."""


def operations(plane: Plane, reads: Mapping[str, Act], writes: Mapping[str, Act]) -> Service:
    """The handlers of a plane's operations, by name."""

    def reading(act: Act, call: Call) -> JSON:
        return plane.read(act, call.params)

    def writing(act: Act, call: Call) -> JSON:
        return plane.write(call.operation, act, call.params)

    return {name: partial(reading, act) for name, act in reads.items()} | {
        name: partial(writing, act) for name, act in writes.items()
    }


class State(Database):
    """The file. A transaction is an answer's: all of it or nothing, durable before it is given.

    Args:
        schema: of the plane's own tables. Tokens and tags have theirs.
    """

    def __init__(self, path: Path, schema: str) -> None:
        super().__init__(path, schema + SCHEMA)

    def read(self, act: Act, params: JSON) -> JSON:
        with self.transaction() as db:
            return act(db, params)

    def write(self, operation: str, act: Act, params: JSON) -> JSON:
        """Act once a `clientToken`: who asks again is given the same answer.

        Raises:
            ServiceError: ConflictException, where the token came with another request before.
        """
        asked = {name: value for name, value in params.items() if name not in TOKENS}
        token = next((params[name] for name in TOKENS if name in params), None)
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
            "The client token was sent before with another request. "
            "Send a token of its own with every request.",
        )
    return decode(earlier["answer"])
