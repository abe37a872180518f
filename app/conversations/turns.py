"""Stored turns: their members, and their form in an object.

    {"version": 2, "question": [{"text": "..."}], "answer": [{"text": "..."}],
     "citations": [{"number": 1, ...}], "usage": {"input_tokens": 9, "output_tokens": 4},
     "model": "...", "at": "2026-04-09T12:34:56Z", "nearest": [{"document": "a.md", ...}],
     "steps": [{"kind": "tool_call", "call": "t-1", "tool": "clock", "arguments": {}}, ...],
     "session": "...", "stop_reason": "end", "guardrail": [{"source": "answer", ...}],
     "message": "...", "supersedes": 2, "follows": 1}

Question and answer are blocks of content (`app.conversations.blocks`). In version 1, and in turns
without a version, each was one text: such turns are still read. Unknown members and kinds of blocks
are ignored, because a newer version may have written them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.conversations.blocks import dump_blocks, load_blocks
from app.errors import DamagedTurn
from app.events import (
    Citation,
    Confirm,
    Guardrail,
    Place,
    PolicyFinding,
    StopReason,
    ToolCall,
    ToolOutcome,
    ToolStep,
    Usage,
)
from app.models import Block

VERSION = 2
VOID = json.dumps({"version": VERSION, "void": True}).encode()
"""The body that takes the number of a turn which must not be stored any more."""

_T = TypeVar("_T", Citation, Place, Usage, ToolCall, ToolOutcome, Confirm, Guardrail, PolicyFinding)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question and its answer.

    Attributes:
        question: the user's text; the masked text if the guardrail masked it.
        answer: the reply. The marks of the citations are places in its text.
        usage: of all the turn's model calls.
        model: the id by which the model was called.
        nearest: the places that come nearest to the question, if the documents do not answer it.
        steps: an agent's calls and what they came to, in their order.
        session: the session of a Bedrock agent that knows this turn as it is stored.
        stop_reason: why the answer ended.
        guardrail: the guardrail's verdicts, in their order.
        message: the id that the client gave to the question, if it gave one.
        supersedes: the number of the turn whose place this one takes; that turn and all after it
            are then no part of the conversation's thread.
        follows: of a turn that supersedes another, the number of the turn before it in the thread;
            None if it is the first. Others follow the turn stored before them.
        number: where it is stored; None before that.
    """

    question: tuple[Block, ...]
    answer: tuple[Block, ...]
    citations: tuple[Citation, ...]
    usage: Usage
    model: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    nearest: tuple[Place, ...] = ()
    steps: tuple[ToolStep, ...] = ()
    session: str | None = None
    stop_reason: StopReason = "end"
    guardrail: tuple[Guardrail, ...] = ()
    message: str | None = None
    supersedes: int | None = None
    follows: int | None = None
    number: int | None = field(default=None, compare=False)

    @property
    def model_id(self) -> str:
        """The id by which the model was called, where `model` names another that stood in for it.

        >>> turn = StoredTurn((), (), (), Usage(0, 0), "the stand-in, as anthropic.claude")
        >>> turn.model_id
        'anthropic.claude'
        """
        return self.model.rpartition(", as ")[2]

    @property
    def pending(self) -> Confirm | None:
        """The call that waits for the person who asks, if the turn ended with one."""
        return next((step for step in self.steps if isinstance(step, Confirm)), None)

    def settles(self, before: "StoredTurn") -> bool:
        """Whether this turn, the next one, is what came of the person's decision on a call with
        which the turn before it ended.
        """
        first = self.steps[0] if self.steps else None
        waiting = before.pending
        return bool(waiting and isinstance(first, ToolCall) and first.call == waiting.call)


def dump(turn: StoredTurn) -> bytes:
    """The turn as an object's body."""
    members: dict[str, Any] = {
        "version": VERSION,
        "question": dump_blocks(turn.question),
        "answer": dump_blocks(turn.answer),
        "citations": [asdict(citation) for citation in turn.citations],
        "usage": asdict(turn.usage),
        "model": turn.model,
        "at": turn.at.isoformat(),
        "nearest": [asdict(place) for place in turn.nearest],
        **({"steps": [_dump_step(step) for step in turn.steps]} if turn.steps else {}),
        **({"session": turn.session} if turn.session else {}),
        "stop_reason": turn.stop_reason,
        **({"guardrail": [asdict(one) for one in turn.guardrail]} if turn.guardrail else {}),
        **({"message": turn.message} if turn.message else {}),
    }
    if turn.supersedes is not None:
        members |= {"supersedes": turn.supersedes, "follows": turn.follows}
    return json.dumps(members, ensure_ascii=False).encode()


def load(body: bytes, number: int | None = None) -> StoredTurn | None:
    """The turn in an object's body; None if its number was taken and never used.

    Args:
        number: where it is stored.

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
            citations=tuple(map(_citation, members["citations"])),
            usage=_from_members(Usage, members["usage"]),
            model=str(members["model"]),
            at=datetime.fromisoformat(members["at"]),
            nearest=tuple(_from_members(Place, place) for place in members.get("nearest", ())),
            steps=tuple(filter(None, map(_step, members.get("steps", ())))),
            session=members.get("session"),
            stop_reason=members.get("stop_reason", "end"),
            guardrail=tuple(map(_verdict, members.get("guardrail", ()))),
            message=members.get("message"),
            supersedes=members.get("supersedes"),
            follows=members.get("follows"),
            number=number,
        )
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise DamagedTurn(
            "A turn of this conversation cannot be read from the bucket. Begin a new conversation; "
            f"this one can be deleted. ({type(error).__name__})"
        ) from error


def _citation(members: Mapping[str, Any]) -> Citation:
    """A citation. Older versions stored no title, and the file's name as the document."""
    headings = tuple(members.get("headings", ()))
    return _from_members(Citation, {"title": members["document"], **members, "headings": headings})


def _verdict(members: Mapping[str, Any]) -> Guardrail:
    findings = tuple(_from_members(PolicyFinding, one) for one in members.get("policies", ()))
    return _from_members(Guardrail, {**members, "policies": findings})


def _dump_step(step: ToolStep) -> dict[str, Any]:
    members = {"kind": step.kind, **asdict(step)}
    if isinstance(step, Confirm):
        members["expires"] = step.expires.isoformat()
    return members


def _step(members: Mapping[str, Any]) -> ToolStep | None:
    """A step; None for a kind from a newer version."""
    match members["kind"]:
        case ToolCall.kind:
            return _from_members(ToolCall, members)
        case ToolOutcome.kind:
            return _from_members(ToolOutcome, members)
        case Confirm.kind:
            expires = datetime.fromisoformat(members["expires"])
            return _from_members(Confirm, {**members, "expires": expires})
    return None


def _from_members(kind: type[_T], members: Mapping[str, Any]) -> _T:
    """A value from its known members; a newer version may have written others."""
    names = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in members.items() if name in names})
