"""What DynamoDB answers where moto answers otherwise."""

from collections import Counter
from typing import Any

from app.local.dynamodb.changes import changes
from app.local.wire import JSON

WRITE_UNITS = 1.0  # of an item of at most 1 KB
TRANSACTION_UNITS = 2.0  # of such an item in a transaction

# What a table's answer says of it before the change is done, which here is at once.
_STATUSES = {"CreateTable": "CREATING", "UpdateTable": "UPDATING", "DeleteTable": "DELETING"}


def corrected(operation: str, body: JSON, answer: JSON) -> JSON:
    """The answer of an operation, whose parameters are `body`, both as JSON."""
    if status := _STATUSES.get(operation):
        answer["TableDescription"]["TableStatus"] = status
    if body.get("ReturnConsumedCapacity", "NONE") == "NONE":
        answer.pop("ConsumedCapacity", None)
    elif operation in ("UpdateItem", "TransactWriteItems"):
        units = WRITE_UNITS if operation == "UpdateItem" else TRANSACTION_UNITS
        counts = Counter(change.table for change in changes(operation, body, answer))
        consumed = [_capacity(table, count * units, body) for table, count in counts.items()]
        answer["ConsumedCapacity"] = consumed[0] if operation == "UpdateItem" else consumed
    if body.get("ReturnItemCollectionMetrics", "NONE") == "NONE":
        answer.pop("ItemCollectionMetrics", None)
    return answer


def _capacity(table: str, units: float, body: JSON) -> dict[str, Any]:
    capacity: dict[str, Any] = {"TableName": table, "CapacityUnits": units}
    if body["ReturnConsumedCapacity"] == "INDEXES":
        capacity["Table"] = {"CapacityUnits": units}
    return capacity
