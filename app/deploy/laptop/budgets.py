"""The laptop's table of what is spent."""

from typing import TYPE_CHECKING

from app import resources
from app.deploy.laptop.names import BUDGETS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def make_budget_table(dynamodb: "DynamoDBClient") -> None:
    """Make the table that counts what is spent. A home without limits has none, because tables need
    moto, which takes its time to start.
    """
    partition, sort = resources.BUDGET_KEYS
    try:
        dynamodb.describe_table(TableName=BUDGETS)
        return
    except dynamodb.exceptions.ResourceNotFoundException:
        pass
    dynamodb.create_table(
        TableName=BUDGETS,
        AttributeDefinitions=[
            {"AttributeName": partition, "AttributeType": "S"},
            {"AttributeName": sort, "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": sort, "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.update_time_to_live(
        TableName=BUDGETS,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": resources.BUDGET_EXPIRY},
    )
