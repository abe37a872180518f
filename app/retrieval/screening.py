"""Screens passages by the guard's verdicts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.events import Guardrail, Passage
from app.guardrail import Guard, Verdict


@dataclass(frozen=True, slots=True)
class Screening:
    """The passages that the guard lets pass.

    Attributes:
        passages: in their order and numbered from 1, with masked text where the guard masked it.
        interventions: an event for each passage that the guard masked or blocked, and one if it
            gave no verdict on passages.
        numbers: those that the passages had before.
    """

    passages: tuple[Passage, ...]
    interventions: tuple[Guardrail, ...]
    numbers: tuple[int, ...] = field(default=(), compare=False)


def screen(passages: Sequence[Passage], guard: Guard) -> Screening:
    """Let the guard judge the passages, before a model or a caller sees them."""
    if not passages:
        return Screening((), ())
    verdicts = list(zip(passages, guard.passages(passages), strict=True))
    usable = [(passage, verdict.text) for passage, verdict in verdicts if not verdict.blocked]
    return Screening(
        passages=tuple(
            replace(passage, number=number, text=text)
            for number, (passage, text) in enumerate(usable, start=1)
        ),
        interventions=(
            *(
                event
                for passage, verdict in verdicts
                if verdict.intervened
                for event in verdict.events("passage", subject=passage.uri)
            ),
            *_unjudged(verdict for _, verdict in verdicts),
        ),
        numbers=tuple(passage.number for passage, _ in usable),
    )


def _unjudged(verdicts: Iterable[Verdict]) -> tuple[Guardrail, ...]:
    """One event for all passages that passed without a verdict."""
    first = next((verdict for verdict in verdicts if verdict.action == "unjudged"), None)
    return first.events("passage") if first else ()
