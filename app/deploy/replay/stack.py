"""A stack while it is replayed: makes each of its resources, or leaves it out."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

from app.deploy.replay import vector_indices
from app.deploy.replay.application import OUTPUT
from app.deploy.replay.creators import CREATORS, Creator
from app.deploy.replay.document import JSON, Resource, TemplateError
from app.deploy.replay.intrinsics import resolve
from app.deploy.replay.omissions import OMISSIONS
from app.deploy.replay.order import dependencies
from app.deploy.replay.record import Entry, Record
from app.deploy.replay.refusal import REFUSALS, sentence
from app.deploy.replay.request import Request
from app.deploy.replay.scope import PhysicalResource, Scope
from app.deploy.replay.services import Services

Became = Literal["created", "updated", "unchanged", "left out", "left over"]


@dataclass(frozen=True, slots=True)
class Step:
    """The result of the replay for one resource, with advice for a person."""

    id: str
    type: str
    became: Became
    ref: str
    note: str


@dataclass(slots=True)
class Stack:
    """The resources of a stack, while it grows.

    Attributes:
        created: the resources that this replay has created. A resource that needs one of them is
            made again, even if its own properties have not changed.
    """

    scope: Scope
    services: Services
    record: Record
    created: set[str] = field(default_factory=set)

    def apply(self, resource: Resource) -> Step:
        """Make a resource, update it, find it unchanged, or leave it out.

        Raises:
            TemplateError: naming the resource, its property, and the refusal.
        """
        try:
            became, physical = self._apply(resource)
        except REFUSALS as error:
            raise TemplateError(sentence(resource, error)) from error
        self.scope.resources[resource.id] = physical
        return Step(
            resource.id, resource.type, became, physical.ref, physical.omission or physical.note
        )

    def leftovers(self) -> Sequence[Step]:
        """The resources of an earlier template that this one lacks. They still exist."""
        note = "the template has it no more; it stays until the home's folder is removed"
        return [
            Step(name, entry.type, "left over", entry.resource.ref, note)
            for name, entry in self.record.entries.items()
            if name not in self.scope.resources
        ]

    def variables(self, function: str | None) -> Mapping[str, str]:
        """The environment of a function.

        Raises:
            TemplateError: the template has no such function.
        """
        for name, physical in self.scope.resources.items():
            entry = self.record.entries.get(name)
            if entry and entry.type == "AWS::Lambda::Function" and physical.ref == function:
                variables: Mapping[str, str] = entry.properties["Environment"]["Variables"]
                return variables
        raise TemplateError(
            f"The template's output {OUTPUT} names no function, so that nothing says how its "
            "application is started."
        )

    def _apply(self, resource: Resource) -> tuple[Became, PhysicalResource]:
        if resource.type in OMISSIONS:
            return "left out", OMISSIONS[resource.type].stand_for(resource, self.scope)
        if resource.type not in CREATORS:
            raise TemplateError(
                "the laptop has no counterpart of this type; docs/replay.md lists those that are "
                "made, and those that are left out"
            )
        creator, properties = CREATORS[resource.type], resolve(self.scope, resource.properties)
        if resource.type == vector_indices.BASE:
            vector_indices.check(self.scope, properties)
        entry = self._entry(resource)
        previous = entry.resource if entry and self._exists(creator, entry.resource) else None
        changed_names = (
            _differing_names(entry.properties, properties) if entry and previous else frozenset()
        )
        stale = not self.created.isdisjoint(dependencies(self.scope.template, resource))
        if previous and not changed_names and not stale:
            return "left out" if previous.omission else "unchanged", previous
        request = Request(
            self.scope.template.stack, resource.id, properties, previous, changed_names
        )
        physical = creator.make(self.services, request)
        self.record.put(resource.id, Entry(resource.type, properties, physical))
        if previous is None:
            self.created.add(resource.id)
        return "left out" if physical.omission else "updated" if previous else "created", physical

    def _entry(self, resource: Resource) -> Entry | None:
        entry = self.record.entries.get(resource.id)
        if entry and entry.type != resource.type:
            raise TemplateError(
                f"in this home it is a {entry.type}. Start from an empty home: set OUTCROP_HOME to "
                "another folder"
            )
        return entry

    def _exists(self, creator: Creator, resource: PhysicalResource) -> bool:
        if resource.omission or creator.find is None:
            return True
        return creator.find(self.services, resource) is not None


def _differing_names(before: JSON, now: JSON) -> Set[str]:
    """The properties that are not the same.

    >>> sorted(_differing_names({"a": 1, "b": 2}, {"b": 3, "c": 4}))
    ['a', 'b', 'c']
    """
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
