"""The translation of errors to RFC 9457 `application/problem+json`.

{"type": "urn:outcrop:not-found", "title": "Not found", "status": 404,
 "detail": "There is no conversation 'x'. Leave it out to begin a new one.",
 "code": "not-found", "retryable": false, "requestId": "5f2c...",
 "errors": [{"field": "conversationId", "rule": "There is no conversation 'x'. ..."}]}
"""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import CallerError, OutcropError
from app.events import Error
from app.web.openai import errors as openai
from app.web.request_ids import current
from app.web.schemas import QUESTION_TAGS, Problem, Violation

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
INTERNAL = Error(500, "internal", "Something went wrong here", "The log has the details.", False)
METHODS = ("DELETE", "GET", "PATCH", "POST")
"""The methods that routes have."""
RETRY_AFTER = 5  # seconds, if nothing names a time


class ProblemResponse(JSONResponse):
    """A problem in the form of its path: RFC 9457's, or OpenAI's below `/v1/`."""

    def __init__(self, body: Problem, retry_after: int | None = None) -> None:
        headers = {"retry-after": str(retry_after or RETRY_AFTER)} if body.retryable else None
        super().__init__(
            body.model_dump(by_alias=True, exclude_none=True, mode="json"),
            status_code=body.status,
            media_type=MEDIA_TYPE,
            headers=headers,
        )
        self._problem = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(openai.PREFIX):
            self.body = self.render(openai.error_body(self._problem))
            self.headers["content-type"] = "application/json"
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def problem(error: OutcropError | Error, violations: Sequence[Violation] = ()) -> Response:
    return ProblemResponse(problem_of(error, violations), error.retry_after)


def problem_of(error: OutcropError | Error, violations: Sequence[Violation] = ()) -> Problem:
    """The part of an error that its caller may read."""
    error_event = error if isinstance(error, Error) else Error.of(error)
    if isinstance(error, CallerError) and error.field:
        violations = [Violation(field=error.field, rule=error.detail)]
    return Problem(
        type=f"urn:outcrop:{error_event.code}",
        title=error_event.title,
        status=error_event.status,
        detail=error_event.detail,
        code=error_event.code,
        retryable=error_event.retryable,
        request_id=current(),
        errors=list(violations) or None,
        resets_at=error_event.resets_at,
    )


def install(app: FastAPI) -> None:
    """Turn every error of a route into a problem."""
    app.add_exception_handler(OutcropError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


class CatchUnexpected:
    """Middleware that answers unexpected errors.

    Starlette's own handler of such errors is outside all other middleware, so its responses would
    have no request id, and a page of another origin could not read them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            # Its message may quote a user, so only the log has it, with the place.
            log.error("unexpected: %s", type(error).__name__, exc_info=error)
            if has_begun:
                raise  # the server closes the connection, because the response is not whole
            await problem(INTERNAL)(scope, receive, send)


async def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, OutcropError)
    if not isinstance(error, CallerError):
        log.error("%s: %s", error.code, error.detail, exc_info=error)
    return problem(error)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    violations = [
        Violation(field=_field(fault["loc"]), rule=fault["msg"]) for fault in error.errors()
    ]
    detail = "; ".join(f"{violation.field}: {violation.rule}" for violation in violations)
    event = Error(400, "invalid-request", "The request is not valid", detail, retryable=False)
    return problem(event, violations)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, OutcropError):  # what FastAPI wraps while it reads a body
        return problem(error.__cause__)
    title = HTTPStatus(error.status_code).phrase
    detail = _DETAILS.get(error.status_code, error.detail)
    code = title.lower().replace(" ", "-")
    response = problem(Error(error.status_code, code, title, detail, retryable=False))
    response.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = ", ".join(_methods(request))
    return response


def _methods(request: Request) -> Sequence[str]:
    """The methods of a path. Starlette knows those of the first route only that has it."""
    return [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] == Match.FULL
            for route in request.app.routes
        )
    ]


def _field(location: Sequence[Any]) -> str:
    """The part of the request that is at fault, by the caller's name for it.

    >>> _field(("body", "question", "message"))  # pydantic names the member of a union, too
    'message'
    >>> _field(("query", "limit"))
    'limit'
    >>> _field(("body", 17))  # malformed JSON: the place in the text
    'body'
    """
    names = [str(part) for part in location[1:] if isinstance(part, str)]
    return ".".join(part for part in names if part not in QUESTION_TAGS) or str(location[0])


_DETAILS = {
    404: "There is no such path; /openapi.json lists those that are.",
    405: "The path has no such method; the header Allow lists those that it has.",
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem: what went wrong, and what to do next.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "model": Problem,
    }
}
