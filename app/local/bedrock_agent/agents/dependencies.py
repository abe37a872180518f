"""The resources of other services that an agent's definition names: a model, a guardrail, Knowledge
Bases, and OpenAPI documents in buckets. Each service is described by a protocol of what agents use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.local.wire import JSON


class Models(Protocol):
    """The foundation models; the service bedrock implements it."""

    def can_write(self, identifier: str) -> bool:
        """Whether this model id, inference profile or ARN belongs to a model that writes text."""
        ...


class GuardrailVersions(Protocol):
    """The guardrails; the service bedrock implements it."""

    def has(self, identifier: str, version: str) -> bool:
        """Whether the guardrail with this id or ARN has this version."""
        ...


class KnowledgeBases(Protocol):
    """The Knowledge Bases; the other half of bedrock-agent implements it."""

    def has(self, base: str) -> bool:
        """Whether there is a Knowledge Base with this id."""
        ...


class Objects(Protocol):
    """The objects in buckets; the service s3 implements it."""

    def path(self, bucket: str, key: str) -> Path:
        """The file of an object. Raises KeyError where there is none."""
        ...


@dataclass(frozen=True)
class Dependencies:
    """The services of the resources that an agent's definition may name."""

    models: Models
    guardrails: GuardrailVersions
    knowledge_bases: KnowledgeBases
    objects: Objects

    def missing(self, definition: JSON) -> Iterator[tuple[str, str]]:
        """The members of a definition whose resource does not exist, each with the rule it
        breaks.
        """
        model = definition.get("foundationModel")
        if model is not None and not self.models.can_write(model):
            yield "foundationModel", f"{model} is no model that writes, or its life has ended."
        guardrail = definition.get("guardrailConfiguration")
        if guardrail:
            identifier = guardrail.get("guardrailIdentifier")
            version = guardrail.get("guardrailVersion")
            if identifier is None or version is None:
                rule = "must have guardrailIdentifier and guardrailVersion."
                yield "guardrailConfiguration", rule
            elif not self.guardrails.has(identifier, version):
                rule = f"there is no guardrail {identifier} with a version {version}."
                yield "guardrailConfiguration", rule
