"""What one chooses of a stack, as `-c KEY=VALUE` says it to the CDK.

The stack itself checks every key and value when it is synthesized. What is read here is what has
to be known before: what the account has to have for this choice, and what it will cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL
from app.prices import Floor, monthly_floor
from app.settings import Settings

STACK = "Outcrop"
TRUE = {"true", "t", "yes", "y", "on", "1"}  # as the stack reads it, by pydantic


@dataclass(frozen=True, slots=True)
class Choices:
    """What the account is asked for."""

    model_id: str
    embedding_model_id: str
    agent: str
    floor: Floor


def choices(chosen: Mapping[str, str]) -> Choices:
    """What these choices ask of an account; what is not chosen is what the stack does by itself.

    Raises:
        InvalidRequest: there is no such vector store.
    """
    return Choices(
        model_id=chosen.get("model_id", Settings.model_fields["model_id"].default),
        embedding_model_id=chosen.get("embedding_model_id", DEFAULT_EMBEDDING_MODEL),
        agent=chosen.get("agent", "converse"),
        floor=monthly_floor(
            chosen.get("vector_store", "opensearch-serverless"),
            generation=chosen.get("opensearch_generation", "classic"),
            production=chosen.get("production", "").lower() in TRUE,
        ),
    )
