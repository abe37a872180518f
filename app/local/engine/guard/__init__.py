"""The guard: what the policies of a guardrail find in a text.

    policy      what is looked for, in one direction: into a model, or out of it
    judge       each policy by a module of its own, named as the policy
    findings    what each has found, and where
    mask        the texts without what is to be masked

The guard blocks nothing itself: a finding says what its policy wants to be done.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.local.engine.guard import entities, filters, patterns, topics, words
from app.local.engine.guard.findings import Findings, GroundingFinding, Grounds
from app.local.engine.guard.mask import mask, masks
from app.local.engine.guard.policy import Policy
from app.local.engine.guard.sample import sample_of

if TYPE_CHECKING:
    from app.local.engine.encoder import TokenEncoder
    from app.local.engine.guard.grounding import Grounding

__all__ = ["Findings", "Grounds", "Guard", "Policy", "mask", "masks"]


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
        self,
        policy: Policy,
        texts: Sequence[str],
        grounds: Grounds | None = None,
        documents: Collection[int] = (),
    ) -> Findings:
        """What a policy finds.

        Args:
            policy: what is looked for.
            texts: each judged by every policy but contextual grounding.
            grounds: what the texts, together an answer, have to be grounded in and relevant to;
                without it, contextual grounding is not judged.
            documents: the numbers of those texts that a model is given to read, such as passages.
                In them, unlike in what a user says, any request to the model is an attack.
        """
        samples = [sample_of(text, self.encoder, filters.HINTS) for text in texts]
        filtered = [
            filters.Subject(sample, number in documents) for number, sample in enumerate(samples)
        ]
        return Findings(
            topics=tuple(topics.find(samples, policy.topics, self.encoder)),
            filters=tuple(filters.find(filtered, policy.filters, self.encoder)),
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
