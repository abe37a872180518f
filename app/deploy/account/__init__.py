"""Whether an account is ready for a stack: what deploying would otherwise find out the hard way.

    credentials ── bootstrap ── models ── quotas ── agents ── monthly floor

Nothing is created and nothing is called that costs. A check that may not look says so, and is no
failure: `well` is None then. Without credentials or a Region nothing further can be looked at.
"""

from collections.abc import Callable, Iterator

from botocore.exceptions import ClientError

from app.aws import Operator, calling, operator
from app.deploy.account.agents import agents
from app.deploy.account.models import models
from app.deploy.account.quotas import quotas
from app.deploy.endpoint import leads_to_stand_in, local_endpoint
from app.deploy.findings import Finding
from app.deploy.stack.context import Choices
from app.errors import OutcropError
from app.prices import EVERY_STACK
from app.settings import inherited_environment

Check = Callable[[Operator, Choices], Iterator[Finding]]

STAND_IN = "this shell points at a stand-in on this machine, not at AWS"
BACK = 'To AWS again: `eval "$(outcrop env --unset)"`.'
SECONDS = 30  # for one call, with all its attempts
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
LEAST_BOOTSTRAP = 6  # what a template of today's CDK asks for


def examine(choices: Choices) -> Iterator[Finding]:
    """Look at the account that boto3 finds, for a stack with these choices."""
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
        mend = f"{endpoint} leads to this machine. Is that meant? {BACK}" if endpoint else None
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
    """Whether the CDK has its own bucket and roles here."""
    try:
        with calling("GetParameter"):
            parameter = aws.ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]
    except OutcropError as error:
        if not _is_missing(error):
            raise
        state = f"{aws.region} of this account is not bootstrapped for the CDK"
        yield Finding("CDK bootstrap", well=False, found=state, mend=_to_bootstrap(aws))
        return
    version = int(parameter["Value"])
    enough = version >= LEAST_BOOTSTRAP
    state = f"version {version}" if enough else f"version {version}, and {LEAST_BOOTSTRAP} is asked"
    yield Finding("CDK bootstrap", enough, state, None if enough else _to_bootstrap(aws))


def _to_bootstrap(aws: Operator) -> str:
    with calling("GetCallerIdentity"):
        account = aws.sts.get_caller_identity()["Account"]
    command = f"node_modules/.bin/cdk bootstrap aws://{account}/{aws.region}"
    return f"Once an account and Region: `{command}`."


def _is_missing(error: OutcropError) -> bool:
    cause = error.__cause__
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] == "ParameterNotFound"


def floor(_: Operator, choices: Choices) -> Iterator[Finding]:
    """What the stack costs while nobody asks."""
    yield Finding("The vector store's floor", well=True, found=str(choices.floor))
    state = f"${sum(EVERY_STACK.values()):.2f} a month: {', '.join(EVERY_STACK)}"
    yield Finding("The rest's floor", well=True, found=state)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("CDK bootstrap", bootstrap),
    ("Models", models),
    ("Quotas", quotas),
    ("Agents", agents),
    ("Monthly floor", floor),
)
