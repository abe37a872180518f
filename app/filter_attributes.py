"""The attributes of documents by which a question may filter, as a setting describes them and as
Bedrock wants them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_MetadataAttributeSchema.html
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Json, ValidationInfo


class FilterAttribute(BaseModel):
    """One attribute. A key has at most 100 characters, as in a RetrievalFilter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=1, max_length=100)
    type: Literal["STRING", "NUMBER", "BOOLEAN", "STRING_LIST"]
    description: str = Field(min_length=1, max_length=1024)


def _usable(
    attributes: tuple[FilterAttribute, ...], others: ValidationInfo
) -> tuple[FilterAttribute, ...]:
    """Check the rules between attributes, and with the settings that come before them."""
    keys = [one.key for one in attributes]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise ValueError(f"the key {twice} is there twice")
    if attributes and not others.data.get("filter_model_id"):
        raise ValueError("OUTCROP_FILTER_MODEL_ID is missing, the model that makes the filter")
    if attributes and others.data.get("knowledge_base_type") == "MANAGED":
        raise ValueError("a managed Knowledge Base makes no filters of questions")
    return attributes


FilterAttributes = Annotated[
    Json[Annotated[tuple[FilterAttribute, ...], Field(max_length=25)]], AfterValidator(_usable)
]
"""A JSON list of attributes."""
