"""A guardrail's judgement, as one service of the stand-in hands it to another.

`bedrock` has the guardrails; bedrock-runtime and bedrock-agent-runtime have the texts. Neither
imports the other: all import this module, and `stand_in.py` gives them the judge.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

JSON = dict[str, Any]

Source = Literal["INPUT", "OUTPUT"]

Action = Literal["none", "masked", "blocked"]

LONGEST_SOURCES, LONGEST_QUERY, LONGEST_ANSWER = 100_000, 1_000, 5_000
"""Characters that contextual grounding takes.
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html"""
_TEXT_UNIT = 1_000


@dataclass(frozen=True, slots=True)
class Content:
    """A text for a guardrail.

    Attributes:
        qualifiers: what it is: `grounding_source`, `query` or `guard_content`, or several of them.
    """

    text: str
    qualifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mask:
    """What a guardrail puts in place of a part of a content.

    Attributes:
        content: the content's number, from 0, among all that the judge was given.
        start, end: the part, in code points.
        text: what stands there instead, such as `{EMAIL}`.
    """

    content: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a guardrail says of texts.

    Attributes:
        action: `none` lets them pass, `masked` changes them, `blocked` puts the guardrail's own
            message in their place.
        outputs: if it is masked, each judged text, in their order; if it is blocked, the message.
        reason: the guardrail's own words for the action.
        assessment: what each policy found, as ApplyGuardrail writes it.
        usage: text units by policy.
        coverage: how many characters were judged, and of how many.
        masks: where it is masked, and with what, in the order of the text. They do not overlap.
    """

    action: Action
    outputs: tuple[str, ...]
    reason: str
    assessment: JSON
    usage: Mapping[str, int]
    coverage: JSON
    masks: tuple[Mask, ...] = ()


class Judge(Protocol):
    """Judges texts by a guardrail; the service bedrock implements it."""

    def __call__(
        self,
        identifier: str,
        version: str,
        source: Source,
        contents: Sequence[Content],
        *,
        full: bool = False,
        without: Collection[str] = (),
    ) -> Judgement:
        """What a version of a guardrail says of texts.

        Args:
            identifier: the guardrail's id or ARN.
            source: whether a model reads the texts, or wrote them.
            contents: the texts. If any of them is `guard_content`, those are judged, or else those
                that have no qualifiers.
            full: whether the assessment has what was not detected, too.
            without: the types of filters that are left out, such as RELEVANCE for the beginning of
                an answer.

        Raises:
            ServiceError: there is no such version, or it cannot judge these texts.
        """
        ...


def text_units(characters: int) -> int:
    """How many text units so many characters are, by which Bedrock bills a guardrail.
    https://aws.amazon.com/bedrock/pricing/

    >>> text_units(0), text_units(1000), text_units(1001)
    (0, 1, 2)
    """
    return -(-characters // _TEXT_UNIT)
