"""Searches and the passages that they find."""

from typing import Literal

from pydantic import Field

from app.events import MetadataValue
from app.web.schemas.answers import GuardrailVerdict
from app.web.schemas.base import Message, RetrievalFilter, Schema


class Search(Schema):
    """A query."""

    query: Message
    limit: int = Field(default=5, ge=1, le=100)
    filter: RetrievalFilter | None = Field(default=None, description="Bedrock's RetrievalFilter.")
    search_type: Literal["HYBRID", "SEMANTIC"] | None = Field(
        default=None, description="Default: that of answers."
    )
    explain: bool = Field(default=False, description="Explain the rank of each passage.")


class Explanation(Schema):
    """Why a passage is at its place.

    Attributes:
        semantic_rank: its place by meaning alone, from 1; None if it is not among the candidates,
            or if the Knowledge Base is managed.
        words: the query's words in it, as they are written there.
        used: whether an answer would use it.
        reason: why an answer would not.
    """

    semantic_rank: int | None
    words: list[str]
    used: bool
    reason: str | None


class Passage(Schema):
    """A passage that Retrieve has found."""

    number: int
    text: str
    document: str
    title: str
    uri: str
    page: int | None
    page_label: str | None
    score: float
    metadata: dict[str, MetadataValue]
    explanation: Explanation | None = None


class SearchResults(Schema):
    """The passages for a query, best first, and the guardrail's interventions."""

    query: str
    search_type: str
    passages: list[Passage]
    interventions: list[GuardrailVerdict]
