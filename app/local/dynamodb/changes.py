"""Which items a call changes, read from its parameters as JSON."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from app.local.wire import JSON

DEFINING = frozenset(
    {"CreateTable", "UpdateTable", "TagResource", "UntagResource", "UpdateTimeToLive"}
    | {"UpdateContinuousBackups", "PutResourcePolicy", "DeleteResourcePolicy"}
)
"""The calls that make up a table's definition. DeleteTable ends it."""

WRITING = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})
CHANGING = DEFINING | WRITING | {"DeleteTable"}


class Change(NamedTuple):
    """An item that a call has put, updated or deleted.

    Attributes:
        key: the item's key, or the whole item, which has it.
        item: what the table has now; None for nothing.
        is_update: the table knows what it has now, the call does not say.
    """

    table: str
    key: JSON
    item: JSON | None
    is_update: bool = False


def changes(operation: str, body: JSON, answer: JSON) -> Iterator[Change]:
    """The changes of a call that has been carried out, in order."""
    match operation:
        case "PutItem":
            yield Change(table_name(body), body["Item"], body["Item"])
        case "UpdateItem":
            yield Change(table_name(body), body["Key"], None, is_update=True)
        case "DeleteItem":
            yield Change(table_name(body), body["Key"], None)
        case "BatchWriteItem":
            left = answer.get("UnprocessedItems", {})
            for table, requests in body["RequestItems"].items():
                for request in requests:
                    if request not in left.get(table, []):
                        yield _of_request(_name(table), request)
        case "TransactWriteItems":
            for action in body["TransactItems"]:
                yield from _of_action(action)


def _of_request(table: str, request: Mapping[str, Any]) -> Change:
    if "PutRequest" in request:
        item = request["PutRequest"]["Item"]
        return Change(table, item, item)
    return Change(table, request["DeleteRequest"]["Key"], None)


def _of_action(action: Mapping[str, Any]) -> Iterator[Change]:
    if "Put" in action:
        yield Change(table_name(action["Put"]), action["Put"]["Item"], action["Put"]["Item"])
    if "Update" in action:
        yield Change(table_name(action["Update"]), action["Update"]["Key"], None, is_update=True)
    if "Delete" in action:
        yield Change(table_name(action["Delete"]), action["Delete"]["Key"], None)


def table_name(body: Mapping[str, Any]) -> str:
    """The name of the table that a call names, by name or by ARN.

    >>> table_name({"ResourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/orders"})
    'orders'
    """
    return _name(body.get("TableName") or body["ResourceArn"])


def _name(reference: str) -> str:
    return reference.rpartition(":table/")[2].partition("/")[0]


def key_text(attributes: JSON, names: list[str]) -> str:
    """An item's key as text, the same for keys that DynamoDB calls equal.

    >>> key_text({"id": {"N": "1.0"}, "total": {"N": "7"}}, ["id"])
    '[["N", "1"]]'
    """
    return json.dumps([_plain(*attributes[name].items()) for name in names])


def _plain(attribute: tuple[str, str]) -> list[str]:
    kind, value = attribute
    if kind == "N":
        value = f"{Decimal(value).normalize():f}"
    return [kind, value]
