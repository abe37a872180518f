"""The table of budgets: what each principal has spent, by month.

The application counts in it, and refuses what is over a budget (`app.budgets`). API Gateway cannot:
its quotas count API keys, which nobody here has.
"""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from app.resources import BUDGET_EXPIRY, BUDGET_KEYS
from infra.context import Context
from infra.retention import removal

ACTIONS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
"""What the application does with it. Only an operator reads everybody's items, by `Scan`."""


class Budgets(dynamodb.Table):
    """The table."""

    def __init__(self, scope: Construct, name: str, context: Context, key: kms.IKey) -> None:
        partition, sort = (
            dynamodb.Attribute(name=each, type=dynamodb.AttributeType.STRING)
            for each in BUDGET_KEYS
        )
        super().__init__(
            scope,
            name,
            partition_key=partition,
            sort_key=sort,
            time_to_live_attribute=BUDGET_EXPIRY,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=context.production,
            removal_policy=removal(context),
        )
