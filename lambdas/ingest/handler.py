"""SQS, carrying the documents bucket's events -> the Knowledge Base, told what changed.

    messages -- keys -- sync -- done with, or come again: soon at first, then every minute

A message is one S3 notification. All of a batch are told together, since direct ingestion takes ten
documents a call; a message comes again if one of its own documents could not be told, and holds up
no other. It comes again sooner than by the queue's visibility timeout, which is long, as Lambda
wants it: while an ingestion job runs direct ingestion is refused, and an upload is to wait for that
job, and not much longer.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from app.aws import calling, clients, queues
from app.documents import Bucket, KnowledgeBase, subjects, sync
from app.errors import OutcropError
from app.settings import DocumentSettings, read

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DEADLINE_SECONDS = 30
FIRST_PAUSE, LONGEST_PAUSE = 5, 60  # seconds until a message comes again
SHOWN = 200  # characters of a message that is none of S3's, in the log

log = logging.getLogger(__name__)

Message = Mapping[str, Any]


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """The Lambda's entry point; answers with the messages that have to come again."""
    documents = {message["messageId"]: _documents(message) for message in event["Records"]}
    failures = sync(*_sides(), [key for keys in documents.values() for key in keys])
    for key, error in failures.items():
        log.warning("%r will be tried again: %s", key, error)
    failed = [
        message for message in event["Records"] if failures.keys() & documents[message["messageId"]]
    ]
    _postpone(failed)
    return {"batchItemFailures": [{"itemIdentifier": message["messageId"]} for message in failed]}


def pause(received: int) -> int:
    """Seconds until a message that was received so often comes again.

    >>> [pause(received) for received in (1, 2, 3, 4, 5, 200)]
    [5, 10, 20, 40, 60, 60]
    """
    return LONGEST_PAUSE if received > 5 else min(LONGEST_PAUSE, FIRST_PAUSE << (received - 1))


def _documents(message: Message) -> set[str]:
    """The documents that a message is about.

    S3's own test message, sent when it is connected, is about none. What is no message of S3's is
    logged and let go: no further attempt could make sense of it.
    """
    try:
        records = json.loads(message["body"]).get("Records", [])
        return set(subjects(unquote_plus(record["s3"]["object"]["key"]) for record in records))
    except (ValueError, KeyError, TypeError, AttributeError):
        log.exception("This is no notification of S3's, and is let go: %.*s", SHOWN, message)
        return set()


def _postpone(messages: Sequence[Message]) -> None:
    """Let messages that are given back come again soon. Where that fails, they come again later."""
    for queue in {message.get("eventSourceARN", "") for message in messages}:
        entries: Any = [
            {
                "Id": str(number),
                "ReceiptHandle": message["receiptHandle"],
                "VisibilityTimeout": pause(int(message["attributes"]["ApproximateReceiveCount"])),
            }
            for number, message in enumerate(messages)
            if message.get("eventSourceARN") == queue
        ]
        try:
            with calling("ChangeMessageVisibility"):
                url = _queues().get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
                _queues().change_message_visibility_batch(QueueUrl=url, Entries=entries)
        except OutcropError as error:
            log.warning("%d messages come again late: %s", len(entries), error)


@cache
def _sides() -> tuple[Bucket, KnowledgeBase]:
    settings = read(DocumentSettings)
    aws = clients(DEADLINE_SECONDS)
    return Bucket(aws.s3, settings.documents_bucket), KnowledgeBase.of(aws, settings)


@cache
def _queues() -> "SQSClient":
    return queues(DEADLINE_SECONDS)
