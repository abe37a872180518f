"""The environment of the laptop's application: that of the stack's API function, with overrides."""

from collections.abc import Collection, Mapping, Sequence
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
    Override(
        "OUTCROP_GUARDRAIL_ID",
        None,
        "left out if the guardrail exists in AWS and is none of the template's: it is not in the "
        "stand-in",
    ),
    Override("OUTCROP_GUARDRAIL_VERSION", None, "left out with the guardrail"),
)
OF_GUARDRAIL = ("OUTCROP_GUARDRAIL_ID", "OUTCROP_GUARDRAIL_VERSION")


def override(variables: Mapping[str, str], guardrails: Collection[str] = ()) -> dict[str, str]:
    """The variables that the laptop's application gets for these of the API function.

    Args:
        guardrails: the ids of those that were made of the template.

    >>> override({"OUTCROP_AUTH": "api-gateway", "OUTCROP_GUARDRAIL_ID": "g1", "A": "1"})
    {'A': '1', 'OUTCROP_AUTH': 'local'}
    >>> override({"OUTCROP_GUARDRAIL_ID": "g1"}, ["g1"])
    {'OUTCROP_GUARDRAIL_ID': 'g1'}
    """
    changes = overrides(variables, guardrails)
    names = {each.name for each in changes}
    unchanged = {name: value for name, value in variables.items() if name not in names}
    return unchanged | {each.name: each.value for each in changes if each.value is not None}


def overrides(variables: Mapping[str, str], guardrails: Collection[str] = ()) -> Sequence[Override]:
    """The overrides of variables that the API function has; as for `override`.

    >>> [each.name for each in overrides({"OUTCROP_AUTH": "api-gateway", "A": "1"})]
    ['OUTCROP_AUTH']
    """
    stays = OF_GUARDRAIL if variables.get("OUTCROP_GUARDRAIL_ID") in guardrails else ()
    return [each for each in OVERRIDES if each.name in variables and each.name not in stays]
