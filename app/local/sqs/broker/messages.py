"""Rows of the database as messages, the receipts of receiving them, and digests of attributes."""

import base64
import binascii
import json
import sqlite3
from collections.abc import Mapping
from hashlib import md5

from app.local.messaging import JSON, QueueMessage


class BadReceipt(ValueError):
    """The text is no receipt handle of this queue."""


def md5_of_attributes(attributes: Mapping[str, JSON]) -> str:
    """By "Calculating the MD5 message digest for message attributes" in the SQS Developer Guide:
    the name, type and value of each attribute, sorted by name, each after its length in four bytes.
    """
    digest = md5(usedforsecurity=False)
    for name, attribute in sorted(attributes.items()):
        for text in (name, attribute["DataType"]):
            digest.update(_with_length(text.encode()))
        kind = b"\x02" if "BinaryValue" in attribute else b"\x01"
        digest.update(kind + _with_length(value_of(attribute)))
    return digest.hexdigest()


def value_of(attribute: JSON) -> bytes:
    """The value of a message attribute; empty if it has none."""
    value: bytes = attribute.get("BinaryValue") or attribute.get("StringValue", "").encode()
    return value


def _with_length(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def message_of(row: sqlite3.Row, now: float) -> QueueMessage:
    """The message of a row that is being received."""
    received = row["received"] + 1
    receipt = json.dumps([row["queue"], row["number"], received])
    return QueueMessage(
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
    """The queue's name, the message's number, and the number of this receive of it.

    Raises:
        BadReceipt: the text is no receipt handle.
    """
    try:
        queue, number, received = json.loads(base64.b64decode(receipt, validate=True))
    except (binascii.Error, TypeError, ValueError) as error:
        raise BadReceipt(receipt) from error
    return queue, number, received
