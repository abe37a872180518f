"""What stays when the stack is destroyed, and how long logs are kept."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.context import Context


def removal(context: Context) -> RemovalPolicy:
    """In production, what people made stays: documents, conversations, tables, accounts."""
    return RemovalPolicy.RETAIN if context.production else RemovalPolicy.DESTROY


def log_group(scope: Construct, name: str, context: Context) -> logs.LogGroup:
    """A log that ends: after a year in production, else after a month."""
    days = logs.RetentionDays
    return logs.LogGroup(
        scope,
        name,
        retention=days.ONE_YEAR if context.production else days.ONE_MONTH,
        removal_policy=RemovalPolicy.DESTROY,
    )
