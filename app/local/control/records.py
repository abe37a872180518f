"""Records of resources: JSON with an id and an ARN."""

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
    """A new id. Most of Bedrock's resources have ten digits and capital letters."""
    return "".join(secrets.choice(characters) for _ in range(length))


def arn(resource: str) -> str:
    """The ARN of one of Bedrock's resources.

    >>> arn("knowledge-base/ABCDEFGHIJ")
    'arn:aws:bedrock:us-east-1:000000000000:knowledge-base/ABCDEFGHIJ'
    """
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:{resource}"


def encode(value: JSON) -> str:
    """JSON text in which timestamps are objects that `decode` recognises.

    >>> from datetime import UTC
    >>> encode({"createdAt": datetime(2026, 1, 2, tzinfo=UTC)})
    '{"createdAt": {"$timestamp": "2026-01-02T00:00:00+00:00"}}'
    """
    return json.dumps(value, default=lambda moment: {"$timestamp": moment.isoformat()})


def decode(text: str) -> JSON:
    """The value of a text that `encode` made.

    >>> decode('{"createdAt": {"$timestamp": "2026-01-02T00:00:00+00:00"}}')
    {'createdAt': datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)}
    """
    decoded: JSON = json.loads(text, object_hook=_timestamp)
    return decoded


def _timestamp(value: JSON) -> Any:
    return datetime.fromisoformat(value["$timestamp"]) if value.keys() == {"$timestamp"} else value


def digest(value: Any) -> str:
    """The SHA-256 in hexadecimal of a JSON value, which may contain bytes."""
    text = json.dumps(value, sort_keys=True, default=lambda data: hashlib.sha256(data).hexdigest())
    return hashlib.sha256(text.encode()).hexdigest()
