"""Who a request comes from.

On the laptop there is one principal, `local`. In AWS, API Gateway has authorized the request before
the function is called, and says whom it found in its request context. The web adapter hands that on
in a header that only it can set: one that a caller sends is overwritten. Who it names is, in order:

    authorizer.claims.sub           a user of the Cognito user pool
    identity.cognitoIdentityId      an identity of a Cognito identity pool, whose role many share
    identity.userArn                an IAM user, or an assumed role with its session's name

A request whose context names none of them is nobody's, and is refused, whatever it asks for. A
middleware sees to it and not the routes, so that no route can be forgotten.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Unauthenticated
from app.settings import Settings
from app.web.problems import problem

LOCAL = "local"
CONTEXT_HEADER = "x-amzn-request-context"
OPEN = frozenset({"/healthz", "/readyz"})
"""What the adapter and a load balancer ask, who are nobody."""

NAMES = (
    ("authorizer", "claims", "sub"),
    ("identity", "cognitoIdentityId"),
    ("identity", "userArn"),
)


class RequirePrincipal:
    """Middleware that refuses nobody's requests, but for health."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self._principal = app, principal_of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN:
            try:
                self._principal(Request(scope))
            except Unauthenticated as error:
                await problem(error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


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
