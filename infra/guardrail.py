"""The guardrail, and the version of it that answers are judged by.

What it refuses or masks suits any collection of documents: attacks on the prompt, hate and the
like, secrets and payment data, and answers that their passages do not bear out.
"""

from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.names import digest, generated

CfnGuardrail = bedrock.CfnGuardrail

CONTENT = ("SEXUAL", "VIOLENCE", "HATE", "INSULTS", "MISCONDUCT")
BLOCKED = ("AWS_ACCESS_KEY", "AWS_SECRET_KEY", "PASSWORD")
MASKED = ("CREDIT_DEBIT_CARD_NUMBER", "CREDIT_DEBIT_CARD_CVV", "PIN", "US_SOCIAL_SECURITY_NUMBER")
THRESHOLDS = {"GROUNDING": 0.7, "RELEVANCE": 0.5}
"""Scores, 0 to 0.99, below which an answer is blocked: is it borne out by the passages, does it
answer the question. Relevance is judged more gently: an answer may be that nothing tells."""

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
        # An attack is something that a question does; an answer has no such strength.
        + [{"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"}]
    },
    "words": {"managedWordListsConfig": [{"type": "PROFANITY"}]},
    "sensitive": {
        "piiEntitiesConfig": [{"type": kind, "action": "BLOCK"} for kind in BLOCKED]
        + [{"type": kind, "action": "ANONYMIZE"} for kind in MASKED]
    },
    "grounding": {
        "filtersConfig": [
            {"type": kind, "threshold": threshold} for kind, threshold in THRESHOLDS.items()
        ]
    },
}
"""The rules, in the API's own words."""


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
        made_of = digest(MESSAGES, POLICIES)
        # A version is what the guardrail was when it was made: other rules, another version.
        version = bedrock.CfnGuardrailVersion(
            self,
            f"Version{made_of}",
            guardrail_identifier=self.guardrail.attr_guardrail_id,
            description=f"Rules {made_of}",
        )
        self.id = self.guardrail.attr_guardrail_id
        self.arn = self.guardrail.attr_guardrail_arn
        self.version = version.attr_version
