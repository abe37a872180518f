"""Checks the bodies of requests: their size, their content type, and that other programs can read
their JSON.

A page in a browser can send forms and plain text without a preflight, but not JSON.

Python's JSON parser accepts NaN, numbers beyond a double (1e999), lone surrogates and any depth,
and they would go on to S3, to Bedrock, into a log. So a body is read here, once, and refused with
the field and the rule; the application gets the others.
"""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.documents.names import is_unicode
from app.errors import CallerError, InvalidRequest, NotJson, TooLarge
from app.resources import LARGEST_BODY
from app.web.problems import problem

DEEPEST = 100  # levels of arrays and objects
DEPTH = f"Arrays and objects may be nested {DEEPEST} levels deep at most."
FINITE = "A number has to be finite."  # as a double, as other programs read it
WHOLE = "A text has to be of whole characters: this one has half of a surrogate pair."


class ReadBody:
    """Middleware that reads a request's body, and refuses one that breaks a rule."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            body = await _read(scope, receive)
            if body is None:
                return  # the caller has closed the connection
            if body:
                check_type(Headers(scope=scope).get("content-type", ""))
            check(body)
        except CallerError as error:
            await problem(error)(scope, receive, send)
            return
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_read() -> Message:
            return messages.pop() if messages else await receive()

        await self.app(scope, receive_read, send)


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None if the caller closed the connection before its end.

    Raises:
        TooLarge: it is too large, by its declared length or by its bytes.
    """
    content_length = Headers(scope=scope).get("content-length", "0")
    if content_length.isdigit() and int(content_length) > LARGEST_BODY:
        raise _too_large(scope["path"])
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _too_large(scope["path"])
        if not message.get("more_body", False):
            return bytes(body)


def check_type(content_type: str) -> None:
    """Refuse a content type other than JSON.

    Raises:
        NotJson: naming the header.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if not re.fullmatch(r"application/(.+\+)?json", kind):
        raise NotJson(
            "Send the body as JSON, with the header Content-Type: application/json.",
            field="content-type",
        )


def check(body: bytes) -> None:
    """Refuse JSON that other programs could not read. A malformed body is refused where it is
    parsed.

    >>> check(b'{"filter": {"equals": {"key": "size", "value": 1e999}}}')
    Traceback (most recent call last):
    app.errors.InvalidRequest: filter.equals.value: A number has to be finite.

    Raises:
        InvalidRequest: naming the field and the rule.
    """
    try:
        value = json.loads(body)
    except RecursionError:
        raise InvalidRequest(DEPTH, field="body") from None
    except json.JSONDecodeError:
        return
    except UnicodeDecodeError:
        raise InvalidRequest("The body has to be UTF-8.", field="body") from None
    except ValueError:  # it has more digits than Python reads
        raise InvalidRequest(FINITE, field="body") from None
    for path, rule in _faults(value):
        field = ".".join(path) or "body"
        raise InvalidRequest(f"{field}: {rule}", field=field)


def _faults(value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """The broken rules, each with its path of names."""
    waiting: list[tuple[tuple[str, ...], int, Any]] = [((), 1, value)]
    while waiting:
        path, depth, value = waiting.pop()
        if isinstance(value, dict | list):
            if depth > DEEPEST:
                yield path, DEPTH
                return
            members = value.items() if isinstance(value, dict) else ((None, each) for each in value)
            for name, each in members:
                if name is not None and not is_unicode(name):
                    yield path, WHOLE
                else:
                    waiting.append(((*path, name) if name is not None else path, depth + 1, each))
        elif isinstance(value, str) and not is_unicode(value):
            yield path, WHOLE
        elif isinstance(value, int | float) and not _finite(value):
            yield path, FINITE


def _finite(number: float) -> bool:
    try:
        return isfinite(number)
    except OverflowError:  # an int beyond a double
        return False


def _too_large(path: str) -> TooLarge:
    hint = next((text for start, text in _SMALLER.items() if path.startswith(start)), "")
    rule = f"The body may have {LARGEST_BODY:,} bytes at most."
    return TooLarge(f"{rule} {hint}".rstrip(), field="body")


# the beginning of a path -> how to send less there
_SMALLER = {
    "/chat": "Only the question is needed: of `messages` send the last one alone (with useChat, by "
    "`prepareSendMessagesRequest`), because Outcrop keeps the conversation.",
    "/v1/chat": "Leave out the oldest messages; the last six turns are read.",
    "/v1/embeddings": "Send fewer texts in one request.",
    "/documents": "A document goes to the bucket, by the form that is the answer to its name.",
}
