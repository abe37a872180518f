"""The file of a control plane, and the operations on it."""

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
TOKEN_LIFETIME = timedelta(hours=1)

Act = Callable[[Connection, JSON], JSON]


class Plane(Protocol):
    """Answers the operations of a control plane."""

    def read(self, act: Act, params: JSON) -> JSON:
        """Answer an operation that changes nothing."""

    def write(self, operation: str, act: Act, params: JSON) -> JSON:
        """Answer an operation that changes something, once for each client token."""


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
    """The file of a control plane. An operation is one transaction, durable before it is answered.

    Args:
        schema: the plane's own tables; those of tokens and tags are added.
    """

    def __init__(self, path: Path, schema: str) -> None:
        super().__init__(path, schema + SCHEMA)

    def read(self, act: Act, params: JSON) -> JSON:
        with self.transaction() as db:
            return act(db, params)

    def write(self, operation: str, act: Act, params: JSON) -> JSON:
        """Act once for each client token: a repeated request gets the answer of the first.

        Raises:
            ServiceError: ConflictException, the token came with another request before.
        """
        arguments = {name: value for name, value in params.items() if name not in TOKENS}
        token = next((params[name] for name in TOKENS if name in params), None)
        with self.transaction() as db:
            if token is None:
                return act(db, arguments)
            request = digest(arguments)
            earlier = db.execute(
                "SELECT request, answer FROM client_tokens WHERE operation = ? AND token = ?",
                (operation, token),
            ).fetchone()
            if earlier:
                return _earlier_answer(earlier, request)
            answer, now = act(db, arguments), datetime.now(UTC)
            db.execute(
                "DELETE FROM client_tokens WHERE created_at < ?",
                ((now - TOKEN_LIFETIME).isoformat(),),
            )
            db.execute(
                "INSERT INTO client_tokens VALUES (?, ?, ?, ?, ?)",
                (operation, token, request, encode(answer), now.isoformat()),
            )
            return answer


def _earlier_answer(earlier: Row, request: str) -> JSON:
    if earlier["request"] != request:
        raise ServiceError(
            "ConflictException",
            "The client token was sent before with another request. "
            "Send a token of its own with every request.",
        )
    return decode(earlier["answer"])
