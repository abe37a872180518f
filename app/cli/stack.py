"""The application of a deployed stack, as `--stack NAME` calls it.

DescribeStacks ── outputs ── ApiUrl ── Client
                      └───── Auth ──── cognito: sign in, or OUTCROP_TOKEN    iam: SigV4
"""

from collections.abc import Callable, Generator

import httpx2 as httpx

from app.aws import Signer, signer
from app.cli.client import Client
from app.cli.signin import Pool, TokenAuth
from app.deploy.stack.description import Stack, describe_complete
from app.errors import OperatorError
from app.settings import LaptopSettings, StackSettings, read


def client(name: str) -> Client:
    """A client of a stack's application, which authenticates in the way of the stack.

    Raises:
        OperatorError: there is no such stack, or nobody is signed in and there is no terminal.
    """
    stack = describe_complete(name)
    url, method = stack.output("ApiUrl"), stack.output("Auth")
    if method not in _AUTHENTICATORS:
        raise OperatorError(
            f"The stack {name} is called by {method!r}, which this version does not know."
        )
    return Client(url, _AUTHENTICATORS[method](stack))


class SignatureAuth(httpx.Auth):
    """Signs every request for API Gateway (SigV4) with the credentials that boto3 finds."""

    requires_request_body = True

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        # A space in a query is signed as %20; httpx writes it as +, and a + as %2B.
        request.url = request.url.copy_with(query=request.url.query.replace(b"+", b"%20") or None)
        content_type = request.headers.get("content-type")
        url = str(request.url)
        headers = self._signer.headers(request.method, url, request.content, content_type)
        request.headers.update(headers)
        yield request


def cognito(stack: Stack) -> TokenAuth:
    """What sends the ID token of the person who is signed in to the stack."""
    pool = Pool.of(stack.output("SignInUrl"), stack.output("UserPoolClientId"))
    token = read(StackSettings).token
    folder = read(LaptopSettings).home / "sign-in"
    return TokenAuth(stack.name, pool, folder, token.get_secret_value() if token else None)


def _iam(_: Stack) -> httpx.Auth:
    return SignatureAuth(signer("execute-api"))


_AUTHENTICATORS: dict[str, Callable[[Stack], httpx.Auth]] = {"cognito": cognito, "iam": _iam}
