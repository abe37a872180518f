"""Who a request comes from.

On the laptop there is one principal, `local`. In AWS, API Gateway's authorizer has verified a
token before the function is called, and the web adapter hands its claims on in a header that only
it can set. A request without them there is nobody's, and is refused.
"""

import json
from collections.abc import Callable

from fastapi import Request

from app.errors import Unauthenticated
from app.settings import Settings

LOCAL = "local"
CONTEXT_HEADER = "x-amzn-request-context"


def principal_of(settings: Settings) -> Callable[[Request], str]:
    """The dependency that names a request's principal."""
    return _from_claims if settings.auth == "api-gateway" else _local


def _local(_request: Request) -> str:
    return LOCAL


def _from_claims(request: Request) -> str:
    """The subject that the authorizer verified.

    Raises:
        Unauthenticated: there is none.
    """
    try:
        context = json.loads(request.headers.get(CONTEXT_HEADER, "{}"))
        subject = context["authorizer"]["claims"]["sub"]
    except (ValueError, KeyError, TypeError):
        subject = None
    if not isinstance(subject, str) or not subject:
        raise Unauthenticated("Sign in, and send the token that you are given.")
    return subject
