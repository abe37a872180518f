"""The log: a record is a line of JSON on standard output, which Lambda writes to CloudWatch Logs.

    {"timestamp": "2026-04-09T12:34:56.789Z", "level": "WARNING", "logger": "app.turn.ending",
     "message": "a turn ended early: throttled: ...", "requestId": "5f2c...",
     "gatewayRequestId": "c6af9ac6-..."}

Lambda's log level filter reads `timestamp` and `level`. `requestId` is the id in the response's
head and in every problem, `gatewayRequestId` the id in API Gateway's access log. A line of the
meter (`app.meter`) has its figures as `usage`. An exception is logged with its type and its place,
but without its message, which may quote a question.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app import meter
from app.web.principal import request_context
from app.web.request_ids import WithRequestId

_gateway_request_id: ContextVar[str | None] = ContextVar("gateway_request_id", default=None)


def log_json() -> None:
    """Write warnings, errors and the meter's lines in this form."""
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(WithRequestId())
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger(meter.__name__).setLevel(logging.INFO)


class WithGatewayRequestId:
    """Middleware that records API Gateway's id of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _gateway_request_id.set(request_context(Headers(scope=scope)).get("requestId"))
        try:
            await self.app(scope, receive, send)
        finally:
            _gateway_request_id.reset(token)


class JsonLines(logging.Formatter):
    """Formats a record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": _iso(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "requestId": getattr(record, "request_id", None),
            "gatewayRequestId": _gateway_request_id.get(),
            "usage": getattr(record, "usage", None),
            "exceptions": _exceptions(record.exc_info[1] if record.exc_info else None),
        }
        return json.dumps({name: value for name, value in line.items() if value})


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")


def _exceptions(error: BaseException | None) -> list[dict[str, object]]:
    """An exception and its causes, each with its stack frames, innermost last."""
    chain: list[dict[str, object]] = []
    while error:
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        chain.append({"type": type(error).__name__, "frames": places})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain
