"""What a policy has found in texts. A span is a text's number, from 0, with the first character
and the one after the last, in code points.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.local.engine.guard.policy import (
    Action,
    Entity,
    Filter,
    Pattern,
    Threshold,
    Topic,
    Word,
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an answer is judged by in contextual grounding."""

    sources: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one of the texts."""

    text: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TopicFinding:
    """Whether the texts are about a denied topic."""

    rule: Topic
    detected: bool


@dataclass(frozen=True, slots=True)
class FilterFinding:
    """How surely the texts are of a harmful kind.

    Attributes:
        confidence: NONE, LOW, MEDIUM or HIGH, of the text of which it is highest.
        detected: whether that is as much as the filter's strength asks for.
    """

    rule: Filter
    confidence: str
    detected: bool


@dataclass(frozen=True, slots=True)
class WordFinding:
    """A word of the guardrail's own, or of the managed list, whose `rule` is None."""

    rule: Word | None
    match: str
    span: Span
    action: Action


@dataclass(frozen=True, slots=True)
class EntityFinding:
    """A piece of personal information of a type that a rule looks for."""

    rule: Entity
    match: str
    span: Span


@dataclass(frozen=True, slots=True)
class PatternFinding:
    """What a regular expression of the guardrail's own matches."""

    rule: Pattern
    match: str
    span: Span


@dataclass(frozen=True, slots=True)
class GroundingFinding:
    """How well the answer is grounded, or how relevant it is: 0 to 1."""

    rule: Threshold
    score: float

    @property
    def detected(self) -> bool:
        """Whether the score is below the threshold."""
        return self.score < self.rule.least


@dataclass(frozen=True, slots=True)
class Findings:
    """What a policy has found in texts, by its parts.

    Topics, filters and grounding have a finding for each rule, whether it is broken or not; the
    others only for what is there.
    """

    topics: tuple[TopicFinding, ...] = ()
    filters: tuple[FilterFinding, ...] = ()
    words: tuple[WordFinding, ...] = ()
    entities: tuple[EntityFinding, ...] = ()
    patterns: tuple[PatternFinding, ...] = ()
    grounding: tuple[GroundingFinding, ...] = ()

    def actions(self) -> Iterator[Action]:
        """What the rules that are broken want to be done, as often as each is."""
        yield from (topic.rule.action for topic in self.topics if topic.detected)
        yield from (each.rule.action for each in self.filters if each.detected)
        yield from (score.rule.action for score in self.grounding if score.detected)
        yield from (word.action for word in self.words)
        yield from (entity.rule.action for entity in self.entities)
        yield from (pattern.rule.action for pattern in self.patterns)
