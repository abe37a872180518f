"""The resources that stay when the stack is deleted, and the retention of logs."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.context import Context


def removal(context: Context) -> RemovalPolicy:
    """In production, documents, conversations, tables and accounts stay."""
    return RemovalPolicy.RETAIN if context.production else RemovalPolicy.DESTROY


def log_group(
    scope: Construct, construct: str, context: Context, *, name: str | None = None
) -> logs.LogGroup:
    """A log with a retention: a year in production, else a month.

    Args:
        name: for a log that a service writes under a name of its own, and would make without end.
    """
    days = logs.RetentionDays
    return logs.LogGroup(
        scope,
        construct,
        log_group_name=name,
        retention=days.ONE_YEAR if context.production else days.ONE_MONTH,
        removal_policy=RemovalPolicy.DESTROY,
    )
