"""The ingest function: brings the Knowledge Base in line with the documents bucket, after its
events.

    messages -- keys -- sync -- done, or to be delivered again: soon at first, then every minute

A message is one S3 notification. The documents of a batch are sent together, because direct
ingestion takes ten documents in a call. A message is delivered again if one of its own documents
failed, and does not hold up the others. Its delay is shorter than the queue's visibility timeout,
which is long, as Lambda requires: while an ingestion job runs, direct ingestion is refused, and an
upload should not wait much longer than for that job. Nor should it wait so long when this function
is killed, or stopped at its timeout: so its messages are hidden for little more than that.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from app.aws import calling, clients, queues
from app.documents import Bucket, KnowledgeBase, subjects, sync
from app.errors import OutcropError
from app.resources import INGEST_SECONDS
from app.settings import DocumentSettings, read

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DEADLINE_SECONDS = 30
FIRST_PAUSE, LONGEST_PAUSE = 5, 60  # seconds until a message is delivered again
HIDDEN_SECONDS = INGEST_SECONDS + 15  # Lambda deletes the messages of a batch when it has ended
LOGGED_CHARACTERS = 200  # characters in the log of a message that is not from S3

log = logging.getLogger(__name__)

Message = Mapping[str, Any]


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """The entry point; returns the messages that have to be delivered again."""
    _hide(event["Records"], lambda _message: HIDDEN_SECONDS)
    documents = {message["messageId"]: _documents(message) for message in event["Records"]}
    failures = sync(*_sides(), [key for keys in documents.values() for key in keys])
    for key, error in failures.items():
        log.warning("%r will be tried again: %s", key, error)
    failed = [
        message for message in event["Records"] if failures.keys() & documents[message["messageId"]]
    ]
    _hide(failed, pause)
    return {"batchItemFailures": [{"itemIdentifier": message["messageId"]} for message in failed]}


def pause(message: Message) -> int:
    """Seconds until a message that failed is delivered again, by the number of its receives.

    >>> receives = ("1", "2", "3", "4", "5", "200")
    >>> [pause({"attributes": {"ApproximateReceiveCount": number}}) for number in receives]
    [5, 10, 20, 40, 60, 60]
    """
    received = int(message["attributes"]["ApproximateReceiveCount"])
    return LONGEST_PAUSE if received > 5 else min(LONGEST_PAUSE, FIRST_PAUSE << (received - 1))


def _documents(message: Message) -> set[str]:
    """The documents of a message.

    S3's own test message, sent when it is connected, has none. A message of another sender is
    logged and dropped: to try it again would not help.
    """
    try:
        records = json.loads(message["body"]).get("Records", [])
        return set(subjects(unquote_plus(record["s3"]["object"]["key"]) for record in records))
    except (ValueError, KeyError, TypeError, AttributeError):
        log.exception(
            "This is no notification of S3's, and is let go: %.*s", LOGGED_CHARACTERS, message
        )
        return set()


def _hide(messages: Sequence[Message], seconds: Callable[[Message], int]) -> None:
    """Have messages delivered again in so many seconds from now, unless they are deleted before. If
    this fails, they are delivered later.
    """
    for queue in {message.get("eventSourceARN", "") for message in messages}:
        entries: Any = [
            {
                "Id": str(number),
                "ReceiptHandle": message["receiptHandle"],
                "VisibilityTimeout": seconds(message),
            }
            for number, message in enumerate(messages)
            if message.get("eventSourceARN") == queue
        ]
        try:
            with calling("ChangeMessageVisibility"):
                _queues().change_message_visibility_batch(QueueUrl=_url(queue), Entries=entries)
        except OutcropError as error:
            log.warning("%d messages may come again late: %s", len(entries), error)


@cache
def _sides() -> tuple[Bucket, KnowledgeBase]:
    settings = read(DocumentSettings)
    aws = clients(DEADLINE_SECONDS)
    return Bucket(aws.s3, settings.documents_bucket), KnowledgeBase.of(aws, settings)


@cache
def _url(queue: str) -> str:
    """The address of the queue with this ARN."""
    return _queues().get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]


@cache
def _queues() -> "SQSClient":
    return queues(DEADLINE_SECONDS)
