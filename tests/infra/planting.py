"""How a fault is planted into a template.

A fault is a copy of a resource of the template with one thing wrong. Beside it stands a sound copy:
what a checker says of the one and not of the other, it says of the fault.
"""

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from infra.policy.template import text
from tests.infra.conftest import Json

Change = Callable[[Json], None]


@dataclass(frozen=True)
class Fault:
    """One thing wrong.

    Attributes:
        rule: the rule of ours that it breaks.
        of: the type of the resource, or its logical id without the hash.
        change: what is done to the copy; None where an unconnected copy is the fault.
        elsewhere: which rules of others find it too.
    """

    rule: str
    of: str
    change: Change | None
    elsewhere: frozenset[str] = frozenset()


def planted(template: Json, faults: Mapping[str, Fault]) -> tuple[Json, dict[str, str]]:
    """A template with every fault in it, and each fault's sound copy, by name."""
    whole = {"Resources": deepcopy(template["Resources"])}
    sound = {}
    for name, fault in faults.items():
        source = find(template, fault.of)
        sound[name] = f"Sound{source}"
        whole["Resources"][sound[name]] = deepcopy(template["Resources"][source])
        copy = deepcopy(template["Resources"][source])
        if fault.change:
            fault.change(copy)
        whole["Resources"][name] = copy
    return whole, sound


def find(template: Json, of: str) -> str:
    """The logical id of the first resource of a type, or of a logical id without its hash."""
    pattern = re.compile(f"{of}([0-9A-F]{{8}})?")
    return next(
        str(name)
        for name, resource in template["Resources"].items()
        if resource["Type"] == of or pattern.fullmatch(name)
    )


def put(path: str, value: Any) -> Change:
    """Set a property, by its path: `A.B.0.C`. The number after the last of a list appends."""

    def change(resource: Json) -> None:
        *parents, last = path.split(".")
        place: Any = resource["Properties"]
        for key in parents:
            place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
        if isinstance(place, list):
            place[int(last) : int(last) + 1] = [value]
        else:
            place[last] = value

    return change


def drop(path: str) -> Change:
    """Remove a property, by its path."""

    def change(resource: Json) -> None:
        *parents, last = path.split(".")
        place: Any = resource["Properties"]
        for key in parents:
            place = place[int(key)] if isinstance(place, list) else place[key]
        del place[int(last) if isinstance(place, list) else last]

    return change


def alone(resource: Json) -> None:
    """Wait for nothing."""
    resource.pop("DependsOn", None)


def goes_with_the_stack(resource: Json) -> None:
    """Delete it when the stack is deleted."""
    resource |= {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}


def in_policy(*path: str | int, value: Any) -> Change:
    """Set a member of a policy that is JSON in text."""

    def change(resource: Json) -> None:
        policy = json.loads(text(resource["Properties"]["Policy"]))
        place = policy
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        resource["Properties"]["Policy"] = {"Fn::Sub": json.dumps(policy)}

    return change


def statement(**members: Any) -> Change:
    """Change the last statement of a role, or of a policy for whoever comes."""

    def change(resource: Json) -> None:
        properties = resource["Properties"]
        document = properties.get("PolicyDocument") or properties["Policies"][0]["PolicyDocument"]
        for key, value in members.items():
            if value is None:
                document["Statement"][-1].pop(key, None)
            else:
                document["Statement"][-1][key] = value

    return change


def without_versions_end(resource: Json) -> None:
    del resource["Properties"]["LifecycleConfiguration"]["Rules"][1]


def lent(resource: Json) -> None:
    del resource["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]


def elsewhere_only(resource: Json) -> None:
    """Let another account's resources take a role on."""
    trust = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    trust["Condition"]["StringEquals"]["aws:SourceAccount"] = "111122223333"


def found(*rules: str) -> frozenset[str]:
    return frozenset(rules)


def empty(resource: Json) -> None:
    for key in [key for key in resource["Properties"] if key.endswith("PolicyConfig")]:
        del resource["Properties"][key]
