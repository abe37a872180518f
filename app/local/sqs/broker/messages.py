"""A message, in the forms that SQS and Lambda show it in, and the receipt of having got it."""

import base64
import binascii
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any

JSON = dict[str, Any]


class BadReceipt(ValueError):
    """It is no receipt of this queue."""


@dataclass(frozen=True)
class Message:
    """A message, as it was received.

    Attributes:
        attributes: the sender's, as the API has them.
        received: how often, this time included.
        source: the ARN of the queue that it was a dead letter of.
    """

    id: str
    receipt: str
    body: str
    attributes: Mapping[str, Any]
    sent: float
    received: int
    first_received: float
    source: str | None


def system_attributes(message: Message, account: str) -> dict[str, str]:
    """What SQS itself says of a message; times in milliseconds."""
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
    return md5(body.encode(), usedforsecurity=False).hexdigest()


def md5_of_attributes(attributes: Mapping[str, JSON]) -> str:
    """By "Calculating the MD5 message digest for message attributes" in the SQS Developer Guide:
    name, type and value of each by name, each with its length in four bytes before it.
    """
    digest = md5(usedforsecurity=False)
    for name, attribute in sorted(attributes.items()):
        for text in (name, attribute["DataType"]):
            digest.update(_with_length(text.encode()))
        kind = b"\x02" if "BinaryValue" in attribute else b"\x01"
        digest.update(kind + _with_length(value_of(attribute)))
    return digest.hexdigest()


def loaded(stored: Mapping[str, JSON]) -> dict[str, JSON]:
    """Message attributes, back from how they are kept."""
    return {
        name: attribute | {"BinaryValue": base64.b64decode(attribute["BinaryValue"])}
        if "BinaryValue" in attribute
        else attribute
        for name, attribute in stored.items()
    }


def stored(attributes: Mapping[str, JSON]) -> dict[str, JSON]:
    """Message attributes as JSON can hold them: bytes in base64."""
    return {
        name: attribute | {"BinaryValue": base64.b64encode(attribute["BinaryValue"]).decode()}
        if "BinaryValue" in attribute
        else attribute
        for name, attribute in attributes.items()
    }


def value_of(attribute: JSON) -> bytes:
    """Of a message attribute; empty if it has none."""
    value: bytes = attribute.get("BinaryValue") or attribute.get("StringValue", "").encode()
    return value


def _with_length(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def message_of(row: sqlite3.Row, now: float) -> Message:
    """A row that is being received."""
    received = row["received"] + 1
    receipt = json.dumps([row["queue"], row["number"], received])
    return Message(
        row["id"],
        base64.b64encode(receipt.encode()).decode(),
        row["body"],
        json.loads(row["attributes"]),
        row["sent"],
        received,
        now if row["first_received"] is None else row["first_received"],
        row["source"],
    )


def read_receipt(receipt: str) -> tuple[str, int, int]:
    """The queue's name, the message's number, and which receiving of it this was.

    Raises:
        BadReceipt: it is none of ours.
    """
    try:
        queue, number, received = json.loads(base64.b64decode(receipt, validate=True))
    except (binascii.Error, TypeError, ValueError) as error:
        raise BadReceipt(receipt) from error
    return queue, number, received
