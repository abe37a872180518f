"""The tags of resources, by ARN, and bedrock-agent's operations on them."""

from collections.abc import Callable, Iterable, Mapping
from sqlite3 import Connection

from app.local.control.errors import not_found
from app.local.wire import JSON, ServiceError

MAX_TAGS = 50

Exists = Callable[[Connection, str], bool]  # whether the plane has a resource with this ARN


def tag(exists: Exists, db: Connection, params: JSON) -> JSON:
    put(db, _resource(exists, db, params), params["tags"])
    return {}


def untag(exists: Exists, db: Connection, params: JSON) -> JSON:
    remove(db, _resource(exists, db, params), params["tagKeys"])
    return {}


def page(exists: Exists, db: Connection, params: JSON) -> JSON:
    return {"tags": of(db, _resource(exists, db, params))}


def of(db: Connection, arn: str) -> dict[str, str]:
    rows = db.execute("SELECT key, value FROM tags WHERE arn = ? ORDER BY key", (arn,))
    return {row["key"]: row["value"] for row in rows}


def put(
    db: Connection,
    arn: str,
    values: Mapping[str, str],
    too_many: str = "ServiceQuotaExceededException",
) -> None:
    """Add tags to an existing resource.

    Raises:
        ServiceError: with the code `too_many`, if the resource would have more than MAX_TAGS.
    """
    db.executemany(
        "INSERT OR REPLACE INTO tags VALUES (?, ?, ?)",
        [(arn, key, value) for key, value in values.items()],
    )
    (count,) = db.execute("SELECT count(*) FROM tags WHERE arn = ?", (arn,)).fetchone()
    if count > MAX_TAGS:
        raise ServiceError(
            too_many,
            f"A resource has at most {MAX_TAGS} tags; with these it would have {count}.",
            resourceName=arn,
        )


def remove(db: Connection, arn: str, keys: Iterable[str]) -> None:
    db.executemany("DELETE FROM tags WHERE arn = ? AND key = ?", [(arn, key) for key in keys])


def forget(db: Connection, arn: str) -> None:
    """Remove the tags of a deleted resource."""
    db.execute("DELETE FROM tags WHERE arn = ?", (arn,))


def _resource(exists: Exists, db: Connection, params: JSON) -> str:
    arn: str = params["resourceArn"]
    if not exists(db, arn):
        raise not_found("Resource", arn)
    return arn
