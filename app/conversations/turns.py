"""What is kept of a turn, and how it is written down.

    {"version": 2, "question": [{"text": "..."}], "answer": [{"text": "..."}],
     "citations": [{"number": 1, ...}], "usage": {"input_tokens": 9, "output_tokens": 4},
     "model": "...", "at": "2026-04-09T12:34:56Z"}

Question and answer are blocks of content (`app.conversations.blocks`). In version 1, and before
there was a version, each was one text: such turns are still read. Members and kinds of blocks that
a reader does not know are ignored, as a newer version may have written them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.conversations.blocks import dump_blocks, load_blocks
from app.errors import DamagedTurn
from app.events import Citation, Usage
from app.models import Block

VERSION = 2
VOID = json.dumps({"version": VERSION, "void": True}).encode()
"""What takes the number of a turn that is not to be stored any more."""

_T = TypeVar("_T", Citation, Usage)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question and its answer, as they are kept.

    Attributes:
        question: what the user said; the guardrail's masked text where it masked the question.
        answer: what was answered. The marks of the citations are places in its text.
        usage: of all the turn's model calls.
        model: the id that the model was called by.
    """

    question: tuple[Block, ...]
    answer: tuple[Block, ...]
    citations: tuple[Citation, ...]
    usage: Usage
    model: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def dump(turn: StoredTurn) -> bytes:
    """The turn as an object's body."""
    members = {
        "version": VERSION,
        "question": dump_blocks(turn.question),
        "answer": dump_blocks(turn.answer),
        "citations": [asdict(citation) for citation in turn.citations],
        "usage": asdict(turn.usage),
        "model": turn.model,
        "at": turn.at.isoformat(),
    }
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
            question=load_blocks(members["question"]),
            answer=load_blocks(members["answer"]),
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
