"""A synthesized template, parsed for the rules."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Properties = Mapping[str, Any]
VARIABLE = re.compile(r"\$\{(\w+)(?:\.[\w.]+)?\}")

# Type -> the policies that such a resource keeps.
_POLICIES: Mapping[str, Callable[[Properties], list[Any]]] = {
    "AWS::IAM::Policy": lambda properties: [properties["PolicyDocument"]],
    "AWS::IAM::ManagedPolicy": lambda properties: [properties["PolicyDocument"]],
    "AWS::IAM::Role": lambda properties: [
        policy["PolicyDocument"] for policy in properties.get("Policies", ())
    ],
    "AWS::S3::BucketPolicy": lambda properties: [properties["PolicyDocument"]],
    "AWS::SQS::QueuePolicy": lambda properties: [properties["PolicyDocument"]],
    "AWS::SNS::TopicPolicy": lambda properties: [properties["PolicyDocument"]],
    "AWS::KMS::Key": lambda properties: [properties["KeyPolicy"]],
    "AWS::OpenSearchService::Domain": lambda properties: [properties.get("AccessPolicies", {})],
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy, its intrinsic functions written as text.

    Attributes:
        where: the logical id of the resource with the policy.
        kind: that resource's type.
        principals: empty in the policy of a role.
        conditions: its condition keys, of any operator.
        values: the keys and values of the conditions, as text.
    """

    where: str
    kind: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    conditions: frozenset[str]
    values: tuple[tuple[str, str], ...] = ()


class Template:
    """A parsed template."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self.resources: Mapping[str, Mapping[str, Any]] = template["Resources"]

    def of(self, *kinds: str) -> Iterator[tuple[str, Properties]]:
        """The resources of these types: logical id and properties."""
        for name, resource in self.resources.items():
            if resource["Type"] in kinds:
                yield name, resource.get("Properties", {})

    def kind(self, name: str) -> str:
        """A resource's type; empty for a pseudo parameter."""
        return str(self.resources[name]["Type"]) if name in self.resources else ""

    def needs(self, name: str) -> frozenset[str]:
        """The resources that have to exist before this one, because it refers to them or depends
        on them, directly or through others.
        """
        references: set[str] = set()
        ahead = [name]
        while ahead:
            direct = self._direct.get(ahead.pop(), frozenset())
            ahead += direct - references
            references |= direct
        return frozenset(references)

    @cached_property
    def _direct(self) -> dict[str, frozenset[str]]:
        return {
            name: frozenset(references(resource)) & frozenset(self.resources)
            for name, resource in self.resources.items()
        }

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement of every policy."""
        return tuple(
            _statement(name, kind, statement)
            for kind, policies in _POLICIES.items()
            for name, properties in self.of(kind)
            for policy in policies(properties)
            for statement in policy.get("Statement", ())
        )

    @cached_property
    def trusts(self) -> tuple[Statement, ...]:
        """Every statement of the roles' trust policies."""
        return tuple(
            _statement(name, "AWS::IAM::Role", statement)
            for name, properties in self.of("AWS::IAM::Role")
            for statement in properties["AssumeRolePolicyDocument"]["Statement"]
        )


def referent(value: Any) -> str:
    """The logical id that a value refers to first; empty if it refers to none.

    >>> referent({"Fn::GetAtt": ["Documents", "Arn"]})
    'Documents'
    """
    return next(references(value), "")


def references(value: Any) -> Iterator[str]:
    """The logical ids that a piece of a template refers to, DependsOn among them."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::GetAtt":
                yield item[0] if isinstance(item, list) else item.split(".")[0]
            elif key == "Fn::Sub" and isinstance(item, str):
                yield from VARIABLE.findall(item)
            elif key == "DependsOn":
                yield from [item] if isinstance(item, str) else item
            else:
                yield from references(item)


def text(value: Any) -> str:
    """A value of a template as text, with values that are known only later in braces.

    >>> text({"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "Documents"}, "/*"]]})
    'arn:aws:s3:::${Documents}/*'
    """
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(text, parts))
        case {"Fn::Sub": str(value)}:
            return value
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case str() | int() | float():
            return str(value)
    return json.dumps(value, sort_keys=True)


def several(value: Any) -> tuple[Any, ...]:
    """The values of a member that may be one value or a list."""
    return tuple(value) if isinstance(value, list) else (value,)


def _statement(where: str, kind: str, statement: Mapping[str, Any]) -> Statement:
    principal = statement.get("Principal", {})
    whom = principal.values() if isinstance(principal, Mapping) else [principal]
    conditions = statement.get("Condition", {}).values()
    return Statement(
        where,
        kind,
        statement["Effect"],
        tuple(map(text, several(statement.get("Action", [])))),
        tuple(map(text, several(statement.get("Resource", [])))),
        tuple(text(one) for names in whom for one in several(names)),
        frozenset(key for condition in conditions for key in condition),
        tuple(
            (key, text(value))
            for condition in conditions
            for key, values in condition.items()
            for value in several(values)
        ),
    )
