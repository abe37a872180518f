"""Checks the guardrail of a stack: its definition, or that one that exists is there.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetGuardrail.html
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from app.aws import Operator, calling
from app.deploy.findings import Finding
from app.deploy.stack.context import Choices
from app.errors import OutcropError
from app.guardrail_definition import (
    ExistingGuardrail,
    WrongDefinition,
    digest,
    policy_names,
    read_choice,
)

CHECK = "The guardrail"
UNGUARDED = "none: no question, passage or answer is judged"


def guardrail(aws: Operator, choices: Choices) -> Iterator[Finding]:
    """Which guardrail judges, and whether it can."""
    try:
        choice = read_choice(choices.guardrail)
    except WrongDefinition as error:
        yield Finding(CHECK, well=False, found=error.detail)
        return
    if choice.definition:
        rules = f"rules {digest(choice.definition)}: {', '.join(policy_names(choice.definition))}"
        yield Finding(CHECK, well=True, found=f"the stack makes one of {choice.name}, {rules}")
    elif choice.existing:
        yield _existing(aws, choice.existing, choices.guardrail_profile)
    else:
        mend = "Leave `-c guardrail=none` out, and the stack makes one."
        yield Finding(CHECK, well=True, found=UNGUARDED, mend=mend)


def _existing(aws: Operator, existing: ExistingGuardrail, profile: str | None) -> Finding:
    """Whether the version is there and ready, and its cross-Region profile is the choice's."""
    name = f"{existing.identifier}, version {existing.version}"
    try:
        with calling("GetGuardrail"):
            guardrail = aws.bedrock.get_guardrail(
                guardrailIdentifier=existing.identifier, guardrailVersion=existing.version
            )
    except OutcropError as error:
        cause = error.__cause__
        if not isinstance(cause, ClientError) or not _is_missing(cause):
            raise
        return Finding(CHECK, well=False, found=f"{aws.region} has no {name}")
    if guardrail["status"] != "READY":
        return Finding(CHECK, well=False, found=f"{name} is {guardrail['status']}")
    own = guardrail.get("crossRegionDetails", {}).get("guardrailProfileId")
    if own != (profile and profile.rpartition("/")[2]):
        mend = f"Add `-c guardrail_profile={own}`." if own else "Leave `guardrail_profile` out."
        state = f"{name} has {f'the cross-Region profile {own}' if own else 'no profile'}"
        return Finding(CHECK, well=False, found=state, mend=mend)
    return Finding(CHECK, well=True, found=f"{name}, {guardrail['name']}, is ready")


def _is_missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ResourceNotFoundException"
