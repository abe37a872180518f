"""The table of budgets: what each principal has spent, by month.

The application counts in it, and refuses what is over a budget (`app.budgets`). API Gateway cannot:
its quotas count API keys, which nobody here has.
"""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from app.resources import BUDGET_EXPIRY, BUDGET_KEYS
from infra.context import Context
from infra.tables import table

ACTIONS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
"""What the application does with it. Only an operator reads everybody's items, by `Scan`."""


def budgets_table(scope: Construct, name: str, context: Context, key: kms.IKey) -> dynamodb.Table:
    """The table, whose items DynamoDB deletes when they have expired."""
    return table(scope, name, context, key, keys=BUDGET_KEYS, expiry=BUDGET_EXPIRY)
