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
from app.local.engine.guard.findings import Findings, GroundingFinding, Grounds
from app.local.engine.guard.mask import mask, masks
from app.local.engine.guard.policy import Policy

if TYPE_CHECKING:
    from app.local.engine.encoder import TokenEncoder
    from app.local.engine.guard.grounding import Grounding

__all__ = ["CannotJudge", "Findings", "Grounds", "Guard", "Policy", "mask", "masks"]


class CannotJudge(Exception):
    """The guard has no judge for a policy. Its argument is the policy's name."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges texts by policies.

    Attributes:
        encoder: embeds texts and their tokens.
        grounding: scores answers by their sources and the query.
    """

    encoder: "TokenEncoder"
    grounding: "Grounding"

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
        if missing := next(_missing(policy), None):
            raise CannotJudge(missing)
        return Findings(
            words=tuple(words.find(texts, policy.words, policy.profanity)),
            entities=tuple(entities.find(texts, policy.entities)),
            patterns=tuple(patterns.find(texts, policy.patterns)),
            grounding=tuple(self._scores(policy, texts, grounds)) if grounds else (),
        )

    def _scores(
        self, policy: Policy, texts: Sequence[str], grounds: Grounds
    ) -> Iterator[GroundingFinding]:
        if policy.grounding:
            scores = self.grounding.score("\n\n".join(texts), grounds.sources, grounds.query)
            by_kind = {"GROUNDING": scores.grounding, "RELEVANCE": scores.relevance}
            for rule in policy.grounding:
                yield GroundingFinding(rule, by_kind[rule.kind])


def _missing(policy: Policy) -> Iterator[str]:
    """The parts of a policy that no module judges."""
    if policy.topics:
        yield "denied topics"
    if policy.filters:
        yield "content filters"
