"""Rules for permissions: actions by name, resources by name, no managed policies."""

from collections.abc import Iterator

from infra.policy.template import Statement, Template, text

Broken = Iterator[tuple[str, str]]

ANY = {
    "xray:PutTraceSegments": "traces have no ARN",
    "xray:PutTelemetryRecords": "traces have no ARN",
    "bedrock:ListFoundationModels": "the list has no ARN",
    "bedrock:Rerank": "reranking has no ARN; what it calls, InvokeModel, is allowed on one model",
    "ec2:CreateNetworkInterface": "Lambda makes it; its ARN is not known before",
    "ec2:DescribeNetworkInterfaces": "the list has no ARN",
    "ec2:DescribeSubnets": "the list has no ARN",
    "ec2:DeleteNetworkInterface": "Lambda makes it; its ARN is not known before",
    "ec2:AssignPrivateIpAddresses": "Lambda makes it; its ARN is not known before",
    "ec2:UnassignPrivateIpAddresses": "Lambda makes it; its ARN is not known before",
    "logs:CreateLogGroup": "API Gateway's log role serves every API of the account",
    "logs:CreateLogStream": "API Gateway's log role serves every API of the account",
    "logs:DescribeLogGroups": "API Gateway's log role serves every API of the account",
    "logs:DescribeLogStreams": "API Gateway's log role serves every API of the account",
    "logs:PutLogEvents": "API Gateway's log role serves every API of the account",
}
"""Actions that may be allowed on all resources, with the reason why nothing narrower works."""

INSIDE = {
    "s3": "the objects of a bucket",
    "es": "the paths below an index",
}
"""Services whose ARNs may end in /*, and the resources of that pattern."""

OTHER_REGIONS = "bedrock:InferenceProfileArn"
"""The condition for calling a model in any Region of an inference profile."""

OWN_POLICY = ("AWS::KMS::Key",)
"""Resources in whose own policies * means the resource itself."""


def actions_are_named(template: Template) -> Broken:
    for statement in _allowing(template):
        for action in statement.actions:
            if "*" in action and statement.kind not in OWN_POLICY:
                yield statement.where, f"{action} allows too much; name the actions"


def resources_are_named(template: Template) -> Broken:
    for statement in _allowing(template):
        if statement.kind in OWN_POLICY:
            continue
        for resource in statement.resources:
            if "*" in resource and not _has_reason(statement, resource):
                yield statement.where, f"{', '.join(statement.actions)} on {resource} is too wide"


def principals_are_named(template: Template) -> Broken:
    for statement in _allowing(template):
        if "*" in statement.principals:
            yield statement.where, "everybody is allowed; name who"


def roles_hold_no_managed_policies(template: Template) -> Broken:
    for name, properties in template.of("AWS::IAM::Role"):
        for policy in properties.get("ManagedPolicyArns", ()):
            yield name, f"{text(policy)} allows more than is needed; write the statements"


def _allowing(template: Template) -> Iterator[Statement]:
    return (statement for statement in template.statements if statement.effect == "Allow")


def _has_reason(statement: Statement, resource: str) -> bool:
    if resource == "*":
        return all(action in ANY for action in statement.actions)
    if resource.endswith("/*") and "*" not in resource[:-1]:
        return all(action.partition(":")[0] in INSIDE for action in statement.actions)
    if ":guardrail-profile/" in resource:
        return resource.count("*") == 1 and statement.actions == ("bedrock:ApplyGuardrail",)
    return ":bedrock:*::foundation-model/" in resource and OTHER_REGIONS in statement.conditions


RULES = (
    actions_are_named,
    resources_are_named,
    principals_are_named,
    roles_hold_no_managed_policies,
)
