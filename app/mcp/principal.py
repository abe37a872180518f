"""The principal of what a client asks for.

On the laptop there is one principal, `local`. For a stack in AWS it is whoever the AWS credentials
belong to that the calls are made with.
"""

from collections.abc import Callable

from app.aws import calling, operator
from app.settings import Settings

LOCAL = "local"
SECONDS = 20


def principal_of(settings: Settings) -> Callable[[], str]:
    """What returns the principal of a request.

    Raises:
        OutcropError: AWS does not say whose the credentials are.
    """
    principal = LOCAL if settings.auth == "local" else _caller()
    return lambda: principal


def _caller() -> str:
    """The ARN of the caller of AWS, as API Gateway has it for a signed request."""
    with calling("GetCallerIdentity"):
        return operator(SECONDS).sts.get_caller_identity()["Arn"]
