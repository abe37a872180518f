"""The one way to make a function: arm64, the newest Python, its own log, its own role.

The role has the permissions that every function needs (its log, its traces) and those in `allowed`.
It has no managed policy, because those allow more than a function needs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundle import Bundle
from infra.context import Context
from infra.permissions import allow, service_role
from infra.retention import log_group


class Function(lambda_.Function):
    """A function of Outcrop.

    Args:
        allowed: its permissions beyond writing its log and its traces.
        arguments: further properties of AWS::Lambda::Function: layers, a network.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        context: Context,
        *,
        description: str,
        bundle: Bundle,
        handler: str,
        timeout: Duration,
        memory: int,
        environment: Mapping[str, str],
        allowed: Sequence[iam.PolicyStatement] = (),
        **arguments: Any,
    ) -> None:
        log = log_group(scope, f"{name}Log", context)
        own_role = service_role(
            scope,
            f"{name}Role",
            "lambda.amazonaws.com",
            allow(("logs:CreateLogStream", "logs:PutLogEvents"), log.log_group_arn),
            allow(("xray:PutTraceSegments", "xray:PutTelemetryRecords"), "*"),
            *allowed,
        )
        super().__init__(
            scope,
            name,
            description=description,
            code=bundle.code(),
            handler=handler,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            timeout=timeout,
            memory_size=memory,
            environment=dict(environment),
            log_group=log,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            # The level 2 constructs would add permissions by themselves, managed policies too.
            role=own_role.without_policy_updates(),
            **arguments,
        )
        self.own_role = own_role
