"""What an agent's definition names and does not hold: a model, a guardrail, Knowledge Bases, and
OpenAPI documents in buckets. Other services keep them; here stands what agents need of those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.local.wire import JSON


class Models(Protocol):
    """The foundation models, which bedrock keeps."""

    def can_write(self, identifier: str) -> bool:
        """Whether this id, inference profile or ARN is of a model that writes text."""
        ...


class GuardrailVersions(Protocol):
    """The guardrails, which bedrock keeps."""

    def has(self, identifier: str, version: str) -> bool:
        """Whether the guardrail with this id or ARN has this version."""
        ...


class KnowledgeBases(Protocol):
    """The Knowledge Bases, which the other half of bedrock-agent keeps."""

    def has(self, base: str) -> bool:
        """Whether there is a Knowledge Base with this id."""
        ...


class Objects(Protocol):
    """The objects of buckets, which s3 keeps."""

    def path(self, bucket: str, key: str) -> Path:
        """The file of an object. Raises KeyError where there is none."""
        ...


@dataclass(frozen=True)
class Dependencies:
    """What an agent's definition may name, by the service that keeps it."""

    models: Models
    guardrails: GuardrailVersions
    knowledge_bases: KnowledgeBases
    objects: Objects

    def missing(self, definition: JSON) -> Iterator[tuple[str, str]]:
        """The members of a definition that name what is not there, each with a sentence on it."""
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
