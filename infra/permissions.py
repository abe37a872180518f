"""Permissions: statements, and roles with nothing else.

Actions are written out, one by one. A resource of `*` is used only for actions that know no
narrower one; `policy/` lists them, with the reasons.
"""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct


def allow(
    actions: Sequence[str], *resources: str, conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    """A statement: these actions, on these resources."""
    return iam.PolicyStatement(
        actions=list(actions), resources=list(resources), conditions=conditions
    )


def service_role(
    scope: Construct,
    name: str,
    service: str,
    *statements: iam.PolicyStatement,
    source: str | None = None,
) -> iam.Role:
    """A role that a service assumes.

    Its statements are a part of it, and no separate policy, so that resources which refer to the
    role are made after them.

    Args:
        source: the ARNs, with `*`, on whose behalf the service may assume it, in this account only.
            Without that, others could make a service that they use too assume it.
    """
    principal = iam.ServicePrincipal(service)
    if source:
        principal = iam.ServicePrincipal(service, conditions=on_behalf_of(source))
    return iam.Role(
        scope,
        name,
        assumed_by=principal,
        inline_policies={"Needed": iam.PolicyDocument(statements=list(statements))},
    )


def on_behalf_of(source: str) -> dict[str, object]:
    """The conditions that restrict a service to one source, in this account."""
    return {
        "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
        "ArnLike": {"aws:SourceArn": source},
    }


def arn(
    service: str, resource: str, *, region: str = Aws.REGION, account: str = Aws.ACCOUNT_ID
) -> str:
    """An ARN in this partition, Region and account."""
    return f"arn:{Aws.PARTITION}:{service}:{region}:{account}:{resource}"
