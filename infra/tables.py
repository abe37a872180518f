"""A DynamoDB table, as every part of the stack has it: encrypted with the stack's key, paid by the
request, and restorable to any second.
"""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.context import Context
from infra.retention import removal


def table(
    scope: Construct,
    name: str,
    context: Context,
    key: kms.IKey,
    *,
    keys: Sequence[str],
    expiry: str | None = None,
) -> dynamodb.Table:
    """A table.

    Args:
        keys: the partition key and, if there is one, the sort key; both are strings.
        expiry: the attribute with the second from which on DynamoDB may delete an item.
    """
    partition, *sort = [
        dynamodb.Attribute(name=each, type=dynamodb.AttributeType.STRING) for each in keys
    ]
    return dynamodb.Table(
        scope,
        name,
        partition_key=partition,
        sort_key=sort[0] if sort else None,
        time_to_live_attribute=expiry,
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=context.production,
        removal_policy=removal(context),
    )
