"""A guardrail's definition: one file, of which both homes make the same guardrail.

    default.toml, or a team's own ── read ──► GuardrailDefinition ──► CreateGuardrail's parameters
                                                  └── digest ──► another version

    choices      a default, another file, a guardrail that exists, or none
    definition   the types, with Bedrock's limits
    parameters   a definition as CreateGuardrail takes it, and as CloudFormation does

Nothing here imports boto3: the stack's template, the command line and the laptop read it.
"""

from app.guardrail_definition.choices import (
    DEFAULT,
    NO_GUARDRAIL,
    ExistingGuardrail,
    GuardrailChoice,
    read_choice,
)
from app.guardrail_definition.definition import GuardrailDefinition
from app.guardrail_definition.parameters import (
    cloudformation_policies,
    create_parameters,
    digest,
    policy_names,
    version_description,
)
from app.guardrail_definition.reading import WrongDefinition, parse, read_definition

__all__ = [
    "DEFAULT",
    "NO_GUARDRAIL",
    "ExistingGuardrail",
    "GuardrailChoice",
    "GuardrailDefinition",
    "WrongDefinition",
    "cloudformation_policies",
    "create_parameters",
    "digest",
    "parse",
    "policy_names",
    "read_choice",
    "read_definition",
    "version_description",
]
