"""A stack in the making: what becomes of each of its resources."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

from app.deploy.replay.application import OUTPUT
from app.deploy.replay.creators import CREATORS, Creator
from app.deploy.replay.document import JSON, Resource, TemplateError
from app.deploy.replay.intrinsics import resolve
from app.deploy.replay.order import needed
from app.deploy.replay.record import Entry, Record
from app.deploy.replay.refusal import REFUSALS, sentence
from app.deploy.replay.scope import Made, Scope
from app.deploy.replay.wanted import Cloud, Wanted
from app.deploy.replay.without import ABSENT

Became = Literal["created", "updated", "unchanged", "left out", "left over"]


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one resource, and what a person should know of it."""

    id: str
    type: str
    became: Became
    ref: str
    note: str


@dataclass(slots=True)
class Stack:
    """What is there of a stack, as it grows.

    Attributes:
        fresh: the resources that were created in this replay. What needs one of them is made
            again, whether or not its own properties have changed.
    """

    scope: Scope
    cloud: Cloud
    record: Record
    fresh: set[str] = field(default_factory=set)

    def deal_with(self, resource: Resource) -> Step:
        """Make a resource, change it, find it, or leave it out.

        Raises:
            TemplateError: naming the resource, its property, and who refuses it why.
        """
        try:
            became, made = self._deal_with(resource)
        except REFUSALS as error:
            raise TemplateError(sentence(resource, error)) from error
        self.scope.made[resource.id] = made
        return Step(resource.id, resource.type, became, made.ref, made.absent or made.note)

    def left_over(self) -> Sequence[Step]:
        """What an earlier template had, and this one has no more. It is still there."""
        note = "the template has it no more; it stays until the home's folder is removed"
        return [
            Step(name, entry.type, "left over", entry.made.ref, note)
            for name, entry in self.record.entries.items()
            if name not in self.scope.made
        ]

    def variables(self, function: str | None) -> Mapping[str, str]:
        """The environment of a function.

        Raises:
            TemplateError: the template has no such function.
        """
        for name, made in self.scope.made.items():
            entry = self.record.entries.get(name)
            if entry and entry.type == "AWS::Lambda::Function" and made.ref == function:
                variables: Mapping[str, str] = entry.properties["Environment"]["Variables"]
                return variables
        raise TemplateError(
            f"The template's output {OUTPUT} names no function, so that nothing says how its "
            "application is started."
        )

    def _deal_with(self, resource: Resource) -> tuple[Became, Made]:
        if resource.type in ABSENT:
            return "left out", ABSENT[resource.type].made(resource, self.scope)
        if resource.type not in CREATORS:
            raise TemplateError(
                "the laptop has no counterpart of this type; docs/replay.md lists those that are "
                "made, and those that it does without"
            )
        creator, properties = CREATORS[resource.type], resolve(self.scope, resource.properties)
        entry = self._entry(resource)
        before = entry.made if entry and self._is_there(creator, entry.made) else None
        changed = _changed(entry.properties, properties) if entry and before else frozenset()
        stale = not self.fresh.isdisjoint(needed(self.scope.template, resource))
        if before and not changed and not stale:
            return "left out" if before.absent else "unchanged", before
        wanted = Wanted(self.scope.template.stack, resource.id, properties, before, changed)
        made = creator.make(self.cloud, wanted)
        self.record.put(resource.id, Entry(resource.type, properties, made))
        if before is None:
            self.fresh.add(resource.id)
        return "left out" if made.absent else "updated" if before else "created", made

    def _entry(self, resource: Resource) -> Entry | None:
        entry = self.record.entries.get(resource.id)
        if entry and entry.type != resource.type:
            raise TemplateError(
                f"in this home it is a {entry.type}. Start from an empty home: set OUTCROP_HOME to "
                "another folder"
            )
        return entry

    def _is_there(self, creator: Creator, made: Made) -> bool:
        if made.absent or creator.find is None:
            return True
        return creator.find(self.cloud, made) is not None


def _changed(before: JSON, now: JSON) -> Set[str]:
    """The properties that are not the same.

    >>> sorted(_changed({"a": 1, "b": 2}, {"b": 3, "c": 4}))
    ['a', 'b', 'c']
    """
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
