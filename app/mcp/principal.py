"""The principal of a server that has one: over standard input and output, or without tokens.

On the laptop it is `local`. For a stack in AWS it is the person who is signed in, by the ID token
in OUTCROP_TOKEN; without Cognito, it is whoever the AWS credentials belong to. Either is the same
as the API's authorizer says.
"""

from collections.abc import Callable

from app.aws import calling, operator
from app.errors import OperatorError
from app.mcp.tokens import TokenVerifier
from app.settings import Settings, StackSettings, read

LOCAL = "local"
SECONDS = 20


def principal_of(settings: Settings, tokens: TokenVerifier | None) -> Callable[[], str]:
    """What returns the principal of a request.

    Args:
        tokens: verifies the token, where the stack knows its callers by tokens.

    Raises:
        OutcropError: nobody is signed in, or AWS does not say whose the credentials are.
    """
    if settings.auth == "local":
        return lambda: LOCAL
    principal = _signed_in(tokens) if tokens else _caller()
    return lambda: principal


def _signed_in(tokens: TokenVerifier) -> str:
    token = read(StackSettings).token
    if token is None:
        raise OperatorError("OUTCROP_TOKEN has no token, so nobody is signed in.")
    return tokens.subject(token.get_secret_value())


def _caller() -> str:
    """The ARN of the caller of AWS, as API Gateway has it for a signed request."""
    with calling("GetCallerIdentity"):
        return operator(SECONDS).sts.get_caller_identity()["Arn"]
