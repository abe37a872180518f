"""CloudFormation's functions, resolved: `Ref`, `Fn::GetAtt`, `Fn::Sub` and the others.

A function is an object with one member, its name. `_FUNCTIONS` has those that there are; the names
beside them in `_REFUSED` are known, and are refused for what they would need.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from itertools import islice
from typing import Any

from app.cli.template.document import Template, TemplateError

REGION, ACCOUNT = "us-east-1", "000000000000"  # the stand-in's
NO_VALUE: Any = object()
_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:[^}]*\}\}")
_REFUSED = {
    "Fn::ImportValue": "takes what another stack exports, and there is no other stack here",
    "Fn::Transform": "is done by CloudFormation's macros, which are not here",
    "Fn::ForEach": "is done by CloudFormation's language extensions, which are not here",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A resource, once it is there.

    Attributes:
        ref: what `Ref` gives.
        attributes: what `Fn::GetAtt` gives, by name.
        absent: why the laptop does without it; empty for what is really there.
        note: what a person should know of it.
    """

    ref: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    absent: str = ""
    note: str = ""


@dataclass(slots=True)
class Scope:
    """What a template's names stand for.

    Attributes:
        given: parameters that the caller gives.
        made: the resources that are there already, by logical id.
    """

    template: Template
    given: Mapping[str, str] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := sorted(self.given.keys() - self.template.parameters.keys()):
            known = ", ".join(sorted(self.template.parameters)) or "none"
            raise TemplateError(f"The template has no parameter {unknown[0]}; it has {known}.")

    @property
    def pseudo(self) -> Mapping[str, Any]:
        """The pseudo parameters."""
        stack = f"stack/{self.template.stack}/00000000-0000-0000-0000-000000000000"
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": [],
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:{stack}",
            "AWS::StackName": self.template.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def resolve(self, value: Any) -> Any:
        """The value without functions; members that are `AWS::NoValue` are left out.

        >>> queue = Made("shop-queue", {"Arn": "arn:q"})
        >>> scope = Scope(Template("Shop", {}), made={"Queue": queue})
        >>> scope.resolve({"a": {"Ref": "Queue"}, "b": {"Ref": "AWS::NoValue"}})
        {'a': 'shop-queue'}
        >>> scope.resolve({"Fn::Sub": "${Queue.Arn} in ${AWS::Region}, ${!kept}"})
        'arn:q in us-east-1, ${kept}'

        Raises:
            TemplateError: naming the function, and what is wrong with it.
        """
        match value:
            case dict():
                if function := function_of(value):
                    return self._call(function, value[function])
                resolved = {name: self.resolve(item) for name, item in value.items()}
                return {name: item for name, item in resolved.items() if item is not NO_VALUE}
            case list():
                return [item for item in map(self.resolve, value) if item is not NO_VALUE]
            case str() if found := _DYNAMIC.search(value):
                raise TemplateError(f"{found[0]} is resolved by CloudFormation in AWS only.")
        return value

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template holds."""
        if condition not in self.template.conditions:
            raise TemplateError(f"The template has no condition {condition}.")
        return self.truth(self.template.conditions[condition])

    def ref(self, name: str) -> Any:
        """What `Ref` gives for a parameter, a pseudo parameter or a resource."""
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.template.parameters:
            return self._parameter(name)
        return self._made(name).ref

    def attribute(self, name: str, attribute: str) -> Any:
        """What `Fn::GetAtt` gives."""
        attributes = self._made(name).attributes
        if attribute not in attributes:
            kind, known = self.template.resources[name].type, ", ".join(sorted(attributes))
            raise TemplateError(
                f"{name} ({kind}) has no attribute {attribute} on the laptop; "
                f"it has {known or 'none'}."
            )
        return attributes[attribute]

    def _made(self, name: str) -> Made:
        if name in self.made:
            return self.made[name]
        resource = self.template.resources.get(name)
        if resource is None:
            raise TemplateError(f"{name} is neither a resource nor a parameter of the template.")
        raise TemplateError(
            f"{name} is referred to and not made: its condition {resource.condition} does not hold."
        )

    def _parameter(self, name: str) -> Any:
        parameter = self.template.parameters[name]
        kind = parameter.get("Type", "String")
        value = self.given.get(name, parameter.get("Default"))
        if value is None or (kind.startswith("AWS::SSM::") and name not in self.given):
            where = " is looked up in Parameter Store, which is not here" if value else " is needed"
            raise TemplateError(f"The parameter {name}{where}: give it, as in -p {name}=VALUE.")
        allowed = [str(one) for one in parameter.get("AllowedValues", [value])]
        if str(value) not in allowed:
            raise TemplateError(f"The parameter {name} has to be one of {allowed}: {value!r}.")
        lists = kind == "CommaDelimitedList" or kind.startswith("List<")
        return [item.strip() for item in value.split(",")] if lists else value

    def _call(self, function: str, argument: Any) -> Any:
        try:
            return _FUNCTIONS[function](self, argument)
        except TemplateError:
            raise
        except (TypeError, ValueError, KeyError, IndexError) as error:
            shown = json.dumps(argument, default=str)
            raise TemplateError(f"{function} cannot take {shown}: {error}.") from error

    def truth(self, condition: Any) -> bool:
        """Whether a condition holds, given by its name or as a function."""
        match condition:
            case {"Condition": str(name)}:
                return self.holds(name)
            case str(name):
                return self.holds(name)
        value = self.resolve(condition)
        if not isinstance(value, bool):
            raise TemplateError(f"{json.dumps(condition)} is no condition.")
        return value


def function_of(value: Any) -> str | None:
    """The name of the function that a value is, if it is one.

    Raises:
        TemplateError: it is one that is not here.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [name] = value
    if name in _FUNCTIONS:
        return str(name)
    if name.startswith("Fn::"):
        why = _REFUSED.get(
            name.partition("::")[0] + "::" + name.split("::")[1], "is not known here"
        )
        raise TemplateError(f"{name} of {json.dumps(value[name])} {why}.")
    return None


def references(value: Any) -> Iterator[str]:
    """The names that a value refers to, by `Ref`, `Fn::GetAtt` and `Fn::Sub`."""
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            yield name
        case {"Fn::GetAtt": str() | list() as target} if len(value) == 1:
            yield _target(target)[0]
        case {"Fn::Sub": text} if len(value) == 1:
            own = text[1] if isinstance(text, list) else {}
            yield from references(list(own.values()))
            for literal, name in _PLACEHOLDER.findall(text[0] if isinstance(text, list) else text):
                if not literal and name.strip() not in own:
                    yield name.strip().partition(".")[0]
        case dict():
            for item in value.values():
                yield from references(item)
        case list():
            for item in value:
                yield from references(item)


def _target(target: str | list[Any]) -> tuple[str, Any]:
    if isinstance(target, str):
        name, _, attribute = target.partition(".")
        return name, attribute
    name, attribute = target
    return name, attribute


def _get_att(scope: Scope, target: Any) -> Any:
    name, attribute = _target(target)
    return scope.attribute(name, scope.resolve(attribute))


def _sub(scope: Scope, argument: Any) -> str:
    text, own = argument if isinstance(argument, list) else (argument, {})
    values = scope.resolve(own)

    def value(found: re.Match[str]) -> str:
        literal, name = found[1], found[2].strip()
        if literal:
            return f"${{{name}}}"
        if name in values:
            return _text(values[name])
        resource, _, attribute = name.partition(".")
        return _text(scope.attribute(resource, attribute) if attribute else scope.ref(name))

    return _PLACEHOLDER.sub(value, text)


def _join(scope: Scope, argument: list[Any]) -> str:
    delimiter, parts = argument
    return str(delimiter).join(map(_text, scope.resolve(parts)))


def _select(scope: Scope, argument: list[Any]) -> Any:
    index, items = int(scope.resolve(argument[0])), scope.resolve(argument[1])
    if not 0 <= index < len(items):
        raise IndexError(f"there is no item {index} of {len(items)}")
    return items[index]


def _split(scope: Scope, argument: list[Any]) -> list[str]:
    delimiter, text = argument
    return str(scope.resolve(text)).split(delimiter)


def _if(scope: Scope, argument: list[Any]) -> Any:
    condition, then, otherwise = argument
    return scope.resolve(then if scope.holds(condition) else otherwise)


def _equals(scope: Scope, argument: list[Any]) -> bool:
    left, right = map(scope.resolve, argument)
    return bool(_text(left) == _text(right))


def _find_in_map(scope: Scope, argument: list[Any]) -> Any:
    *keys, default = argument if len(argument) == 4 else (*argument, {})
    found: Any = scope.template.mappings
    for key in scope.resolve(keys):
        if key not in found and "DefaultValue" in default:
            return scope.resolve(default["DefaultValue"])
        found = found[key]
    return found


def _cidr(scope: Scope, argument: list[Any]) -> list[str]:
    block, count, *bits = scope.resolve(argument)
    network = ip_network(block)
    size = network.max_prefixlen - int(bits[0] if bits else 8)
    return [str(part) for part in islice(network.subnets(new_prefix=size), int(count))]


def _zones(scope: Scope, region: Any) -> list[str]:
    return [f"{scope.resolve(region) or REGION}{zone}" for zone in "abc"]


def _text(value: Any) -> str:
    """As CloudFormation writes a value into a string.

    >>> _text(True), _text(5), _text("a")
    ('true', '5', 'a')
    """
    if isinstance(value, (dict, list)) or value is NO_VALUE:
        raise TypeError(f"{value!r} is no text")
    return str(value).lower() if isinstance(value, bool) else str(value)


_FUNCTIONS: Mapping[str, Callable[[Scope, Any], Any]] = {
    "Ref": Scope.ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::Base64": lambda scope, text: base64.b64encode(scope.resolve(text).encode()).decode(),
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _zones,
    "Fn::Length": lambda scope, items: len(scope.resolve(items)),
    "Fn::ToJsonString": lambda scope, value: json.dumps(scope.resolve(value)),
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": lambda scope, conditions: all(map(scope.truth, conditions)),
    "Fn::Or": lambda scope, conditions: any(map(scope.truth, conditions)),
    "Fn::Not": lambda scope, conditions: not scope.truth(*conditions),
}
