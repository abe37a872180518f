"""A choice of a guardrail, as `-c guardrail=` and OUTCROP_GUARDRAIL have it in one word.

support.toml                 the definition in that file; without a choice, the default's
ab12cd34ef56:3               a guardrail that exists, and its version
arn:aws:...:guardrail/ab:3   the same by its ARN
none                         no guardrail: nothing is judged
"""

import re
from dataclasses import dataclass
from pathlib import Path

from app.guardrail_definition.definition import GuardrailDefinition
from app.guardrail_definition.reading import WrongDefinition, read_definition

NO_GUARDRAIL = "none"

_EXISTING = re.compile(
    r"(?P<arn>arn:aws(?:-[^:]+)?:bedrock:[a-z0-9-]{1,20}:\d{12}:guardrail/)?"
    r"(?P<id>[a-z0-9]+):(?P<version>[1-9]\d{0,7}|DRAFT)"
)
FORMS = (
    "the path of a definition (a .toml file), ID:VERSION or ARN:VERSION of a guardrail that "
    f"exists, or {NO_GUARDRAIL}"
)


@dataclass(frozen=True, slots=True)
class ExistingGuardrail:
    """A version of a guardrail that was made elsewhere.

    Attributes:
        id: its id alone, also where the choice is an ARN.
        version: a number; a draft would change under the application.
        arn: its ARN without the version; None for one of this account and Region.
    """

    id: str
    version: str
    arn: str | None = None

    @property
    def identifier(self) -> str:
        """The parameter `guardrailIdentifier` of AWS's operations."""
        return self.arn or self.id


@dataclass(frozen=True, slots=True)
class GuardrailChoice:
    """A guardrail to make, one that exists, or none.

    Attributes:
        name: the choice in a word or two, for a person to read.
        definition: of the guardrail to make.
        is_default: whether that is Outcrop's own.
    """

    name: str
    definition: GuardrailDefinition | None = None
    existing: ExistingGuardrail | None = None
    is_default: bool = False

    @property
    def guards(self) -> bool:
        """Whether anything is judged."""
        return self.definition is not None or self.existing is not None


DEFAULT = "the default definition"


def read_choice(value: str | None, base: Path | None = None) -> GuardrailChoice:
    """Read a choice, and the definition that it names.

    Args:
        base: the folder of relative paths; by default the current one.

    Raises:
        WrongDefinition: it has none of the forms, or the definition is wrong.
    """
    if value is None:
        return GuardrailChoice(DEFAULT, read_definition(), is_default=True)
    if value == NO_GUARDRAIL:
        return GuardrailChoice("none: nothing is judged")
    if match := _EXISTING.fullmatch(value):
        return GuardrailChoice(value, existing=_existing(match))
    if value.startswith("arn:") or not value.endswith(".toml"):
        raise WrongDefinition(f"{value} is no choice of a guardrail: it has to be {FORMS}.")
    return GuardrailChoice(value, read_definition((base or Path()) / value))


def _existing(match: "re.Match[str]") -> ExistingGuardrail:
    if match["version"] == "DRAFT":
        raise WrongDefinition(
            f"{match[0]}: a draft changes under the application; name a version by its number "
            "(CreateGuardrailVersion makes one)."
        )
    arn = f"{match['arn']}{match['id']}" if match["arn"] else None
    return ExistingGuardrail(match["id"], match["version"], arn)
