"""The ranges of the parameters that a model takes: what its bodies accept, by AWS's pages on them.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.models.facts.model_facts import FamilyName, ModelFacts

ParameterName = Literal["temperature", "top_p", "top_k", "max_tokens"]


@dataclass(frozen=True, slots=True)
class ParameterRange:
    """What a parameter may be.

    Attributes:
        most: None where no limit is known.
        default: what is sent if a caller says nothing; None leaves it to the model.
    """

    name: ParameterName
    least: float
    most: float | None
    default: float | None = None


_HOTTEST: Mapping[FamilyName, float] = {
    "command": 5,
    "jamba": 2,
    "openai": 2,
    "chat completions": 2,
}
"""The highest temperature, where it is not 1."""
_WIDEST: Mapping[FamilyName, int] = {"nova": 128}
"""The most candidates, where they are not 500."""


def ranges(facts: ModelFacts, longest: int) -> tuple[ParameterRange, ...]:
    """The parameters of a model, in the order in which people ask for them.

    >>> from app.models.facts.catalogue import MODELS
    >>> nova = next(one for one in MODELS if one.id == "amazon.nova-lite-v1:0")
    >>> [(one.name, one.least, one.most, one.default) for one in ranges(nova, 1024)][0]
    ('temperature', 0, 1, 0)

    Args:
        longest: the longest answer that the settings allow.
    """
    most = min(longest, facts.output or longest)
    every = (
        ParameterRange("temperature", 0, _HOTTEST.get(facts.family, 1), 0),
        ParameterRange("top_p", 0, 1),
        ParameterRange("top_k", 0, _WIDEST.get(facts.family, 500)),
        ParameterRange("max_tokens", 1, most, most),
    )
    return tuple(one for one in every if one.name == "max_tokens" or one.name in facts.takes)
