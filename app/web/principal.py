"""Who a request comes from.

On the laptop there is one principal, `local`. In AWS, API Gateway has authorized the request before
the function is called, and says whom it found in its request context. The web adapter hands that on
in a header that only it can set: one that a caller sends is overwritten. Who it names is, in order:

    authorizer.claims.sub           a user of the Cognito user pool
    identity.cognitoIdentityId      an identity of a Cognito identity pool, whose role many share
    identity.userArn                an IAM user, or an assumed role with its session's name

A request whose context names none of them is nobody's, and is refused.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request

from app.errors import Unauthenticated
from app.settings import Settings

LOCAL = "local"
CONTEXT_HEADER = "x-amzn-request-context"
NAMES = (
    ("authorizer", "claims", "sub"),
    ("identity", "cognitoIdentityId"),
    ("identity", "userArn"),
)


def principal_of(settings: Settings) -> Callable[[Request], str]:
    """The dependency that names a request's principal."""
    return _authorized if settings.auth == "api-gateway" else _local


def request_context(headers: Mapping[str, str]) -> Mapping[str, Any]:
    """What API Gateway knows of a request; empty where it did not come by way of it."""
    try:
        context = json.loads(headers.get(CONTEXT_HEADER, "{}"))
    except ValueError:
        return {}
    return context if isinstance(context, dict) else {}


def _local(_request: Request) -> str:
    return LOCAL


def _authorized(request: Request) -> str:
    """Whom API Gateway found the request to come from.

    Raises:
        Unauthenticated: nobody.
    """
    context = request_context(request.headers)
    for path in NAMES:
        name: Any = context
        for step in path:
            name = name.get(step) if isinstance(name, dict) else None
        if name and isinstance(name, str):
            return name
    raise Unauthenticated("Sign in, and send the token that you are given.")
