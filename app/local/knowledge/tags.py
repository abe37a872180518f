"""Tags of resources, by ARN. The operations of bedrock-agent and bedrock-agent-runtime are one."""

from collections.abc import Mapping
from sqlite3 import Connection

from app.local.knowledge.errors import not_found
from app.local.wire import JSON, ServiceError

MAX_TAGS = 50


def tag(db: Connection, params: JSON) -> JSON:
    _check_there(db, params["resourceArn"])
    put(db, params["resourceArn"], params["tags"])
    return {}


def untag(db: Connection, params: JSON) -> JSON:
    _check_there(db, params["resourceArn"])
    db.executemany(
        "DELETE FROM tags WHERE arn = ? AND key = ?",
        [(params["resourceArn"], key) for key in params["tagKeys"]],
    )
    return {}


def page(db: Connection, params: JSON) -> JSON:
    _check_there(db, params["resourceArn"])
    rows = db.execute(
        "SELECT key, value FROM tags WHERE arn = ? ORDER BY key", (params["resourceArn"],)
    )
    return {"tags": {row["key"]: row["value"] for row in rows}}


def put(db: Connection, arn: str, values: Mapping[str, str]) -> None:
    """Add tags to a resource that is there.

    Raises:
        ServiceError: ServiceQuotaExceededException.
    """
    db.executemany(
        "INSERT OR REPLACE INTO tags VALUES (?, ?, ?)",
        [(arn, key, value) for key, value in values.items()],
    )
    (count,) = db.execute("SELECT count(*) FROM tags WHERE arn = ?", (arn,)).fetchone()
    if count > MAX_TAGS:
        raise ServiceError(
            "ServiceQuotaExceededException",
            f"A resource has at most {MAX_TAGS} tags; with these it would have {count}.",
        )


def forget(db: Connection, arn: str) -> None:
    """Drop the tags of a resource that is deleted."""
    db.execute("DELETE FROM tags WHERE arn = ?", (arn,))


def _check_there(db: Connection, arn: str) -> None:
    base = arn.rpartition("knowledge-base/")[2]
    if not db.execute("SELECT 1 FROM knowledge_bases WHERE id = ?", (base,)).fetchone():
        raise not_found("Resource", arn)
