"""The stack's own key, and who may use it.

The account may use it, and its policies may grant that to people and roles. AWS's default policy
says the same with `kms:*`; here the actions are written out, for a symmetric key.
"""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.context import Context
from infra.permissions import allow
from infra.retention import removal

USE_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
GRANT_ACTIONS = ("kms:CreateGrant", "kms:ListGrants", "kms:RetireGrant", "kms:RevokeGrant")
ADMINISTRATION_ACTIONS = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)


class Key(kms.Key):
    """The key."""

    def __init__(self, scope: Construct, name: str, context: Context) -> None:
        account = allow(
            [*USE_ACTIONS, *GRANT_ACTIONS, *ADMINISTRATION_ACTIONS], "*"
        )  # in a key's own policy: this key
        account.add_principals(iam.AccountRootPrincipal())
        super().__init__(
            scope,
            name,
            description=f"{context.stack}: documents, conversations, tables, guardrail.",
            enable_key_rotation=True,
            policy=iam.PolicyDocument(statements=[account]),
            removal_policy=removal(context),
        )
