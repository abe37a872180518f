"""What is kept of a resource: a record in JSON, under an id and an ARN."""

import hashlib
import json
import secrets
import string
from datetime import datetime
from typing import Any

from app.local.wire import JSON

ACCOUNT = "000000000000"
REGION = "us-east-1"
_CAPITALS = string.digits + string.ascii_uppercase


def new_id(characters: str = _CAPITALS, length: int = 10) -> str:
    """A resource's id, as most of Bedrock's: ten digits and capital letters."""
    return "".join(secrets.choice(characters) for _ in range(length))


def arn(resource: str) -> str:
    """The ARN of a resource of Bedrock's.

    >>> arn("knowledge-base/ABCDEFGHIJ")
    'arn:aws:bedrock:us-east-1:000000000000:knowledge-base/ABCDEFGHIJ'
    """
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:{resource}"


def encode(value: JSON) -> str:
    """JSON in which a timestamp is an object of its own, for `decode` to know it by.

    >>> from datetime import UTC
    >>> encode({"createdAt": datetime(2026, 1, 2, tzinfo=UTC)})
    '{"createdAt": {"$timestamp": "2026-01-02T00:00:00+00:00"}}'
    """
    return json.dumps(value, default=lambda moment: {"$timestamp": moment.isoformat()})


def decode(text: str) -> JSON:
    """What `encode` was given.

    >>> decode('{"createdAt": {"$timestamp": "2026-01-02T00:00:00+00:00"}}')
    {'createdAt': datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)}
    """
    decoded: JSON = json.loads(text, object_hook=_timestamp)
    return decoded


def _timestamp(value: JSON) -> Any:
    return datetime.fromisoformat(value["$timestamp"]) if value.keys() == {"$timestamp"} else value


def digest(value: Any) -> str:
    """A name for a JSON value that may hold bytes; equal for equal values only."""
    text = json.dumps(value, sort_keys=True, default=lambda data: hashlib.sha256(data).hexdigest())
    return hashlib.sha256(text.encode()).hexdigest()
