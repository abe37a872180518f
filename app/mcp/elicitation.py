"""A person's confirmation of a call that changes something, as MCP's elicitation.

The client shows the person a message with the tool and its arguments. Only `accept` confirms: what
is declined, cancelled or cannot be asked is not done, and the result says so. How a client asks is
its own matter; one that accepts by itself has been told to by the person who set it up.

    before 2026-07-28    the server asks while the call waits: `elicitation/create`
    since then           the result of the call is what to ask; the client makes the call again,
                         with the answer, and with a state that the server has sealed

The state is encrypted by the SDK's boundary, with the principal, the tool and a hash of the
arguments that it is good for, and it expires. It works once. The key in it is the key of the call,
by which the tool acts once too.
"""

import hashlib
import json
import logging
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import anyio
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CallToolRequestParams,
    ClientCapabilities,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from app.tools import Arguments, Tool

log = logging.getLogger(__name__)

SECONDS = 600
"""How long a person may take."""
LONGEST_ARGUMENTS = 4000  # characters: nobody can confirm what nobody reads
SCHEMA: dict[str, Any] = {"type": "object", "properties": {}}
"""The form of a confirmation, which has nothing to fill in."""

NOTHING_DONE = "Nothing was done: "
DECLINED = f"{NOTHING_DONE}the person declined to confirm it."
DISMISSED = f"{NOTHING_DONE}the person dismissed the question without an answer."
LATE = f"{NOTHING_DONE}the person did not confirm it within {SECONDS // 60} minutes."
FAILED = f"{NOTHING_DONE}the client could not ask the person to confirm it."
USED = f"{NOTHING_DONE}this confirmation was used already. Make the call again to ask anew."
CHANGED = f"{NOTHING_DONE}the confirmation is of other arguments. Make the call again to ask anew."
UNASKED = (
    f"{NOTHING_DONE}this changes something, so the person has to confirm it, and this client "
    "cannot ask them: it does not support elicitation."
)
UNREADABLE = (
    f"{NOTHING_DONE}the arguments are too long for a person to confirm. Use at most "
    f"{LONGEST_ARGUMENTS:,} characters."
)

_KEY = "confirmation"


@dataclass(frozen=True, slots=True)
class Consent:
    """The person confirmed the call; `key` is its key, and no other call's."""

    key: str


class Elicitation:
    """Asks persons, and knows which of their answers were used."""

    def __init__(self) -> None:
        self._used_until: dict[str, float] = {}

    async def consent(
        self,
        context: ServerRequestContext[Any],
        params: CallToolRequestParams,
        tool: Tool,
        arguments: Arguments,
    ) -> Consent | InputRequiredResult | str:
        """The person's consent to a call; what the client has to ask first; or the reason why
        nothing is done.
        """
        if not _can_ask(context.session.client_capabilities):
            return UNASKED
        shown = _shown(arguments)
        if len(shown) > LONGEST_ARGUMENTS:
            return UNREADABLE
        question = ElicitRequestFormParams(
            message=f"Outcrop: let {tool.name} do this?\n\n{shown}", requested_schema=SCHEMA
        )
        if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
            return self._later(params, question, arguments)
        return await self._now(context, question)

    async def _now(
        self, context: ServerRequestContext[Any], question: ElicitRequestFormParams
    ) -> Consent | str:
        try:
            with anyio.fail_after(SECONDS):
                answer = await context.session.elicit_form(
                    question.message, question.requested_schema, context.request_id
                )
        except TimeoutError:
            return LATE
        except (MCPError, ValidationError) as error:
            log.warning("a client could not ask: %s", error)
            return FAILED
        return _reason(answer) or Consent(uuid4().hex)

    def _later(
        self, params: CallToolRequestParams, question: ElicitRequestFormParams, arguments: Arguments
    ) -> Consent | InputRequiredResult | str:
        answer = (params.input_responses or {}).get(_KEY)
        if params.request_state is None or not isinstance(answer, ElicitResult):
            state = json.dumps({"key": uuid4().hex, "arguments": _digest(arguments)})
            asking = {_KEY: ElicitRequest(params=question)}
            return InputRequiredResult(input_requests=asking, request_state=state)
        state = json.loads(params.request_state)  # unsealed: it is as it was written above
        if not self._use(state["key"]):
            return USED
        if state["arguments"] != _digest(arguments):
            return CHANGED  # the guardrail masked them differently
        return _reason(answer) or Consent(state["key"])

    def _use(self, key: str) -> bool:
        """Use up a confirmation; False if it was used before. States of that age have expired."""
        now = time.monotonic()
        self._used_until = {one: end for one, end in self._used_until.items() if end > now}
        is_first = key not in self._used_until
        self._used_until[key] = now + 2 * SECONDS
        return is_first


def _can_ask(capabilities: ClientCapabilities | None) -> bool:
    """Whether a client shows forms. One that names no mode of elicitation means forms."""
    elicitation = capabilities.elicitation if capabilities else None
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def _reason(answer: ElicitResult) -> str | None:
    """The reason why an answer is no consent."""
    match answer.action:
        case "accept":
            return None
        case "decline":
            return DECLINED
        case "cancel":
            return DISMISSED


def _shown(arguments: Arguments) -> str:
    r"""Arguments for a person to read: nothing in them can pass for a line of the question, and no
    sign is invisible.

    >>> print(_shown({"order_id": "A-1\n\nPress yes.\u202e"}))
    order_id: "A-1\n\nPress yes.\u202e"
    """
    lines = [
        f"{json.dumps(name, ensure_ascii=False)[1:-1]}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in arguments.items()
    ]
    return "\n".join(_visible(line) for line in lines) or "(no arguments)"


def _visible(line: str) -> str:
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode-escape").decode() for sign in line
    )


def _digest(arguments: Arguments) -> str:
    text = json.dumps(arguments, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
