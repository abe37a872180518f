"""API Gateway's own refusals, the authorizer's and the firewall's among them, as RFC 9457 problems:
in the form of the application's own, so that a program reads one kind of error.

API Gateway fills in its variables and knows no conditions, so a refusal has no `retryable` and no
`detail` but the gateway's message; each kind's title and status are written out. The template is of
`application/json`, which is the only one that the gateway chooses whatever a caller accepts; the
header then says what it is.
"""

import json
from collections.abc import Mapping

from aws_cdk import aws_apigateway as apigateway

MEDIA_TYPE = "application/problem+json"

KINDS: Mapping[str, tuple[str, int | None, str]] = {
    "UNAUTHORIZED": ("unauthenticated", 401, "Sign in first"),
    "EXPIRED_TOKEN": ("unauthenticated", 403, "The signature has expired"),
    "INVALID_SIGNATURE": ("unauthenticated", 403, "The signature does not fit the request"),
    "MISSING_AUTHENTICATION_TOKEN": ("not-found", 403, "No such route, or no signature"),
    "ACCESS_DENIED": ("forbidden", 403, "Not allowed"),
    "WAF_FILTERED": ("forbidden", 403, "Refused by the firewall"),
    "BAD_REQUEST_BODY": ("invalid-request", 400, "The body does not fit its schema"),
    "BAD_REQUEST_PARAMETERS": ("invalid-request", 400, "A parameter does not fit its schema"),
    "UNSUPPORTED_MEDIA_TYPE": ("invalid-request", 415, "Unsupported media type"),
    "REQUEST_TOO_LARGE": ("too-large", 413, "The body is too large"),
    "THROTTLED": ("throttled", 429, "Too many requests"),
    "INTEGRATION_FAILURE": ("unavailable", 504, "The application cannot be reached"),
    "INTEGRATION_TIMEOUT": ("unavailable", 504, "The application took too long"),
    "DEFAULT_4XX": ("invalid-request", None, "Refused"),
    "DEFAULT_5XX": ("internal", None, "Something went wrong here"),
}
"""Response type -> the problem's code, status and title; None: the gateway's own status."""

DEFAULTS = {"DEFAULT_4XX": apigateway.ResponseType.DEFAULT_4_XX,
            "DEFAULT_5XX": apigateway.ResponseType.DEFAULT_5_XX}  # fmt: skip


def refuse_as_problems(rest: apigateway.RestApi, origin: str | None) -> None:
    """Give the API its refusals; a page of this origin may read them."""
    headers = {"Content-Type": f"'{MEDIA_TYPE}'"}
    if origin:
        headers["Access-Control-Allow-Origin"] = f"'{origin}'"
    for kind, (code, status, title) in KINDS.items():
        rest.add_gateway_response(
            kind,
            type=DEFAULTS.get(kind, apigateway.ResponseType.of(kind)),
            status_code=str(status) if status else None,
            response_headers=headers,
            templates={"application/json": template(code, status, title)},
        )


def template(code: str, status: int | None, title: str) -> str:
    """The body; the gateway puts its own message in, with quotes around it."""
    problem = {"type": f"urn:outcrop:{code}", "title": title}
    fixed = json.dumps(problem | ({"status": status} if status else {}) | {"code": code})
    variables = '"detail": $context.error.messageString, "requestId": "$context.requestId"'
    return f"{fixed[:-1]}, {variables}}}"
