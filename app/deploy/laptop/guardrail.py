"""Makes the laptop's guardrail: the stack's, of the same definition.

no guardrail named `outcrop`     CreateGuardrail, then its first version
no version with these rules      UpdateGuardrail, then another version
a version with these rules       nothing: each start finds it by its description
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.errors import OperatorError
from app.guardrail_definition import (
    ExistingGuardrail,
    GuardrailChoice,
    GuardrailDefinition,
    create_parameters,
    version_description,
)

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

NAME = "outcrop"
MAX_VERSIONS = 20
"""The most numbered versions that a guardrail may have."""


def chosen_guardrail(bedrock: "BedrockClient", choice: GuardrailChoice) -> tuple[str, str] | None:
    """The id and the version of the guardrail of a choice; it is made if it is missing. None if
    nothing is judged.

    Raises:
        OperatorError: the guardrail that the choice names does not exist in this home.
    """
    if choice.existing:
        return _existing(bedrock, choice.existing)
    return _defined(bedrock, choice.definition) if choice.definition else None


def _existing(bedrock: "BedrockClient", existing: ExistingGuardrail) -> tuple[str, str]:
    try:
        bedrock.get_guardrail(
            guardrailIdentifier=existing.identifier, guardrailVersion=existing.version
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        raise OperatorError(
            f"OUTCROP_GUARDRAIL names {existing.identifier}, version {existing.version}, which is "
            "not in this home. Make it in the stand-in, or name a definition's file, or `none`."
        ) from error
    return existing.identifier, existing.version


def _defined(bedrock: "BedrockClient", definition: GuardrailDefinition) -> tuple[str, str]:
    parameters: Any = create_parameters(definition, NAME)
    description = version_description(definition)
    pages = bedrock.get_paginator("list_guardrails").paginate()
    guardrails = (one for page in pages for one in page["guardrails"])
    identifier = next((one["id"] for one in guardrails if one["name"] == NAME), None)
    if identifier is None:
        identifier = bedrock.create_guardrail(**parameters)["guardrailId"]
        return identifier, _new_version(bedrock, identifier, description)
    versions = _versions(bedrock, identifier)
    for one in versions:
        if one.get("description") == description:
            return identifier, one["version"]
    if len(versions) >= MAX_VERSIONS:
        oldest = min(versions, key=lambda one: int(one["version"]))
        bedrock.delete_guardrail(guardrailIdentifier=identifier, guardrailVersion=oldest["version"])
    bedrock.update_guardrail(guardrailIdentifier=identifier, **parameters)
    return identifier, _new_version(bedrock, identifier, description)


def _versions(bedrock: "BedrockClient", identifier: str) -> Sequence[Any]:
    """The numbered versions, without the draft."""
    pages = bedrock.get_paginator("list_guardrails").paginate(guardrailIdentifier=identifier)
    return [one for page in pages for one in page["guardrails"] if one["version"] != "DRAFT"]


def _new_version(bedrock: "BedrockClient", identifier: str, description: str) -> str:
    """Make a version of the draft, and return its number."""
    response = bedrock.create_guardrail_version(
        guardrailIdentifier=identifier, description=description
    )
    return response["version"]
