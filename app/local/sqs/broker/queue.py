"""A queue: its attributes and its tags. And the tables of queues and messages in the database."""

from collections.abc import Mapping
from dataclasses import dataclass

Attributes = Mapping[str, str]

DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "VisibilityTimeout": "30",
}

SCHEMA = """
CREATE TABLE IF NOT EXISTS queues (
    name TEXT PRIMARY KEY, attributes TEXT NOT NULL, tags TEXT NOT NULL,
    created REAL NOT NULL, modified REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL REFERENCES queues (name) ON DELETE CASCADE,
    id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL,
    sent REAL NOT NULL, visible REAL NOT NULL,
    received INTEGER NOT NULL DEFAULT 0, first_received REAL, source TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS waiting ON messages (queue, visible);
"""


@dataclass(frozen=True)
class Queue:
    """A queue as it is defined. Times are in seconds since 1970."""

    name: str
    attributes: Attributes
    tags: Attributes
    created: float
    modified: float

    def seconds(self, attribute: str) -> int:
        return int(self.attributes[attribute])
