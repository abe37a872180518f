"""The types of a guardrail's definition, with the limits that Bedrock has for them.

Numbers, lengths and patterns are those of CreateGuardrail; `tests/guardrail_definition` holds them
against botocore's model of it. The documentation adds what a model cannot say: a threshold below 1,
a tier that needs a cross-Region profile, an attack on the prompt that only input can be.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateGuardrail.html
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-components.html
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.guardrail_definition.patterns import check_pattern

Strength = Literal["NONE", "LOW", "MEDIUM", "HIGH"]
BlockAction = Literal["BLOCK", "NONE", "OFF"]
MaskAction = Literal["BLOCK", "ANONYMIZE", "NONE", "OFF"]
Tier = Literal["CLASSIC", "STANDARD"]
Modality = Literal["TEXT", "IMAGE"]
ContentType = Literal["SEXUAL", "VIOLENCE", "HATE", "INSULTS", "MISCONDUCT", "PROMPT_ATTACK"]
ManagedList = Literal["PROFANITY"]
GroundingType = Literal["GROUNDING", "RELEVANCE"]
PiiType = Literal[
    "ADDRESS", "AGE", "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "CA_HEALTH_NUMBER",
    "CA_SOCIAL_INSURANCE_NUMBER", "CREDIT_DEBIT_CARD_CVV", "CREDIT_DEBIT_CARD_EXPIRY",
    "CREDIT_DEBIT_CARD_NUMBER", "DRIVER_ID", "EMAIL", "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
    "IP_ADDRESS", "LICENSE_PLATE", "MAC_ADDRESS", "NAME", "PASSWORD", "PHONE", "PIN", "SWIFT_CODE",
    "UK_NATIONAL_HEALTH_SERVICE_NUMBER", "UK_NATIONAL_INSURANCE_NUMBER",
    "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER", "URL", "USERNAME", "US_BANK_ACCOUNT_NUMBER",
    "US_BANK_ROUTING_NUMBER", "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", "US_PASSPORT_NUMBER",
    "US_SOCIAL_SECURITY_NUMBER", "VEHICLE_IDENTIFICATION_NUMBER",
]  # fmt: skip

TOPIC_NAME = r"^[0-9a-zA-Z\-_ !?.]+$"
PROFILE = (
    r"^([a-z0-9-]+\.guardrail\.v[0-9:]+|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}"
    r":guardrail-profile/[a-z0-9-]+\.guardrail\.v[0-9:]+)$"
)
LARGEST_THRESHOLD = 0.99
"""At 1, every answer would be blocked, and the service refuses that."""

ATTACK: Final = "PROMPT_ATTACK"

ActionT = TypeVar("ActionT", bound=str)
Message = Annotated[str, Field(min_length=1, max_length=500)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Directions(_Part, Generic[ActionT]):
    """An action for each direction. In a file, one word is that action in both, and a table may
    leave a direction out, which is then OFF.
    """

    input: ActionT = Field(default="OFF", validate_default=True)
    output: ActionT = Field(default="OFF", validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _both(cls, value: Any) -> Any:
        return {"input": value, "output": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _looks(self) -> "Directions[ActionT]":
        if self.input == self.output == "OFF":
            raise ValueError("it is OFF in both directions; leave it out")
        return self

    def each(self) -> Iterable[tuple[str, str]]:
        """The directions by name, with their actions."""
        return (("input", self.input), ("output", self.output))


class ContentRule(_Part):
    """The strengths of a content filter. In a file, one word is the strength in both directions.

    Attributes:
        input: NONE does not filter; HIGH acts on low confidence too.
        action: of the filter where it has a strength; NONE reports only.
        input_modalities: TEXT, IMAGE or both; by default Bedrock's own default, TEXT.
    """

    input: Strength = "NONE"
    output: Strength = "NONE"
    action: Directions[BlockAction] = Directions(input="BLOCK", output="BLOCK")
    input_modalities: tuple[Modality, ...] | None = Field(default=None, min_length=1, max_length=2)
    output_modalities: tuple[Modality, ...] | None = Field(default=None, min_length=1, max_length=2)

    @model_validator(mode="before")
    @classmethod
    def _both(cls, value: Any) -> Any:
        return {"input": value, "output": value} if isinstance(value, str) else value


class ContentPolicy(_Part):
    """Content filters, by type."""

    tier: Tier = "CLASSIC"
    filters: Mapping[ContentType, ContentRule] = Field(min_length=1)

    @field_validator("filters", mode="before")
    @classmethod
    def _attacks_are_input(cls, value: Any) -> Any:
        """One word for PROMPT_ATTACK is its strength for input, the only direction that it has."""
        if isinstance(value, Mapping) and isinstance(value.get(ATTACK), str):
            return {**value, ATTACK: {"input": value[ATTACK]}}
        return value

    @field_validator("filters")
    @classmethod
    def _no_attack_by_output(
        cls, filters: Mapping[ContentType, ContentRule]
    ) -> Mapping[ContentType, ContentRule]:
        if ATTACK in filters and filters[ATTACK].output != "NONE":
            raise ValueError(f"{ATTACK}.output has to be NONE: only input can attack the prompt")
        return filters


class DeniedTopic(_Part):
    """A topic that is not spoken of."""

    name: str = Field(min_length=1, max_length=100, pattern=TOPIC_NAME)
    definition: str = Field(min_length=1, max_length=200)
    examples: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        default=(), max_length=5
    )
    action: Directions[BlockAction] = Directions(input="BLOCK", output="BLOCK")


class TopicPolicy(_Part):
    """The topics that a text may not be about."""

    tier: Tier = "CLASSIC"
    denied: tuple[DeniedTopic, ...] = Field(min_length=1, max_length=30)

    @field_validator("denied")
    @classmethod
    def _distinct(cls, denied: tuple[DeniedTopic, ...]) -> tuple[DeniedTopic, ...]:
        _refuse_twice("name", [topic.name for topic in denied])
        return denied


class CustomWord(_Part):
    """A word or phrase. In a file, a text alone is one that is blocked in both directions."""

    text: str = Field(min_length=1, max_length=100)
    action: Directions[BlockAction] = Directions(input="BLOCK", output="BLOCK")

    @model_validator(mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class WordPolicy(_Part):
    """Words of one's own, and Bedrock's managed lists."""

    custom: tuple[CustomWord, ...] = Field(default=(), max_length=10_000)
    managed: Mapping[ManagedList, Directions[BlockAction]] = {}

    @model_validator(mode="after")
    def _not_empty(self) -> "WordPolicy":
        _refuse_empty(custom=self.custom, managed=self.managed)
        return self


class CustomRegex(_Part):
    """A pattern whose matches are blocked or masked."""

    name: str = Field(min_length=1, max_length=100)
    description: str | None = Field(default=None, min_length=1, max_length=1000)
    pattern: str = Field(min_length=1, max_length=500)
    action: Directions[MaskAction]

    @field_validator("pattern")
    @classmethod
    def _readable(cls, pattern: str) -> str:
        check_pattern(pattern)
        return pattern


class SensitiveInformationPolicy(_Part):
    """Bedrock's types of PII, and regular expressions of one's own."""

    pii: Mapping[PiiType, Directions[MaskAction]] = {}
    regexes: tuple[CustomRegex, ...] = Field(default=(), max_length=30)

    @field_validator("regexes")
    @classmethod
    def _distinct(cls, regexes: tuple[CustomRegex, ...]) -> tuple[CustomRegex, ...]:
        _refuse_twice("name", [one.name for one in regexes])
        return regexes

    @model_validator(mode="after")
    def _not_empty(self) -> "SensitiveInformationPolicy":
        _refuse_empty(pii=self.pii, regexes=self.regexes)
        return self


class GroundingRule(_Part):
    """A score below which an answer is blocked. In a file, a number alone is that threshold.

    Attributes:
        action: NONE measures only, and reports the score.
    """

    threshold: float = Field(ge=0, le=LARGEST_THRESHOLD)
    action: Literal["BLOCK", "NONE"] = "BLOCK"

    @model_validator(mode="before")
    @classmethod
    def _threshold(cls, value: Any) -> Any:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return {"threshold": value} if is_number else value


class GuardrailDefinition(_Part):
    """A guardrail. It has one policy at least.

    Attributes:
        blocked_input_message: shown in place of an answer to a blocked question.
        blocked_output_message: shown in place of a blocked answer.
        cross_region_profile: the id or the ARN of a guardrail profile, such as us.guardrail.v1:0;
            the tier STANDARD needs one.
    """

    description: str | None = Field(default=None, min_length=1, max_length=200)
    blocked_input_message: Message
    blocked_output_message: Message
    cross_region_profile: str | None = Field(
        default=None, min_length=15, max_length=2048, pattern=PROFILE
    )
    content: ContentPolicy | None = None
    topics: TopicPolicy | None = None
    words: WordPolicy | None = None
    sensitive_information: SensitiveInformationPolicy | None = None
    grounding: Mapping[GroundingType, GroundingRule] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _together(self) -> "GuardrailDefinition":
        if not any(getattr(self, policy) for policy in POLICIES):
            raise ValueError(f"there is no policy; have at least one of {', '.join(POLICIES)}")
        for name, policy in (("content", self.content), ("topics", self.topics)):
            if policy and policy.tier == "STANDARD" and not self.cross_region_profile:
                raise ValueError(
                    f"{name}.tier=STANDARD: this tier needs cross_region_profile, such as "
                    "us.guardrail.v1:0"
                )
        return self


POLICIES = ("content", "topics", "words", "sensitive_information", "grounding")
"""The members that are policies."""


def _refuse_twice(member: str, values: list[str]) -> None:
    if twice := next((value for value in values if values.count(value) > 1), None):
        raise ValueError(f"the {member} {twice!r} is there twice")


def _refuse_empty(**lists: object) -> None:
    if not any(lists.values()):
        raise ValueError(f"it is empty; have {' or '.join(lists)}, or leave it out")
