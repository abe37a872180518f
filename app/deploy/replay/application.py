"""The environment of the laptop's application: that of the stack's API function, with overrides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OUTPUT = "ApiFunction"
"""The output of the template with the API function's name."""


@dataclass(frozen=True, slots=True)
class Override:
    """A variable that has another value on the laptop, or none (None)."""

    name: str
    value: str | None
    reason: str


OVERRIDES = (
    Override(
        "OUTCROP_AUTH", "local", "nobody signs in on the laptop: every request is of one principal"
    ),
)


def override(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that the laptop's application gets for these of the API function.

    >>> override({"OUTCROP_AUTH": "api-gateway", "OUTCROP_GUARDRAIL_ID": "g1"})
    {'OUTCROP_GUARDRAIL_ID': 'g1', 'OUTCROP_AUTH': 'local'}
    """
    names = {each.name for each in OVERRIDES}
    unchanged = {name: value for name, value in variables.items() if name not in names}
    return unchanged | {each.name: each.value for each in OVERRIDES if each.value is not None}


def overrides(variables: Mapping[str, str]) -> Sequence[Override]:
    """The overrides of variables that the API function has.

    >>> [each.name for each in overrides({"OUTCROP_AUTH": "api-gateway", "A": "1"})]
    ['OUTCROP_AUTH']
    """
    return [each for each in OVERRIDES if each.name in variables]
