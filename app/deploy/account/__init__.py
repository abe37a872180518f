"""Checks whether an account is ready for a stack, before a deployment would fail.

    credentials ── bootstrap ── Region ── zones ── log role ── models ── quotas
    ── guardrail ── agents ── floor

The checks create nothing and call nothing that costs. A check without the permission to look gives
a finding with `well` None, which is no failure. Without credentials or a Region, no other check is
made.
"""

from collections.abc import Callable, Iterator

from botocore.exceptions import ClientError

from app.aws import Operator, calling, operator
from app.deploy.account import guardrail as guardrails
from app.deploy.account.agents import agents
from app.deploy.account.models import models
from app.deploy.account.places import zones
from app.deploy.account.quotas import quotas
from app.deploy.account.region import adapter, gateway_log_role, resource_types
from app.deploy.endpoint import leads_to_stand_in, local_endpoint
from app.deploy.findings import Finding
from app.deploy.stack.context import Choices
from app.errors import OutcropError
from app.prices import EVERY_STACK, PAGE
from app.settings import inherited_environment

Check = Callable[[Operator, Choices], Iterator[Finding]]

STAND_IN = "this shell points at a stand-in on this machine, not at AWS"
BACK = 'To AWS again: `eval "$(outcrop env --unset)"`.'
SECONDS = 30  # for one call, with all its attempts
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
LEAST_BOOTSTRAP = 6  # the version that the CDK's templates require


def examine(choices: Choices) -> Iterator[Finding]:
    """Check the account that boto3 finds, for a stack with these choices."""
    environment = inherited_environment()
    if endpoint := leads_to_stand_in(environment):
        yield Finding("Endpoint", well=False, found=f"{endpoint}: {STAND_IN}", mend=BACK)
        return
    try:
        aws = operator(SECONDS)
        with calling("GetCallerIdentity"):
            identity = aws.sts.get_caller_identity()
    except OutcropError as error:
        endpoint = local_endpoint(environment)
        mend = f"{endpoint} leads to this machine, not to AWS. {BACK}" if endpoint else None
        yield Finding("Credentials", well=False, found=error.detail, mend=mend)
        return
    state = f"{identity['Arn']} in account {identity['Account']}, {aws.region}"
    yield Finding("Credentials", well=True, found=state)
    for name, check in CHECKS:
        try:
            yield from check(aws, choices)
        except OutcropError as error:
            yield Finding(name, well=None, found=f"could not be looked at. {error.detail}")


def bootstrap(aws: Operator, _: Choices) -> Iterator[Finding]:
    """Whether the account has the CDK's own bucket and roles in this Region."""
    try:
        with calling("GetParameter"):
            parameter = aws.ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]
    except OutcropError as error:
        if not _is_missing(error):
            raise
        state = f"{aws.region} of this account is not bootstrapped for the CDK"
        yield Finding("CDK bootstrap", well=False, found=state, mend=_bootstrap_advice(aws))
        return
    version = int(parameter["Value"])
    enough = version >= LEAST_BOOTSTRAP
    state = f"version {version}" if enough else f"version {version}, and {LEAST_BOOTSTRAP} is asked"
    yield Finding("CDK bootstrap", enough, state, None if enough else _bootstrap_advice(aws))


def _bootstrap_advice(aws: Operator) -> str:
    with calling("GetCallerIdentity"):
        account = aws.sts.get_caller_identity()["Account"]
    command = f"node_modules/.bin/cdk bootstrap aws://{account}/{aws.region}"
    return f"Once an account and Region: `{command}`."


def _is_missing(error: OutcropError) -> bool:
    cause = error.__cause__
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] == "ParameterNotFound"


def floor(_: Operator, choices: Choices) -> Iterator[Finding]:
    """The monthly cost of the stack without any questions."""
    yield Finding("The vector store's floor", well=True, found=str(choices.floor))
    rest = {**EVERY_STACK, **(PAGE if choices.page == "cloudfront" else {})}
    state = f"${sum(rest.values()):.2f} a month: {', '.join(rest)}"
    yield Finding("The rest's floor", well=True, found=state)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("CDK bootstrap", bootstrap),
    ("Resource types", resource_types),
    ("Lambda Web Adapter", adapter),
    ("Zones of the network", zones),
    ("API Gateway's log role", gateway_log_role),
    ("Models", models),
    ("Quotas", quotas),
    (guardrails.CHECK, guardrails.guardrail),
    ("Agents", agents),
    ("Monthly floor", floor),
)
