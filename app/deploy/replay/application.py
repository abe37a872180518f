"""What a stack's application is started with: its API function's environment, a little changed."""

from collections.abc import Mapping

OUTPUT = "ApiFunction"
"""The output of the template that names the API function."""

OVERRIDES: Mapping[str, tuple[str | None, str]] = {
    "OUTCROP_AUTH": ("local", "nobody signs in on the laptop: every request is of one principal"),
    "OUTCROP_GUARDRAIL_ID": (
        None,
        "the guardrail is made and checked, but the stand-in does not judge by it",
    ),
    "OUTCROP_GUARDRAIL_VERSION": (None, "it is that of a guardrail which does not judge"),
}
"""Variable -> what it is on the laptop, None where it is left out; and why."""


def override(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables, with what is changed of them.

    >>> override({"OUTCROP_AUTH": "api-gateway", "OUTCROP_GUARDRAIL_ID": "g1", "A": "1"})
    {'A': '1', 'OUTCROP_AUTH': 'local'}
    """
    unchanged = {name: value for name, value in variables.items() if name not in OVERRIDES}
    return unchanged | {name: value for name, (value, _) in OVERRIDES.items() if value is not None}
