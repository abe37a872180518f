"""What a browser lets the page of `OUTCROP_ORIGIN` do: CORS, with its refusals as problems."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from app.errors import Forbidden
from app.resources import PAGE_HEADERS, SIGNING_HEADERS
from app.web.problems import METHODS, problem

READABLE = ("x-request-id", "retry-after")
"""The headers of a response that the page may read."""


class PageAccess(CORSMiddleware):
    """Middleware that lets one page call.

    Args:
        origin: the page's.
    """

    def __init__(self, app: ASGIApp, origin: str) -> None:
        super().__init__(
            app,
            allow_origins=[origin],
            allow_methods=METHODS,
            allow_headers=[*PAGE_HEADERS, *SIGNING_HEADERS],
            expose_headers=READABLE,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a browser that asks before it sends a request."""
        response = super().preflight_response(request_headers)
        if response.status_code == 200:
            return response
        wrong = bytes(response.body).decode().removeprefix("Disallowed CORS ")
        refusal = problem(
            Forbidden(
                f"A page may not send this: {wrong}. One page may call, that of OUTCROP_ORIGIN, by "
                f"{', '.join(METHODS)}, with the headers "
                f"{', '.join((*PAGE_HEADERS, *SIGNING_HEADERS))}.",
                field="origin"
                if "origin" in wrong
                else "access-control-request-headers"
                if "headers" in wrong
                else "access-control-request-method",
            )
        )
        for name, value in response.headers.items():
            if name.startswith("access-control-") or name == "vary":
                refusal.headers[name] = value
        return refusal
