"""The guardrail that judges questions and answers: the stack's, one that exists, or none.

Its rules are a definition, the default or a team's own file, and the laptop's home makes the same
guardrail of it. The function and the agent may apply the guardrail of the choice, and no other.
"""

from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from app.guardrail_definition import (
    ExistingGuardrail,
    GuardrailDefinition,
    cloudformation_policies,
    digest,
    version_description,
)
from infra.context import Context
from infra.names import generated
from infra.permissions import allow, arn

APPLYING = ("bedrock:ApplyGuardrail",)


@dataclass(frozen=True, slots=True)
class UsedGuardrail:
    """A version of a guardrail, for those that apply it.

    Attributes:
        id: its id, or the ARN of one that exists elsewhere.
        profile: the ARN of its cross-Region profile, in any Region: the profile chooses one.
        origin: who made it, for the stack's outputs.
    """

    id: str
    version: str
    arn: str
    profile: str | None
    origin: str

    @property
    def permission(self) -> iam.PolicyStatement:
        """The permission to apply it.

        https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
        """
        return allow(APPLYING, self.arn, *([self.profile] if self.profile else []))


def guardrail(scope: Construct, context: Context, key: kms.IKey) -> UsedGuardrail | None:
    """The guardrail of the choice; None if nothing is judged."""
    choice = context.guardrail_choice
    if choice.existing:
        return _existing(choice.existing, context.guardrail_profile)
    if choice.definition is None:
        return None
    return Guardrail(scope, "Guardrail", choice.definition, key).used


class Guardrail(Construct):
    """A guardrail of the stack, and its version."""

    def __init__(
        self, scope: Construct, name: str, definition: GuardrailDefinition, key: kms.IKey
    ) -> None:
        super().__init__(scope, name)
        profile = definition.cross_region_profile
        policies = cloudformation_policies(definition)
        guardrail = bedrock.CfnGuardrail(
            self,
            "Guardrail",
            name=generated(self, "guard"),
            description=definition.description,
            kms_key_arn=key.key_arn,
            blocked_input_messaging=definition.blocked_input_message,
            blocked_outputs_messaging=definition.blocked_output_message,
            cross_region_config=_cross_region(profile) if profile else None,
            topic_policy_config=policies.get("topicPolicyConfig"),
            content_policy_config=policies.get("contentPolicyConfig"),
            word_policy_config=policies.get("wordPolicyConfig"),
            sensitive_information_policy_config=policies.get("sensitiveInformationPolicyConfig"),
            contextual_grounding_policy_config=policies.get("contextualGroundingPolicyConfig"),
        )
        rules = digest(definition)
        # A version is a copy of the guardrail, so other rules need another version.
        version = bedrock.CfnGuardrailVersion(
            self,
            f"Version{rules}",
            guardrail_identifier=guardrail.attr_guardrail_id,
            description=version_description(definition),
        )
        self.used = UsedGuardrail(
            guardrail.attr_guardrail_id,
            version.attr_version,
            guardrail.attr_guardrail_arn,
            _profile_arn(profile, "*") if profile else None,
            f"made by this stack, rules {rules}",
        )


def _existing(existing: ExistingGuardrail, profile: str | None) -> UsedGuardrail:
    """A guardrail that was made elsewhere: of this account and Region, unless an ARN says more."""
    return UsedGuardrail(
        existing.identifier,
        existing.version,
        existing.arn or arn("bedrock", f"guardrail/{existing.id}"),
        _profile_arn(profile, "*") if profile else None,
        f"exists already: {existing.identifier}, version {existing.version}",
    )


def _cross_region(profile: str) -> dict[str, str]:
    own = profile if profile.startswith("arn:") else _profile_arn(profile, Aws.REGION)
    return {"guardrailProfileArn": own}


def _profile_arn(profile: str, region: str) -> str:
    """The ARN of a guardrail profile, which has the same id in each Region of its geography."""
    return arn("bedrock", f"guardrail-profile/{profile.rpartition('/')[2]}", region=region)
