"""Scores of a text without a policy: what the judges of policies decide by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.local.engine.guard import attacks, entities, filters, harm
from app.local.engine.guard.sample import Sample

if TYPE_CHECKING:
    from app.local.engine.encoder import TextEncoder


@dataclass(frozen=True, slots=True)
class GuardScores:
    """Scores texts.

    Attributes:
        encoder: embeds them.
    """

    encoder: "TextEncoder"

    def harm(self, text: str, /) -> Mapping[str, float]:
        """How harmful a text is, by each kind of content filter, 0 to 1."""
        return _highest(harm.score(one) for one in self._readings(text))

    def attacks(self, text: str, /) -> Mapping[str, float]:
        """How sure it is that a text attacks the prompt, by each kind of attack, 0 to 1."""
        return _highest(attacks.score(one).kinds for one in self._readings(text))

    def personal_data(self, text: str) -> Sequence[entities.Detection]:
        """Every piece of personal data in a text, in its order."""
        return entities.detect(text)

    def _readings(self, text: str) -> Sequence[Sample]:
        return filters.readings(Sample(text, self.encoder, filters.HINTS), self.encoder)


def _highest(scores: Iterable[Mapping[str, float]]) -> Mapping[str, float]:
    """The highest score of each kind, of several readings of one text."""
    highest: dict[str, float] = {}
    for one in scores:
        highest |= {kind: max(score, highest.get(kind, 0.0)) for kind, score in one.items()}
    return highest
