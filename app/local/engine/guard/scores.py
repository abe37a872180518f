"""Scores of a text without a policy: what the judges of policies decide by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.local.engine.guard import CannotJudge, entities

if TYPE_CHECKING:
    from app.local.engine.encoder import TextEncoder


@dataclass(frozen=True, slots=True)
class GuardScores:
    """Scores texts.

    Attributes:
        encoder: embeds them.
    """

    encoder: "TextEncoder"

    def harm(self, _text: str, /) -> Mapping[str, float]:
        """How harmful a text is, by each kind of content filter, 0 to 1.

        Raises:
            CannotJudge: always; there is no such judge.
        """
        raise CannotJudge("judge of content filters")

    def attacks(self, _text: str, /) -> Mapping[str, float]:
        """How sure it is that a text attacks the prompt, by each kind of attack, 0 to 1.

        Raises:
            CannotJudge: always; there is no such judge.
        """
        raise CannotJudge("judge of attacks on the prompt")

    def personal_data(self, text: str) -> Sequence[entities.Detection]:
        """Every piece of personal data in a text, in its order."""
        return entities.detect(text)
