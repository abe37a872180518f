"""Guardrails and their versions.

    DRAFT   what CreateGuardrail and UpdateGuardrail write
    1, 2 …  each what DRAFT was at a CreateGuardrailVersion; no number is given twice

On AWS a guardrail is CREATING, UPDATING or VERSIONING for some seconds. Here it is READY when the
call is answered.
"""

import string
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock import tagging
from app.local.bedrock.guardrails import policies
from app.local.control import pages, tags
from app.local.control.errors import not_found, unique
from app.local.control.records import arn, decode, encode, new_id
from app.local.wire import JSON, ServiceError

SCHEMA = """
CREATE TABLE IF NOT EXISTS guardrails (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    latest      INTEGER NOT NULL DEFAULT 0  -- the last number that a version was given
);
CREATE TABLE IF NOT EXISTS versions (
    guardrail   TEXT NOT NULL REFERENCES guardrails ON DELETE CASCADE,
    version     TEXT NOT NULL,              -- DRAFT or a number
    record      TEXT NOT NULL,              -- the rest of what GetGuardrail answers
    PRIMARY KEY (guardrail, version)
);
"""
DRAFT = "DRAFT"
MAX_GUARDRAILS = 100
MAX_VERSIONS = 20


def create(db: Connection, params: JSON) -> JSON:
    definition = policies.definition(params)
    (count,) = db.execute("SELECT count(*) FROM guardrails").fetchone()
    _check_room(count, MAX_GUARDRAILS, "An account has at most {} guardrails.")
    guardrail, now = new_id(string.digits + string.ascii_lowercase, 12), datetime.now(UTC)
    with _unique(params["name"]):
        db.execute("INSERT INTO guardrails (id, name) VALUES (?, ?)", (guardrail, params["name"]))
    _put(db, guardrail, DRAFT, definition | {"createdAt": now, "updatedAt": now})
    tag(db, {"resourceARN": _arn(guardrail), "tags": params.get("tags", [])})
    return {**_named(guardrail), "version": DRAFT, "createdAt": now}


def get(db: Connection, params: JSON) -> JSON:
    return describe(find(db, params["guardrailIdentifier"], params.get("guardrailVersion", DRAFT)))


def page(db: Connection, params: JSON) -> JSON:
    """DRAFT of every guardrail; or of one guardrail, DRAFT and its versions."""
    if "guardrailIdentifier" in params:
        guardrail = find(db, params["guardrailIdentifier"])["guardrail"]
        rows = db.execute("SELECT * FROM versions WHERE guardrail = ?", (guardrail,))
    else:
        rows = db.execute("SELECT * FROM versions WHERE version = ?", (DRAFT,))
    page, more = pages.page("ListGuardrails", params, rows, key=_order)
    return {"guardrails": [_summary(describe(row)) for row in page], **more}


def update(db: Connection, params: JSON) -> JSON:
    """Write DRAFT anew: what the request leaves out is gone."""
    row = find(db, params["guardrailIdentifier"])
    definition, guardrail = policies.definition(params), row["guardrail"]
    with _unique(params["name"]):
        db.execute("UPDATE guardrails SET name = ? WHERE id = ?", (params["name"], guardrail))
    times = {"createdAt": decode(row["record"])["createdAt"], "updatedAt": datetime.now(UTC)}
    _put(db, guardrail, DRAFT, definition | times)
    return {**_named(guardrail), "version": DRAFT, "updatedAt": times["updatedAt"]}


def create_version(db: Connection, params: JSON) -> JSON:
    """Make what DRAFT is a version of its own. Its description is the request's, or none."""
    row = find(db, params["guardrailIdentifier"])
    guardrail, now = row["guardrail"], datetime.now(UTC)
    (count,) = db.execute(
        "SELECT count(*) - 1 FROM versions WHERE guardrail = ?", (guardrail,)
    ).fetchone()
    _check_room(count, MAX_VERSIONS, "A guardrail has at most {} versions. Delete one of them.")
    (number,) = db.execute(
        "UPDATE guardrails SET latest = latest + 1 WHERE id = ? RETURNING latest", (guardrail,)
    ).fetchone()
    record = decode(row["record"]) | {"createdAt": now, "updatedAt": now}
    record.pop("description", None)
    described = {"description": params["description"]} if "description" in params else {}
    _put(db, guardrail, str(number), record | described)
    return {"guardrailId": guardrail, "version": str(number)}


def delete(db: Connection, params: JSON) -> JSON:
    """One version; without a number the guardrail, with all of them."""
    row = find(db, params["guardrailIdentifier"], params.get("guardrailVersion", DRAFT))
    if row["version"] == DRAFT:
        tags.forget(db, _arn(row["guardrail"]))
        db.execute("DELETE FROM guardrails WHERE id = ?", (row["guardrail"],))
    else:
        db.execute(
            "DELETE FROM versions WHERE guardrail = ? AND version = ?",
            (row["guardrail"], row["version"]),
        )
    return {}


def tag(db: Connection, params: JSON) -> JSON:
    return tagging.tag(db, _resource(db, params), params)


def untag(db: Connection, params: JSON) -> JSON:
    return tagging.untag(db, _resource(db, params), params)


def list_tags(db: Connection, params: JSON) -> JSON:
    return tagging.list_tags(db, _resource(db, params))


def there(db: Connection, identifier: str, version: str) -> bool:
    """Whether the guardrail with this id or ARN has this version."""
    return _row(db, identifier, version) is not None


def find(db: Connection, identifier: str, version: str = DRAFT) -> Row:
    """The row of a version.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    if not there(db, identifier, DRAFT):
        raise not_found("Guardrail", identifier)
    row = _row(db, identifier, version)
    if row is None:
        message = f"Guardrail with id {identifier} has no version {version}."
        raise ServiceError("ResourceNotFoundException", message)
    return row


def describe(row: Row) -> JSON:
    """What GetGuardrail answers."""
    return {
        **_named(row["guardrail"]),
        "version": row["version"],
        "status": "READY",
        **decode(row["record"]),
    }


def _summary(guardrail: JSON) -> JSON:
    members = ("name", "description", "version", "status", "createdAt", "updatedAt")
    return {"id": guardrail["guardrailId"], "arn": guardrail["guardrailArn"]} | {
        member: guardrail[member]
        for member in (*members, "crossRegionDetails")
        if member in guardrail
    }


def _order(row: Row) -> list[str | int]:
    return [row["guardrail"], 0 if row["version"] == DRAFT else int(row["version"])]


def _row(db: Connection, identifier: str, version: str) -> Row | None:
    row: Row | None = db.execute(
        "SELECT * FROM versions WHERE guardrail = ? AND version = ?",
        (identifier.removeprefix(_arn("")), version),
    ).fetchone()
    return row


def _put(db: Connection, guardrail: str, version: str, record: JSON) -> None:
    db.execute(
        "INSERT OR REPLACE INTO versions VALUES (?, ?, ?)", (guardrail, version, encode(record))
    )


def _arn(guardrail: str) -> str:
    return arn(f"guardrail/{guardrail}")


def _named(guardrail: str) -> JSON:
    return {"guardrailId": guardrail, "guardrailArn": _arn(guardrail)}


def _resource(db: Connection, params: JSON) -> str:
    named: str = params["resourceARN"]
    if not there(db, named, DRAFT):
        raise not_found("Resource", named)
    return named


def _check_room(count: int, most: int, rule: str) -> None:
    if count >= most:
        raise ServiceError("ServiceQuotaExceededException", rule.format(most))


def _unique(name: str) -> AbstractContextManager[None]:
    return unique(f"A guardrail with name {name} already exists.")
