"""The results of tools, as MCP has them.

A result that is JSON is in `structuredContent` too, as an object: another value is its member
`result`. A refusal is a result with `isError`, for the model to read. What the guardrail did is in
`_meta`, under `outcrop/guardrail`.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mcp_types import CallToolResult, TextContent

from app.errors import OperatorError, OutcropError
from app.events import Error, Guardrail

log = logging.getLogger(__name__)

GUARDRAIL = "outcrop/guardrail"
"""The member of `_meta` with the guardrail's verdicts that a reader has to know of."""
UNEXPECTED = "Something went wrong here. The log of `outcrop mcp` has the details."


def result(text: str, verdicts: Sequence[Guardrail] = ()) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=_structure(text),
        _meta=meta(verdicts),
    )


def refusal(message: str, verdicts: Sequence[Guardrail] = ()) -> CallToolResult:
    """The result of a call that was refused, or that failed."""
    content: Any = [TextContent(type="text", text=message)]
    return CallToolResult(content=content, is_error=True, _meta=meta(verdicts))


def failure(error: Exception) -> CallToolResult:
    """The result for an error. What only an operator may read goes to the log."""
    return refusal(words_of(error))


def words_of(error: Exception) -> str:
    """What a client may read of an error."""
    if not isinstance(error, OutcropError):
        log.error("unexpected", exc_info=error)
        return UNEXPECTED
    if isinstance(error, OperatorError):
        log.error("%s", error.detail)
    return Error.of(error).detail


def meta(verdicts: Sequence[Guardrail]) -> dict[str, Any] | None:
    """The `_meta` of a result: verdicts without the texts that they put in the place of others."""
    if not verdicts:
        return None
    members = [asdict(verdict) for verdict in verdicts]
    for each in members:
        del each["text"]
    return {GUARDRAIL: members}


def _structure(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else {"result": value}


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"JSON has no {name}")
