"""A deployed stack, and its application as `--stack NAME` calls it.

DescribeStacks ── outputs ── ApiUrl ── Client
                      └───── Auth ──── cognito: sign in, or OUTCROP_TOKEN    iam: SigV4
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

import httpx2 as httpx
from botocore.exceptions import ClientError

from app.aws import Operator, Signer, calling, operator, signer
from app.cli.client import Client
from app.cli.endpoint import leads_to_stand_in
from app.cli.signin import Pool, SignedIn
from app.errors import OperatorError
from app.settings import LaptopSettings, StackSettings, inherited_environment, read

SECONDS = 30  # for one call, with all its attempts
COMPLETE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"  # it is what it was before, and serves


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as CloudFormation describes it; one that is `protected` cannot be deleted."""

    name: str
    status: str
    outputs: Mapping[str, str]
    protected: bool

    def output(self, key: str) -> str:
        """The value of an output.

        Raises:
            OperatorError: the stack has none of that name.
        """
        try:
            return self.outputs[key]
        except KeyError:
            raise OperatorError(
                f"The stack {self.name} has no output {key}: it is not one of Outcrop's, or of "
                f"another version. `outcrop deploy --stack {self.name}` brings it up to date."
            ) from None


def describe(aws: Operator, name: str) -> Stack:
    """The stack of a name, in whatever state it is.

    Raises:
        OperatorError: there is none in this account and Region.
    """
    if endpoint := leads_to_stand_in(inherited_environment()):
        raise OperatorError(
            f"{endpoint}: this shell points at a stand-in on this machine, where no stack is. "
            'To AWS again: `eval "$(outcrop env --unset)"`.'
        )
    with calling("DescribeStacks"):
        try:
            [told] = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" not in error.response["Error"]["Message"]:
                raise
            raise OperatorError(
                f"There is no stack {name} in {aws.region} of this account. `outcrop deploy "
                f"--stack {name}` makes it; AWS_PROFILE and AWS_DEFAULT_REGION say where."
            ) from None
    outputs = {one["OutputKey"]: one["OutputValue"] for one in told.get("Outputs", [])}
    protected = told.get("EnableTerminationProtection", False)
    return Stack(told["StackName"], told["StackStatus"], outputs, protected)


def deployed(name: str) -> Stack:
    """The stack of a name, complete.

    Raises:
        OperatorError: there is none, or it is being changed, or has failed.
    """
    stack = describe(operator(SECONDS), name)
    if stack.status not in COMPLETE | {ROLLED_BACK}:
        raise OperatorError(
            f"The stack {name} is {stack.status}. If that is still going on, wait; if it failed, "
            f"`outcrop deploy --stack {name}` says why."
        )
    return stack


def client(name: str) -> Client:
    """The application of a stack, called as whoever we are there.

    Raises:
        OperatorError: there is no such stack, or nobody is signed in and nobody can be asked.
    """
    stack = deployed(name)
    url, way = stack.output("ApiUrl"), stack.output("Auth")
    if way not in _WAYS:
        raise OperatorError(
            f"The stack {name} is called by {way!r}, which this version does not know."
        )
    return Client(url, _WAYS[way](stack))


class Signed(httpx.Auth):
    """Signs every request for API Gateway, as whom boto3 finds."""

    requires_request_body = True

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        # A space in a query is signed as %20; httpx writes it as +, and a + as %2B.
        request.url = request.url.copy_with(query=request.url.query.replace(b"+", b"%20") or None)
        content_type = request.headers.get("content-type")
        url = str(request.url)
        signed = self._signer.headers(request.method, url, request.content, content_type)
        request.headers.update(signed)
        yield request


def _by_cognito(stack: Stack) -> httpx.Auth:
    pool = Pool.of(stack.output("SignInUrl"), stack.output("UserPoolClientId"))
    token = read(StackSettings).token
    folder = read(LaptopSettings).home / "sign-in"
    return SignedIn(stack.name, pool, folder, token.get_secret_value() if token else None)


def _by_iam(_: Stack) -> httpx.Auth:
    return Signed(signer("execute-api"))


_WAYS: dict[str, Callable[[Stack], httpx.Auth]] = {"cognito": _by_cognito, "iam": _by_iam}
