"""A call that waits to be confirmed.

It is part of the stored turn that it has ended, so it is its owner's alone, and goes with its
conversation. Its id says where it is, and has a hash of what would be done:

    <conversation>.<turn>.<hash of principal, conversation, turn, tool and arguments>

Whoever confirms the id confirms just that. It works once: the first decision is written for good,
and the turn that follows from it is stored once. It expires, and it is void as soon as the
conversation goes on without it.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.conversations import Conversations, Decision, History
from app.errors import Conflict, InvalidRequest, NotFound
from app.events import Confirm, ToolCall
from app.turn.history import MEMORY

_ID = re.compile(
    r"(?P<conversation>[A-Za-z0-9_-]{1,64})\.(?P<turn>\d{1,9})\.(?P<hash>[0-9a-f]{32})"
)


@dataclass(slots=True)
class Pending:
    """A call that waits, and where its conversation stands.

    Attributes:
        model: the id of the model that made the call.
        confirmed: the person's decision, once it is known.
    """

    conversation: str
    turn: int
    call: Confirm
    history: History
    model: str
    confirmed: bool = False


def confirmation_for(
    principal: str, conversation: str, turn: int, call: ToolCall, expires: datetime
) -> Confirm:
    """The confirmation of a call that ends this turn."""
    digest = _hash(principal, conversation, turn, call)
    return Confirm(f"{conversation}.{turn}.{digest}", call.call, call.tool, call.arguments, expires)


def find_pending(confirmation: str, conversations: Conversations, principal: str) -> Pending:
    """The call that waits under this id.

    Raises:
        InvalidRequest: it is no id of a confirmation.
        NotFound: nothing of this principal's waits, or waited, under it.
        Conflict: the conversation has gone on.
    """
    parts = _ID.fullmatch(confirmation)
    if parts is None:
        raise InvalidRequest("This is no id of a confirmation.", field="id")
    conversation, turn = parts["conversation"], int(parts["turn"])
    missing = NotFound("There is no call that waits under this id.", field="id")
    history = conversations.history(conversation, MEMORY)
    if history.number <= turn:
        raise missing
    read = next((one for one in history.turns if one.number == turn), None)
    stored = read or conversations.turn(conversation, turn)
    call = stored.pending
    if call is None or call.confirmation != confirmation:
        raise missing
    if _hash(principal, conversation, turn, waiting_call(call)) != (parts["hash"]):
        raise missing
    if history.number > turn + 1:
        raise Conflict(
            "The conversation has gone on since, and the call waits no more. Ask for it again.",
            field="id",
        )
    return Pending(conversation, turn, call, history, stored.model_id)


def settle(
    pending: Pending, conversations: Conversations, *, confirmed: bool, at: datetime
) -> None:
    """Write the decision, for good.

    Raises:
        Conflict: the call has expired, or the other decision was made before.
    """
    decision = Decision(confirmed, at)
    if at >= pending.call.expires:
        decision = Decision(confirmed=False, at=pending.call.expires)  # nobody can decide any more
    first = conversations.decide(pending.conversation, pending.turn, decision)
    if first.confirmed != confirmed or first.at >= pending.call.expires:
        was = "confirmed" if first.confirmed else "denied"
        if first.at >= pending.call.expires:
            was = "left until it expired"
        raise Conflict(f"This call was {was}. Ask for it again if you want it.", field="id")


def begin_to_wait(
    principal: str, conversation: str, turn: int, call: ToolCall, seconds: int
) -> Confirm:
    """The confirmation of a call that ends this turn, and waits for so long from now on."""
    expires = datetime.now(UTC) + timedelta(seconds=seconds)
    return confirmation_for(principal, conversation, turn, call, expires)


def waiting_call(confirm: Confirm) -> ToolCall:
    """The call that waits under a confirmation."""
    return ToolCall(confirm.call, confirm.tool, confirm.arguments)


def _hash(principal: str, conversation: str, turn: int, call: ToolCall) -> str:
    written = json.dumps(
        [principal, conversation, turn, call.call, call.tool, call.arguments],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:32]
