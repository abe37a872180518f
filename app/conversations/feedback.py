"""What a person says of an answer: an object for each turn, of which the last one counts.

{"rating": "down", "words": "The page is the wrong one.", "at": "2026-04-09T12:34:56Z"}
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from app.errors import DamagedTurn

Rating = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether an answer was of use, and what its reader adds to that."""

    rating: Rating
    words: str | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def dump_feedback(feedback: Feedback) -> bytes:
    """The feedback as an object's body."""
    members = {"rating": feedback.rating, "words": feedback.words, "at": feedback.at.isoformat()}
    return json.dumps(members, ensure_ascii=False).encode()


def load_feedback(body: bytes) -> Feedback:
    """The feedback in an object's body.

    Raises:
        DamagedTurn: the body is no feedback.
    """
    try:
        members = json.loads(body)
        rating: Rating = "up" if members["rating"] == "up" else "down"
        return Feedback(rating, members.get("words"), datetime.fromisoformat(members["at"]))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DamagedTurn(
            "What was said of an answer cannot be read from the bucket. Say it again. "
            f"({type(error).__name__})"
        ) from error
