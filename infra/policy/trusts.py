"""Rules for who may take a role on: the service that works with it, for this account alone."""

from collections.abc import Iterator, Mapping

from infra.policy.template import Template, references

Broken = Iterator[tuple[str, str]]

# type -> the members that name its role, from the outside in -> the service that takes it on
WORKERS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "AWS::Bedrock::KnowledgeBase": (("RoleArn",), "bedrock.amazonaws.com"),
    "AWS::Bedrock::Agent": (("AgentResourceRoleArn",), "bedrock.amazonaws.com"),
    "AWS::Lambda::Function": (("Role",), "lambda.amazonaws.com"),
    "AWS::Scheduler::Schedule": (("Target", "RoleArn"), "scheduler.amazonaws.com"),
    "AWS::EC2::FlowLog": (("DeliverLogsPermissionArn",), "vpc-flow-logs.amazonaws.com"),
    "AWS::ApiGateway::Account": (("CloudWatchRoleArn",), "apigateway.amazonaws.com"),
}


def roles_are_trusted_to_their_service(template: Template) -> Broken:
    for kind, (members, service) in WORKERS.items():
        for name, properties in template.of(kind):
            value = properties
            for member in members:
                value = value.get(member, {})
            role = next(references(value), "")
            taking = [
                trust
                for trust in template.trusts
                if trust.where == role
                and trust.effect == "Allow"
                and "sts:AssumeRole" in trust.actions
            ]
            if service not in {principal for trust in taking for principal in trust.principals}:
                yield name, f"{service} may not take on its role {role}"
            for trust in taking:
                if others := sorted(set(trust.principals) - {service}):
                    yield role, f"{', '.join(others)} may take it on too"


def trusts_are_of_this_account(template: Template) -> Broken:
    """A condition on another account, or on a source that there is not, lets nobody in."""
    for trust in template.trusts:
        for key, value in trust.values:
            if key == "aws:SourceAccount" and value != "${AWS::AccountId}":
                yield trust.where, f"{value} is not the account of the stack"
            if key == "aws:SourceArn" and "${AWS::AccountId}" not in value:
                yield trust.where, f"{value} is no resource of the stack's account"


RULES = (roles_are_trusted_to_their_service, trusts_are_of_this_account)
