"""Endpoints that no service model of botocore has: JSON in; JSON, or server-sent events, out.

Their errors are of OpenAI's shape, since the paths are.

    {"error": {"message": "..", "type": "invalid_request_error", "param": null,
               "code": "validation_error"}}
"""

import json
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Mapping,
)
from typing import Any

from app.local import lazy_re as re
from app.local.wire.admission import check_host, check_sender, needs_no_preflight
from app.local.wire.body import BodyTooLarge, in_memory
from app.local.wire.call import JSON, ServiceError
from app.local.wire.errors import internal_error, unmodelled_status
from app.local.wire.models import model
from app.local.wire.request import RequestHead
from app.local.wire.response import Response

Endpoint = Callable[[JSON, Mapping[str, str]], Coroutine[Any, Any, Response]]
"""Answers a request by its body, {} where it has none, and its headers, whose names are in lower
case. Raises ServiceError."""
Endpoints = Mapping[tuple[str, str], Endpoint]
"""By method and path."""

SERVICE = "bedrock-runtime"  # whose names errors have before they are OpenAI's
MOST_BYTES = 25_000_000  # of a body, as InvokeModel has it


async def read_body(request: RequestHead, source: AsyncIterator[bytes]) -> JSON:
    """The body of a request that may come here.

    Raises:
        ServiceError: it may not, or its body is not a JSON object.
    """
    check_host(request, SERVICE)
    check_sender(request, SERVICE)
    if needs_no_preflight(request):
        message = "Send JSON, with the header Content-Type: application/json."
        raise ServiceError("ValidationException", message)
    try:
        body = await in_memory(source, MOST_BYTES)
        value = json.loads(body) if body else {}
    except BodyTooLarge as error:
        raise ServiceError("ValidationException", str(error)) from error
    except (ValueError, RecursionError) as error:
        raise ServiceError("ValidationException", f"The body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ServiceError("ValidationException", "The body has to be a JSON object.")
    return value


def json_response(body: JSON, headers: Mapping[str, str]) -> Response:
    """An answer in one piece."""
    return Response(
        200,
        {"content-type": "application/json", **headers},
        json.dumps(body, ensure_ascii=False).encode(),
    )


def events_response(
    bodies: AsyncIterator[JSON],
    headers: Mapping[str, str],
    aclose: Callable[[], Awaitable[None]],
) -> Response:
    """An answer as server-sent events, a body each, ended by `[DONE]`.

    Args:
        aclose: is called in the end, also if no body was ever taken.
    """
    head = {"content-type": "text/event-stream", "cache-control": "no-cache", **headers}
    return Response(200, head, _events(bodies), aclose=aclose)


async def _events(bodies: AsyncIterator[JSON]) -> AsyncGenerator[bytes, None]:
    try:
        async for body in bodies:
            yield _event(body)
    except ServiceError as error:
        yield _event(_error(error))
    yield b"data: [DONE]\n\n"


def _event(body: JSON) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def error_response(error: Exception, request: RequestHead) -> Response:
    """The answer to a request that failed. An error that nobody raises on purpose is logged."""
    if not isinstance(error, ServiceError):
        error = internal_error(error, "InternalServerException", request.id)
    response = json_response(_error(error), error.members.get("$headers", {}))
    response.status = _status(error.code)
    return response


def _error(error: ServiceError) -> JSON:
    """The body of an error.

    >>> _error(ServiceError("ValidationException", "No."))["error"]["code"]
    'validation_error'
    """
    words = re.findall("[A-Z][a-z]+", error.code.removesuffix("Exception"))
    code = "_".join(word.lower() for word in words).removesuffix("_error")
    status = _status(error.code)
    kind = {429: "rate_limit_error", 403: "permission_error"}.get(status, "invalid_request_error")
    return {
        "error": {
            "message": error.message,
            "type": "server_error" if status >= 500 else kind,
            "param": None,
            "code": f"{code}_error",
        }
    }


def _status(code: str) -> int:
    for shape in model(SERVICE).error_shapes:
        if shape.name == code:
            return int(shape.metadata["error"]["httpStatusCode"])
    return unmodelled_status(SERVICE, code)
