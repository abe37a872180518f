"""What is kept of a turn, and how it is written down.

    {"version": 1, "question": "...", "answer": "...", "citations": [{"number": 1, ...}],
     "usage": {"input_tokens": 9, "output_tokens": 4}, "model": "...", "at": "2026-04-09T12:34:56Z"}

A reader ignores members that it does not know, so that an older Outcrop reads what a newer one
wrote. Turns that were written before there was a version have none, and are otherwise the same.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.errors import DamagedTurn
from app.events import Citation, Usage

VERSION = 1
VOID = json.dumps({"version": VERSION, "void": True}).encode()
"""What takes the number of a turn that is not to be stored any more."""

_T = TypeVar("_T", Citation, Usage)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question and its answer, as they are kept."""

    question: str
    answer: str
    citations: tuple[Citation, ...]
    usage: Usage
    model: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def dump(turn: StoredTurn) -> bytes:
    """The turn as an object's body."""
    members = {"version": VERSION} | asdict(turn) | {"at": turn.at.isoformat()}
    return json.dumps(members, ensure_ascii=False).encode()


def load(body: bytes) -> StoredTurn | None:
    """The turn that a body holds; None where its number was taken and never used.

    >>> load(VOID) is None
    True

    Raises:
        DamagedTurn: the body is no turn.
    """
    try:
        members = json.loads(body)
        if members.get("void"):
            return None
        return StoredTurn(
            question=str(members["question"]),
            answer=str(members["answer"]),
            citations=tuple(_known(Citation, citation) for citation in members["citations"]),
            usage=_known(Usage, members["usage"]),
            model=str(members["model"]),
            at=datetime.fromisoformat(members["at"]),
        )
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise DamagedTurn(
            "A turn of this conversation cannot be read from the bucket. Begin a new conversation; "
            f"this one can be deleted. ({type(error).__name__})"
        ) from error


def _known(kind: type[_T], members: Mapping[str, Any]) -> _T:
    """A value of the members that it has; others are from a newer version."""
    names = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in members.items() if name in names})
