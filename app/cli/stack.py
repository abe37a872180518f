"""The application of a deployed stack, as `--stack NAME` calls it.

DescribeStacks ── outputs ── ApiUrl ── Client
                      └───── Auth ──── cognito: sign in, or OUTCROP_TOKEN    iam: SigV4
"""

from collections.abc import Callable, Generator

import httpx2 as httpx

from app.aws import Signer, signer
from app.cli.client import Client
from app.cli.signin import Pool, SignedIn
from app.deploy.stack.description import Stack, deployed
from app.errors import OperatorError
from app.settings import LaptopSettings, StackSettings, read


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
