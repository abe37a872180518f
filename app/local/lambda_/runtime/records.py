"""The event that a function gets for messages of a queue, and the messages that it failed on.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, .../services-sqs-errorhandling.html
"""

import base64
import json
from collections.abc import Sequence

from app.local.lambda_.runtime.runner import InvocationOutcome
from app.local.messaging import JSON, QueueMessage, decode_attributes, md5_of, system_attributes

_ATTRIBUTE_NAMES = {
    "StringValue": "stringValue",
    "BinaryValue": "binaryValue",
    "DataType": "dataType",
}


def event_of(messages: Sequence[QueueMessage], queue: str, account: str) -> JSON:
    """The event for a batch of messages of the queue with this ARN."""
    region = queue.split(":")[3]
    return {
        "Records": [
            {
                "messageId": message.id,
                "receiptHandle": message.receipt,
                "body": message.body,
                "attributes": system_attributes(message, account),
                "messageAttributes": _attributes(message),
                "md5OfBody": md5_of(message.body),
                "eventSource": "aws:sqs",
                "eventSourceARN": queue,
                "awsRegion": region,
            }
            for message in messages
        ]
    }


def failures(
    outcome: InvocationOutcome, messages: Sequence[QueueMessage], *, partial: bool
) -> set[str]:
    """The ids of the messages that have to be delivered again.

    All, if the function failed. With `partial` those that its result names; but all, if the result
    is malformed, since then nobody knows which succeeded.

    >>> batch = [QueueMessage(id, "", "", {}, 0, 1, 0, None) for id in ("1", "2")]
    >>> result = b'{"batchItemFailures": [{"itemIdentifier": "2"}]}'
    >>> failures(InvocationOutcome(result, None, b""), batch, partial=True)
    {'2'}
    """
    everything = {message.id for message in messages}
    if outcome.error:
        return everything
    if not partial:
        return set()
    result = json.loads(outcome.payload)
    try:
        failed = {item["itemIdentifier"] for item in (result or {}).get("batchItemFailures") or ()}
    except (AttributeError, KeyError, TypeError):
        return everything
    return failed if failed <= everything else everything


def _attributes(message: QueueMessage) -> JSON:
    return {
        name: {
            **{
                _ATTRIBUTE_NAMES[key]: base64.b64encode(value).decode()
                if isinstance(value, bytes)
                else value
                for key, value in attribute.items()
                if key in _ATTRIBUTE_NAMES
            },
            "stringListValues": [],
            "binaryListValues": [],
        }
        for name, attribute in decode_attributes(message.attributes).items()
    }
