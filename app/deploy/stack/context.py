"""The choices of a stack, as `-c KEY=VALUE` passes them to the CDK.

The stack itself checks every key and value when it is synthesized. Here, only the choices are read
that decide what the account needs and what the stack costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL
from app.prices import Floor, monthly_floor
from app.settings import Settings

STACK = "Outcrop"
TRUE = {"true", "t", "yes", "y", "on", "1"}  # as pydantic reads it in the stack


@dataclass(frozen=True, slots=True)
class Choices:
    """What a stack needs of the account, and its monthly cost."""

    model_id: str
    embedding_model_id: str
    rerank_model_id: str | None
    agent: str
    floor: Floor
    stack: str = STACK
    vector_store: str = "opensearch-serverless"
    nextgen: bool = False
    zones: tuple[str, ...] = ()
    gateway_log_role: str = "stack"
    further_model_ids: tuple[str, ...] = ()
    guardrail: str | None = None
    guardrail_profile: str | None = None
    page: str = "cloudfront"


def choices(context: Mapping[str, str]) -> Choices:
    """The needs of a stack with these choices, and the stack's defaults for all others.

    Raises:
        InvalidRequest: there is no such vector store.
    """
    return Choices(
        model_id=context.get("model_id", Settings.model_fields["model_id"].default),
        embedding_model_id=context.get("embedding_model_id", DEFAULT_EMBEDDING_MODEL),
        rerank_model_id=context.get("rerank_model_id"),
        agent=context.get("agent", "converse"),
        floor=monthly_floor(
            context.get("vector_store", "opensearch-serverless"),
            generation=context.get("opensearch_generation", "classic"),
            production=context.get("production", "").lower() in TRUE,
        ),
        stack=context.get("stack", STACK),
        vector_store=context.get("vector_store", "opensearch-serverless"),
        nextgen=context.get("opensearch_generation") == "nextgen",
        zones=_listed(context.get("zones", "")),
        gateway_log_role=context.get("gateway_log_role", "stack"),
        further_model_ids=_listed(context.get("models", "")),
        guardrail=context.get("guardrail"),
        guardrail_profile=context.get("guardrail_profile"),
        page=context.get("page", "none" if context.get("auth") == "iam" else "cloudfront"),
    )


def _listed(value: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, value.split(","))))
