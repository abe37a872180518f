"""The guardrail, and its version that judges questions and answers.

Its rules suit any collection of documents: it refuses attacks on the prompt, hate and the like,
secrets, and answers without support in their passages; it masks payment data.
"""

from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.names import digest, generated

CfnGuardrail = bedrock.CfnGuardrail

CONTENT = ("SEXUAL", "VIOLENCE", "HATE", "INSULTS", "MISCONDUCT")
BLOCKED_KINDS = ("AWS_ACCESS_KEY", "AWS_SECRET_KEY", "PASSWORD")
MASKED_KINDS = (
    "CREDIT_DEBIT_CARD_NUMBER",
    "CREDIT_DEBIT_CARD_CVV",
    "PIN",
    "US_SOCIAL_SECURITY_NUMBER",
)
THRESHOLDS = {"GROUNDING": 0.7, "RELEVANCE": 0.5}
"""Scores, 0 to 0.99, below which an answer is blocked: for its support in the passages, and for its
relevance to the question. The second is lower, because an answer may be that the documents do not
say."""

MESSAGES = {
    "blockedInputMessaging": "This question cannot be answered here.",
    "blockedOutputsMessaging": "The answer was held back: the documents do not bear it out, or it "
    "held what must not be shown.",
}


POLICIES: dict[str, dict[str, object]] = {
    "content": {
        "filtersConfig": [
            {"type": kind, "inputStrength": "HIGH", "outputStrength": "HIGH"} for kind in CONTENT
        ]
        # Only a question can attack the prompt, so there is no output strength.
        + [{"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"}]
    },
    "words": {"managedWordListsConfig": [{"type": "PROFANITY"}]},
    "sensitive": {
        "piiEntitiesConfig": [{"type": kind, "action": "BLOCK"} for kind in BLOCKED_KINDS]
        + [{"type": kind, "action": "ANONYMIZE"} for kind in MASKED_KINDS]
    },
    "grounding": {
        "filtersConfig": [
            {"type": kind, "threshold": threshold} for kind, threshold in THRESHOLDS.items()
        ]
    },
}
"""The rules, as parameters of the API."""


class Guardrail(Construct):
    """The guardrail of every question and every answer."""

    def __init__(self, scope: Construct, name: str, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self.guardrail = CfnGuardrail(
            self,
            "Guardrail",
            name=generated(self, "guard"),
            kms_key_arn=key.key_arn,
            blocked_input_messaging=MESSAGES["blockedInputMessaging"],
            blocked_outputs_messaging=MESSAGES["blockedOutputsMessaging"],
            content_policy_config=POLICIES["content"],
            word_policy_config=POLICIES["words"],
            sensitive_information_policy_config=POLICIES["sensitive"],
            contextual_grounding_policy_config=POLICIES["grounding"],
        )
        rules_digest = digest(MESSAGES, POLICIES)
        # A version is a copy of the guardrail, so other rules need another version.
        version = bedrock.CfnGuardrailVersion(
            self,
            f"Version{rules_digest}",
            guardrail_identifier=self.guardrail.attr_guardrail_id,
            description=f"Rules {rules_digest}",
        )
        self.id = self.guardrail.attr_guardrail_id
        self.arn = self.guardrail.attr_guardrail_arn
        self.version = version.attr_version
