"""The request for a resource to a creator: its properties, and its former state."""

import base64
import json
from collections.abc import Set
from dataclasses import dataclass
from hashlib import sha256

from app.deploy.replay.document import JSON, TemplateError
from app.deploy.replay.scope import PhysicalResource


class Unchangeable(TemplateError):
    """A property has changed that no call can change."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a resource, as CloudFormation sends it to a resource type's handler.

    Attributes:
        properties: from the template, resolved.
        previous: the resource that the last replay made; None if there is none.
        changed: the properties that differ from those of the last replay.
    """

    stack: str
    id: str
    properties: JSON
    previous: PhysicalResource | None = None
    changed: Set[str] = frozenset()

    @property
    def removed(self) -> Set[str]:
        """The properties of the last replay that are gone now."""
        return self.changed - self.properties.keys()

    def properties_except(self, *names: str) -> JSON:
        """The properties without these."""
        return {name: value for name, value in self.properties.items() if name not in names}

    def name(self, property_name: str, most: int) -> str:
        """The name in a property, or else one of at most `most` characters, made of the stack's
        name, the logical id and a digest, as CloudFormation makes them.

        >>> Request("Shop", "Orders", {}).name("QueueName", 80)
        'Shop-Orders-LV2R7OSQUMZP'
        """
        name = self.properties.get(property_name)
        return str(name) if name else self.generated_name(most)

    def generated_name(self, most: int) -> str:
        """The name of a resource that has no property for it."""
        return physical_name(self.stack, self.id, most)

    @property
    def token(self) -> str:
        """The client token. A repeated request has the same, and so makes nothing twice."""
        identity = json.dumps([self.stack, self.id, self.properties], sort_keys=True, default=str)
        return sha256(identity.encode()).hexdigest()

    def refuse_change(self, *names: str) -> None:
        """Refuse a change of these properties.

        Raises:
            Unchangeable: one of them has changed.
        """
        if changed_names := sorted(self.changed & set(names)):
            raise Unchangeable(
                f"{', '.join(changed_names)} changed since this home was made, and no call changes "
                "that. Start from an empty home: set OUTCROP_HOME to another folder."
            )


def physical_name(stack: str, logical_id: str, most: int) -> str:
    """`<stack>-<logical id>-<digest>`, the same at each replay."""
    digest = base64.b32encode(sha256(f"{stack}/{logical_id}".encode()).digest()).decode()[:12]
    stem = f"{stack}-{logical_id}"[: most - len(digest) - 1]
    return f"{stem}-{digest}"
