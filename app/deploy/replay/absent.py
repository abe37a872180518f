"""What the laptop has no counterpart of: each type with the reason, and with what stands for it.

Other resources refer to these all the same, so that `Ref` and `Fn::GetAtt` give what AWS's would
look like. In the patterns stand `{name}`, the resource's physical name; `{digest}`, twenty
hexadecimal digits of its own, and `{uuid}`, a UUID of its own; `{region}` and `{account}`; and any
property by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.deploy.endpoint import ACCOUNT, REGION
from app.deploy.replay.document import Resource, TemplateError
from app.deploy.replay.intrinsics import resolve
from app.deploy.replay.scope import Made, Scope
from app.deploy.replay.wanted import physical_name

LONGEST = 64  # characters of a name


@dataclass(frozen=True, slots=True)
class Absent:
    """A type that is left out.

    Attributes:
        reason: why the laptop does without it.
        ref: the pattern of what `Ref` gives.
        attributes: the patterns of what `Fn::GetAtt` gives.
        named: the property that gives the name, if the template sets it.
    """

    reason: str
    ref: str = "{name}"
    attributes: Mapping[str, str] = field(default_factory=dict)
    named: str = ""

    def made(self, resource: Resource, scope: Scope) -> Made:
        """What stands for a resource of this type."""
        names = _Names(self, resource, scope)
        attributes = {name: pattern.format_map(names) for name, pattern in self.attributes.items()}
        return Made(self.ref.format_map(names), attributes, absent=self.reason)


class _Names(dict[str, Any]):
    """What a pattern may hold. Properties are resolved when they are asked for: the others may
    refer to what is known in AWS only.
    """

    def __init__(self, absent: Absent, resource: Resource, scope: Scope) -> None:
        stack = scope.template.stack
        digest = sha256(f"{stack}/{resource.id}".encode()).hexdigest()
        own = str(UUID(digest[:32]))
        super().__init__(account=ACCOUNT, region=REGION, digest=digest[:20], uuid=own)
        self._resource, self._scope = resource, scope
        given = resource.properties.get(absent.named)
        self["name"] = (
            resolve(scope, given) if given else physical_name(stack, resource.id, LONGEST)
        )

    def __missing__(self, name: str) -> Any:
        if name not in self._resource.properties:
            raise TemplateError(f"{name} is not given")
        return resolve(self._scope, self._resource.properties[name])
