"""The guard: what the policies of a guardrail find in a text.

    policy      what is looked for, in one direction: into a model, or out of it
    judge       each policy by a module of its own, named as the policy
    findings    what each has found, and where
    mask        the texts without what is to be masked

The guard blocks nothing itself: a finding says what its policy wants to be done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.local.engine.guard import entities, patterns, words
from app.local.engine.guard.findings import Findings, Grounds
from app.local.engine.guard.mask import mask, masks
from app.local.engine.guard.policy import Policy

if TYPE_CHECKING:
    from app.local.engine.encoder import TokenEncoder

__all__ = ["CannotJudge", "Findings", "Grounds", "Guard", "Policy", "mask", "masks"]


class CannotJudge(Exception):
    """The guard has no judge for a policy. Its argument is the policy's name."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges texts by policies.

    Attributes:
        encoder: embeds texts and their tokens.
    """

    encoder: "TokenEncoder"

    def judge(
        self, policy: Policy, texts: Sequence[str], grounds: Grounds | None = None
    ) -> Findings:
        """What a policy finds.

        Args:
            policy: what is looked for.
            texts: each judged by every policy but contextual grounding.
            grounds: what the texts, together an answer, have to be grounded in and relevant to;
                without it, contextual grounding is not judged.

        Raises:
            CannotJudge: the policy has a part that the guard has no judge for.
        """
        if missing := next(_missing(policy, grounds), None):
            raise CannotJudge(missing)
        return Findings(
            words=tuple(words.find(texts, policy.words, policy.profanity)),
            entities=tuple(entities.find(texts, policy.entities)),
            patterns=tuple(patterns.find(texts, policy.patterns)),
        )


def _missing(policy: Policy, grounds: Grounds | None) -> Iterator[str]:
    """The parts of a policy that no module judges."""
    if policy.topics:
        yield "denied topics"
    if policy.filters:
        yield "content filters"
    if policy.grounding and grounds:
        yield "contextual grounding"
