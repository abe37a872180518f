"""DynamoDB: tables that moto keeps in memory, and SQLite on the disk.

    tables.py     a call: moto carries it out, what it changed is stored, and then it is answered
    changes.py    which items a call changes
    storage.py    tables and items on the disk
    server.py     moto's server, called in this process, without a port of its own
    answers.py    what DynamoDB answers where moto answers otherwise

The wire checks a request and sends the answer, as for every service. moto is imported at the first
request, so that homes without tables do not load it.
"""

from app.local.dynamodb.tables import Tables
from app.local.wire import Service

__all__ = ["Tables", "handlers"]

# The operations that a stack and its functions use.
OPERATIONS = [
    "CreateTable",
    "DescribeTable",
    "UpdateTable",
    "DeleteTable",
    "ListTables",
    "TagResource",
    "UntagResource",
    "ListTagsOfResource",
    "DescribeTimeToLive",
    "UpdateTimeToLive",
    "DescribeContinuousBackups",
    "UpdateContinuousBackups",
    "PutResourcePolicy",
    "GetResourcePolicy",
    "DeleteResourcePolicy",
    "GetItem",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "Query",
    "Scan",
    "BatchGetItem",
    "BatchWriteItem",
    "TransactGetItems",
    "TransactWriteItems",
]


def handlers(tables: Tables) -> Service:
    """DynamoDB's operations."""
    return dict.fromkeys(OPERATIONS, tables.call)
