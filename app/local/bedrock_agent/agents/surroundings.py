"""What is around an agent: all that its definition names and does not hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.local.wire import JSON


@dataclass(frozen=True)
class Surroundings:
    """What an agent's definition may name.

    Attributes:
        has_model: whether this id, inference profile or ARN is of a model that writes.
        has_guardrail: whether the guardrail with this id or ARN has this version.
        has_knowledge_base: whether there is a Knowledge Base with this id.
        read: the bytes under a key of a bucket; KeyError where there is none.
    """

    has_model: Callable[[str], bool]
    has_guardrail: Callable[[str, str], bool]
    has_knowledge_base: Callable[[str], bool]
    read: Callable[[str, str], bytes]

    def absent(self, definition: JSON) -> Iterator[tuple[str, str]]:
        """What a definition names and is not there: by which member, and in which words."""
        model = definition.get("foundationModel")
        if model is not None and not self.has_model(model):
            yield "foundationModel", f"{model} is no model that writes, or its life has ended."
        guardrail = definition.get("guardrailConfiguration")
        if guardrail:
            identifier = guardrail.get("guardrailIdentifier")
            version = guardrail.get("guardrailVersion")
            if identifier is None or version is None:
                rule = "must have guardrailIdentifier and guardrailVersion."
                yield "guardrailConfiguration", rule
            elif not self.has_guardrail(identifier, version):
                rule = f"there is no guardrail {identifier} with a version {version}."
                yield "guardrailConfiguration", rule
