"""A guardrail's definition in one direction: what it looks for in what a model reads, or in what it
writes. What is not enabled in that direction is not in it.

Every rule has an action, which is done where it is broken: `block` the text, `mask` the place in
it, or `report` alone.
"""

from dataclasses import dataclass
from typing import Literal

Action = Literal["block", "mask", "report"]
Strength = Literal["LOW", "MEDIUM", "HIGH"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that a text may not be about.

    Attributes:
        definition: what the topic is, in a sentence or two.
        examples: questions or statements about it.
    """

    name: str
    definition: str
    examples: tuple[str, ...]
    action: Action


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of harmful content, or of attacks on the prompt.

    Attributes:
        kind: HATE, INSULTS, SEXUAL, VIOLENCE, MISCONDUCT or PROMPT_ATTACK.
        strength: HIGH finds what is harmful with low confidence already, LOW only what is so with
            high confidence.
    """

    kind: str
    strength: Strength
    action: Action


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a phrase that no text may have."""

    text: str
    action: Action


@dataclass(frozen=True, slots=True)
class Entity:
    """A type of personal information.

    Attributes:
        kind: Bedrock's name of it, such as EMAIL.
    """

    kind: str
    action: Action


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression of the guardrail's own."""

    name: str
    regex: str
    action: Action


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least score that an answer needs.

    Attributes:
        kind: GROUNDING or RELEVANCE.
        least: 0 to 0.99.
    """

    kind: str
    least: float
    action: Action


@dataclass(frozen=True, slots=True)
class Policy:
    """What a guardrail looks for in one direction.

    Attributes:
        profanity: what is done about a word of the managed list; None if it is not looked for.
    """

    topics: tuple[Topic, ...] = ()
    filters: tuple[Filter, ...] = ()
    words: tuple[Word, ...] = ()
    profanity: Action | None = None
    entities: tuple[Entity, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    grounding: tuple[Threshold, ...] = ()
