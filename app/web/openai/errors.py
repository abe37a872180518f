"""Problems in the form of OpenAI's errors:

{"error": {"message": "..", "type": "invalid_request_error", "param": "model", "code": ".."}}
"""

from typing import Any

from app.web.schemas import Problem

PREFIX = "/v1/"
"""The prefix of the paths whose responses, errors included, have OpenAI's form."""


def error_body(problem: Problem) -> dict[str, Any]:
    violations = problem.errors or ()
    return {
        "error": {
            "message": problem.detail or problem.title,
            "type": _kind(problem.status),
            "param": violations[0].field if violations else None,
            "code": problem.code,
        }
    }


def _kind(status: int) -> str:
    """OpenAI's type of an error, for an HTTP status.

    >>> [_kind(status) for status in (400, 401, 429, 503)]
    ['invalid_request_error', 'authentication_error', 'rate_limit_error', 'server_error']
    """
    if status >= 500:
        return "server_error"
    return {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}.get(
        status, "invalid_request_error"
    )
