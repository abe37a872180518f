"""Passages and the guard's verdicts on them -> the passages that may be used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.events import Guardrail, Passage
from app.guardrail import Guard


@dataclass(frozen=True, slots=True)
class Screening:
    """What the guard left of some passages.

    Attributes:
        passages: those that may be used, in their order and numbered from 1, with masked text where
            the guard masked it.
        interventions: what the guard did: one for each passage that it masked or kept out.
    """

    passages: tuple[Passage, ...]
    interventions: tuple[Guardrail, ...]


def screen(passages: Sequence[Passage], guard: Guard) -> Screening:
    """Let the guard judge the passages, before a model or a caller sees them."""
    if not passages:
        return Screening((), ())
    judged = list(zip(passages, guard.passages(passages), strict=True))
    usable = [(passage, verdict.text) for passage, verdict in judged if not verdict.blocked]
    return Screening(
        passages=tuple(
            replace(passage, number=number, text=text)
            for number, (passage, text) in enumerate(usable, start=1)
        ),
        interventions=tuple(
            event
            for passage, verdict in judged
            for event in verdict.events("passage", subject=passage.uri)
        ),
    )
