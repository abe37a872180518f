"""SQS, carrying the documents bucket's events -> the Knowledge Base, told what changed.

A message is one S3 notification. The whole batch is told at once, since direct ingestion takes ten
documents a call; when that fails, every message of it comes back, which does no harm: what is done
depends on what the bucket holds, not on what an event said.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from app.aws import clients
from app.documents import Bucket, KnowledgeBase, sync
from app.errors import OutcropError
from app.settings import DocumentSettings, read

DEADLINE_SECONDS = 30

log = logging.getLogger(__name__)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """The Lambda's entry point; answers with the messages that have to come again."""
    messages = event["Records"]
    keys = [key for message in messages for key in _keys(message)]
    try:
        sync(*_sides(), keys)
    except OutcropError as error:
        log.warning("%d documents will be tried again: %s", len(keys), error)
        return {
            "batchItemFailures": [{"itemIdentifier": message["messageId"]} for message in messages]
        }
    return {"batchItemFailures": []}


def _keys(message: Mapping[str, Any]) -> Iterator[str]:
    """The keys in one message. S3's own test message, sent when it is connected, has none."""
    for record in json.loads(message["body"]).get("Records", []):
        yield unquote_plus(record["s3"]["object"]["key"])


@cache
def _sides() -> tuple[Bucket, KnowledgeBase]:
    settings = read(DocumentSettings)
    aws = clients(DEADLINE_SECONDS)
    return Bucket(aws.s3, settings.documents_bucket), KnowledgeBase.of(aws, settings)
