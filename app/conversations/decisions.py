"""What a person decides on a call that waits to be confirmed: an object for each, written once.

{"confirmed": true, "at": "2026-04-09T12:34:56Z"}
"""

import json
from dataclasses import dataclass
from datetime import datetime

from app.errors import DamagedTurn


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the call is made; the first decision counts, whatever comes later."""

    confirmed: bool
    at: datetime


def dump_decision(decision: Decision) -> bytes:
    """The decision as an object's body."""
    members = {"confirmed": decision.confirmed, "at": decision.at.isoformat()}
    return json.dumps(members).encode()


def load_decision(body: bytes) -> Decision:
    """The decision in an object's body.

    Raises:
        DamagedTurn: the body is no decision.
    """
    try:
        members = json.loads(body)
        return Decision(members["confirmed"] is True, datetime.fromisoformat(members["at"]))
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise DamagedTurn(
            f"The decision on a call cannot be read from the bucket. Ask again for the call. "
            f"({type(error).__name__})"
        ) from error
