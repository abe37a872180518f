"""The message of a queue, as one service of the stand-in hands it to another.

SQS has the messages, and Lambda's event source mappings read them. Neither imports the other: both
import this module, and `stand_in.py` gives Lambda the queues.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any

JSON = dict[str, Any]

INTERNAL_PREFIX = "#"  # the start of the names of queues that only the stand-in itself uses


class NoSuchQueue(KeyError):
    """No queue has this name or ARN."""


class NotInFlight(Exception):
    """The message has not been received, or is deleted."""


@dataclass(frozen=True)
class QueueMessage:
    """A received message.

    Attributes:
        receipt: the receipt handle of this receive.
        attributes: the sender's message attributes, binary values in base64.
        sent: in seconds since 1970.
        received: the number of times the message has been received, this time included.
        first_received: in seconds since 1970.
        source: the ARN of the queue that this message was a dead letter of.
    """

    id: str
    receipt: str
    body: str
    attributes: Mapping[str, Any]
    sent: float
    received: int
    first_received: float
    source: str | None


def system_attributes(message: QueueMessage, account: str) -> dict[str, str]:
    """The attributes that SQS itself gives a message; times are milliseconds since 1970."""
    attributes = {
        "SenderId": account,
        "SentTimestamp": str(int(message.sent * 1000)),
        "ApproximateReceiveCount": str(message.received),
        "ApproximateFirstReceiveTimestamp": str(int(message.first_received * 1000)),
    }
    if message.source:
        attributes["DeadLetterQueueSourceArn"] = message.source
    return attributes


def md5_of(body: str) -> str:
    """The MD5 of a message's body in hexadecimal, as SQS's answers and Lambda's events have it."""
    return md5(body.encode(), usedforsecurity=False).hexdigest()


def encode_attributes(attributes: Mapping[str, JSON]) -> dict[str, JSON]:
    """Message attributes as JSON can hold them: binary values in base64."""
    return {
        name: attribute | {"BinaryValue": base64.b64encode(attribute["BinaryValue"]).decode()}
        if "BinaryValue" in attribute
        else attribute
        for name, attribute in attributes.items()
    }


def decode_attributes(encoded: Mapping[str, JSON]) -> dict[str, JSON]:
    """Message attributes with their binary values as bytes, the inverse of `encode_attributes`."""
    return {
        name: attribute | {"BinaryValue": base64.b64decode(attribute["BinaryValue"])}
        if "BinaryValue" in attribute
        else attribute
        for name, attribute in encoded.items()
    }
