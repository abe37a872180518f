"""Event notifications: the queues that get the events of a bucket, and the form of the messages.

An event is recorded in the transaction of its change and delivered after it, at least once, even if
the process ends in between.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any, Protocol
from urllib.parse import quote_plus

from app.local.database import Database
from app.local.s3.storage.objects import NULL, Object, Version

JSON = dict[str, Any]
log = logging.getLogger(__name__)

PUT, POST, COPY = "ObjectCreated:Put", "ObjectCreated:Post", "ObjectCreated:Copy"
COMPLETE = "ObjectCreated:CompleteMultipartUpload"
DELETE, MARKER = "ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated"
TAG, UNTAG = "ObjectTagging:Put", "ObjectTagging:Delete"


class EventDestination(Protocol):
    """SQS, as far as buckets use it."""

    def send_to_arn(self, arn: str, body: str) -> None:
        """Send a message to the queue with this ARN. It is durable on return.

        Raises:
            KeyError: there is no such queue.
        """


class Outbox:
    """The events that are recorded and not yet delivered."""

    def __init__(self, database: Database, queues: EventDestination | None, region: str) -> None:
        self._database, self._queues, self._region = database, queues, region
        self._delivering = Lock()

    def record(self, connection: sqlite3.Connection, item: Version, name: str) -> None:
        """Record an event of a version, for every queue whose configuration matches it."""
        row = connection.execute(
            "SELECT notifications FROM buckets WHERE name = ?", (item.bucket,)
        ).fetchone()
        notifications = json.loads(row["notifications"]) if row else {}
        for configuration in matching(notifications, name, item.key):
            event = record_of(item, name, configuration.get("Id", ""), self._region)
            connection.execute(
                "INSERT INTO outbox (queue, event) VALUES (?, ?)",
                (configuration["QueueArn"], json.dumps(event)),
            )

    def deliver(self) -> None:
        """Send the recorded events. Those that cannot be delivered now stay recorded."""
        if self._queues is None:
            return
        try:
            with self._delivering:
                self._deliver(self._queues)
        except (OSError, sqlite3.Error) as error:
            log.warning("Events of S3 wait for their queue: %s", error)

    def _deliver(self, queues: EventDestination) -> None:
        rows = self._database.query("SELECT id, queue, event FROM outbox ORDER BY id")
        for number, queue, event in rows:
            try:
                queues.send_to_arn(queue, _with_sequencer(event, number))
            except KeyError:
                log.warning("An event of S3 is lost: there is no queue %s.", queue)
        if rows:
            with self._database.transaction() as connection:
                connection.execute("DELETE FROM outbox WHERE id <= ?", (rows[-1]["id"],))


def matching(notifications: JSON, name: str, key: str) -> Iterator[JSON]:
    """The queue configurations whose event types and filter match this event of this key.

    >>> pdfs = {"Events": ["s3:ObjectCreated:*"],
    ...         "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".pdf"}]}}}
    >>> [len(list(matching({"QueueConfigurations": [pdfs]}, "ObjectCreated:Put", key)))
    ...  for key in ("a.pdf", "a.txt")]
    [1, 0]
    """
    for configuration in notifications.get("QueueConfigurations", []):
        rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
        has_type = any(fnmatchcase(f"s3:{name}", event) for event in configuration["Events"])
        if has_type and _matches(rules, key):
            yield configuration


def _matches(rules: Iterable[JSON], key: str) -> bool:
    tests = {"prefix": key.startswith, "suffix": key.endswith}
    return all(tests[rule["Name"]](rule["Value"]) for rule in rules)


def record_of(item: Version, name: str, configuration: str, region: str) -> JSON:
    """One member of an event message's `Records`. That of a removed object has no size and ETag."""
    subject: JSON = {"key": quote_plus(item.key, safe="/")}
    if item.version_id != NULL:
        subject["versionId"] = item.version_id
    if isinstance(item, Object) and name != DELETE:
        subject |= {"size": item.size, "eTag": item.etag}
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": timestamp(),
        "eventName": name,
        "userIdentity": {"principalId": "local"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": item.version, "x-amz-id-2": item.version},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration,
            "bucket": {
                "name": item.bucket,
                "ownerIdentity": {"principalId": "local"},
                "arn": f"arn:aws:s3:::{item.bucket}",
            },
            "object": subject,
        },
    }


def _with_sequencer(event: str, number: int) -> str:
    """The message. Its `sequencer` is the number that orders the events of a key."""
    record = json.loads(event)
    record["s3"]["object"]["sequencer"] = f"{number:016X}"
    return json.dumps({"Records": [record]})


def timestamp() -> str:
    """The time now, as events have it: 2026-11-28T09:30:00.000Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
