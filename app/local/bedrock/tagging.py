"""Tags as bedrock has them: a list of keys and values, of guardrails and inference profiles."""

from sqlite3 import Connection

from app.local.control import tags
from app.local.wire import JSON


def tag(db: Connection, arn: str, params: JSON) -> JSON:
    """TagResource, for a resource that is there."""
    values = {each["key"]: each["value"] for each in params["tags"]}
    tags.put(db, arn, values, too_many="TooManyTagsException")
    return {}


def untag(db: Connection, arn: str, params: JSON) -> JSON:
    """UntagResource, for a resource that is there."""
    tags.remove(db, arn, params["tagKeys"])
    return {}


def list_tags(db: Connection, arn: str) -> JSON:
    """ListTagsForResource, for a resource that is there."""
    return {"tags": [{"key": key, "value": value} for key, value in tags.of(db, arn).items()]}
