"""The principal of a request.

On the laptop there is one principal, `local`. In AWS, API Gateway authorizes the request before it
calls the function, and puts the caller into its request context. The web adapter passes that on in
a header, and overwrites one that a caller sends. The principal is the first of:

    authorizer.claims.sub         a user of the Cognito user pool
    identity.cognitoIdentityId    an identity of a Cognito identity pool, whose role many share
    identity.userArn              an IAM user, or an assumed role with its session's name

A request whose context has none of them is refused, on every route but those of health and of the
page, on which people sign in. This is a middleware, so that
no route can forget it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Unauthenticated
from app.settings import Settings
from app.web.page import is_of_page, page_config
from app.web.problems import problem

LOCAL = "local"
CONTEXT_HEADER = "x-amzn-request-context"
OPEN = frozenset({"/healthz", "/readyz"})
"""The routes for the adapter and a load balancer, which have no principal."""

NAMES = (
    ("authorizer", "claims", "sub"),
    ("identity", "cognitoIdentityId"),
    ("identity", "userArn"),
)


class RequirePrincipal:
    """Middleware that refuses requests without a principal, except for health."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self._principal = app, principal_of(settings)
        self._has_page = page_config(settings) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_open(scope["path"]):
            try:
                self._principal(Request(scope))
            except Unauthenticated as error:
                await problem(error)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return path in OPEN or (self._has_page and is_of_page(path))


def principal_of(settings: Settings) -> Callable[[Request], str]:
    """The dependency that returns a request's principal."""
    return _authorized if settings.auth == "api-gateway" else _local


def request_context(headers: Mapping[str, str]) -> Mapping[str, Any]:
    """API Gateway's context of a request; empty if it did not come through API Gateway."""
    try:
        context = json.loads(headers.get(CONTEXT_HEADER, "{}"))
    except ValueError:
        return {}
    return context if isinstance(context, dict) else {}


def _local(_request: Request) -> str:
    return LOCAL


def _authorized(request: Request) -> str:
    """The principal by API Gateway.

    Raises:
        Unauthenticated: there is none.
    """
    context = request_context(request.headers)
    for path in NAMES:
        name: Any = context
        for step in path:
            name = name.get(step) if isinstance(name, dict) else None
        if name and isinstance(name, str):
            return name
    raise Unauthenticated("Sign in, and send the token that you are given.")
