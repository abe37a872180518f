"""Screens passages by the guard's verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.events import Guardrail, Passage
from app.guardrail import Guard


@dataclass(frozen=True, slots=True)
class Screening:
    """The passages that the guard lets pass.

    Attributes:
        passages: in their order and numbered from 1, with masked text where the guard masked it.
        interventions: an event for each passage that the guard masked or blocked.
    """

    passages: tuple[Passage, ...]
    interventions: tuple[Guardrail, ...]


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
        interventions=tuple(
            event
            for passage, verdict in verdicts
            for event in verdict.events("passage", subject=passage.uri)
        ),
    )
