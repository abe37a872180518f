"""Events -> the whole answer, for callers who do not want a stream."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.answer.cite import moved
from app.events import (
    Citation,
    Done,
    Error,
    Event,
    Guardrail,
    Started,
    StopReason,
    Text,
    Usage,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A turn, whole."""

    answer: str
    citations: tuple[Citation, ...]
    usage: Usage
    model: str
    conversation_id: str
    turn: int | None
    stop_reason: StopReason


def collect(events: Iterable[Event]) -> Answer | Error:
    """The answer that these events make, or the error that they end with."""
    text: list[str] = []
    citations: list[Citation] = []
    usage = Usage(0, 0)
    started: Started | None = None
    for event in events:
        match event:
            case Started():
                started = event
            case Text():
                text.append(event.text)
            case Citation():
                citations.append(event)
            case Guardrail(source="question", action="masked") | Guardrail(source="passage"):
                pass  # what goes on is what the guardrail left
            case Guardrail():
                kept = citations if event.action == "masked" else []
                citations = moved(kept, "".join(text), event.text)
                text = [event.text]
            case Usage():
                usage += event
            case Error():
                return event
            case Done() if started:
                return Answer(
                    answer="".join(text),
                    citations=tuple(citations),
                    usage=usage,
                    model=started.model,
                    conversation_id=started.conversation,
                    turn=event.turn,
                    stop_reason=event.stop_reason,
                )
    raise AssertionError("a turn ends with Done or Error")
