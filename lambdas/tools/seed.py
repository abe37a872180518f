"""What the tables hold for a first try: each tool's `seed.json`.

    python -m lambdas.tools.seed orders TABLE customer=ID

A seed says nothing of whose it is: an order is given its customer here, `local` on the laptop. An
item that is there already stays as it is. Prices are strings, since a number of DynamoDB's keeps no
zeros at its end.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.aws import calling, table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

DEADLINE_SECONDS = 30
FOLDER = Path(__file__).parent


def seed(name: str, into: "Table", **owner: str) -> int:
    """Put the tool's seeds into its table, each with what `owner` says besides.

    Returns:
        How many were not there yet.
    """
    items = json.loads((FOLDER / name / "seed.json").read_text(), parse_float=Decimal)
    with calling("PutItem"):
        return sum(_put(into, item | owner) for item in items)


def _put(into: "Table", item: dict[str, Any]) -> bool:
    key = into.key_schema[0]["AttributeName"]
    try:
        into.put_item(
            Item=item,
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": key},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


if __name__ == "__main__":
    tool, table_name, *owner_words = sys.argv[1:]
    owner = dict(word.split("=", 1) for word in owner_words)
    added = seed(tool, table(table_name, DEADLINE_SECONDS), **owner)
    print(f"{added} items were put into {table_name}.")  # noqa: T201 - a command's answer
