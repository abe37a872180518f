"""Resolves CloudFormation's functions: `Ref`, `Fn::GetAtt`, `Fn::Sub` and the others.

A function is an object with one member, its name. `_FUNCTIONS` has the supported ones. `_REFUSED`
has those that need something which the laptop lacks.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from itertools import islice
from typing import Any

from app.deploy.endpoint import REGION
from app.deploy.replay.document import TemplateError
from app.deploy.replay.scope import NO_VALUE, Scope

_PLACEHOLDER = re.compile(r"\$\{(!?)([^${}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:[^{}]*\}\}")
_REFUSED = {
    "Fn::ImportValue": "takes what another stack exports, and there is no other stack here",
    "Fn::Transform": "is done by CloudFormation's macros, which are not here",
    "Fn::ForEach": "is done by CloudFormation's language extensions, which are not here",
}


def resolve(scope: Scope, value: Any) -> Any:
    """The value without functions; members that are `AWS::NoValue` are left out.

    >>> from app.deploy.replay.document import Template
    >>> from app.deploy.replay.scope import PhysicalResource
    >>> queue = PhysicalResource("shop-queue", {"Arn": "arn:q"})
    >>> scope = Scope(Template("Shop", {}), resources={"Queue": queue})
    >>> resolve(scope, {"a": {"Ref": "Queue"}, "b": {"Ref": "AWS::NoValue"}})
    {'a': 'shop-queue'}
    >>> resolve(scope, {"Fn::Sub": "${Queue.Arn} in ${AWS::Region}, ${!kept}"})
    'arn:q in us-east-1, ${kept}'

    Raises:
        TemplateError: naming the function, and what is wrong with it.
    """
    match value:
        case dict():
            if function := function_of(value):
                return _call(scope, function, value[function])
            members = {name: resolve(scope, item) for name, item in value.items()}
            return {name: item for name, item in members.items() if item is not NO_VALUE}
        case list():
            return [item for item in (resolve(scope, one) for one in value) if item is not NO_VALUE]
        case str() if reference := _DYNAMIC.search(value):
            raise TemplateError(f"{reference[0]} is resolved by CloudFormation in AWS only.")
    return value


def holds(scope: Scope, condition: str) -> bool:
    """Whether a condition of the template holds."""
    if condition not in scope.template.conditions:
        raise TemplateError(f"The template has no condition {condition}.")
    return _truth(scope, scope.template.conditions[condition])


def _truth(scope: Scope, condition: Any) -> bool:
    """Whether a condition holds, which is given by its name or as a function."""
    match condition:
        case {"Condition": str(name)}:
            return holds(scope, name)
        case str(name):
            return holds(scope, name)
    value = resolve(scope, condition)
    if not isinstance(value, bool):
        raise TemplateError(f"{json.dumps(condition)} is no condition.")
    return value


def _call(scope: Scope, function: str, argument: Any) -> Any:
    try:
        return _FUNCTIONS[function](scope, argument)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        argument_text = json.dumps(argument, default=str)
        raise TemplateError(f"{function} cannot take {argument_text}: {error}.") from error


def function_of(value: Any) -> str | None:
    """The name of the function, if a value is one.

    Raises:
        TemplateError: the function is not supported.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [name] = value
    if name in _FUNCTIONS:
        return str(name)
    if name.startswith("Fn::"):
        family = "::".join(name.split("::")[:2])  # Fn::ForEach has a third part, its own name
        why = _REFUSED.get(family, "is not known here")
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
    return scope.attribute(name, resolve(scope, attribute))


def _sub(scope: Scope, argument: Any) -> str:
    text, own = argument if isinstance(argument, list) else (argument, {})
    values = resolve(scope, own)

    def value(match: re.Match[str]) -> str:
        literal, name = match[1], match[2].strip()
        if literal:
            return f"${{{name}}}"
        if name in values:
            return _text(values[name])
        resource, _, attribute = name.partition(".")
        return _text(scope.attribute(resource, attribute) if attribute else scope.ref(name))

    return _PLACEHOLDER.sub(value, text)


def _join(scope: Scope, argument: list[Any]) -> str:
    delimiter, parts = argument
    return str(delimiter).join(map(_text, resolve(scope, parts)))


def _select(scope: Scope, argument: list[Any]) -> Any:
    index, items = int(resolve(scope, argument[0])), resolve(scope, argument[1])
    if not 0 <= index < len(items):
        raise IndexError(f"there is no item {index} of {len(items)}")
    return items[index]


def _split(scope: Scope, argument: list[Any]) -> list[str]:
    delimiter, text = argument
    return str(resolve(scope, text)).split(delimiter)


def _if(scope: Scope, argument: list[Any]) -> Any:
    condition, then, otherwise = argument
    return resolve(scope, then if holds(scope, condition) else otherwise)


def _equals(scope: Scope, argument: list[Any]) -> bool:
    left, right = (resolve(scope, one) for one in argument)
    return bool(_text(left) == _text(right))


def _find_in_map(scope: Scope, argument: list[Any]) -> Any:
    *keys, default = argument if len(argument) == 4 else (*argument, {})
    value: Any = scope.template.mappings
    for key in resolve(scope, keys):
        if key not in value and "DefaultValue" in default:
            return resolve(scope, default["DefaultValue"])
        value = value[key]
    return value


def _cidr(scope: Scope, argument: list[Any]) -> list[str]:
    block, count, *bits = resolve(scope, argument)
    network = ip_network(block)
    size = network.max_prefixlen - int(bits[0] if bits else 8)
    return [str(part) for part in islice(network.subnets(new_prefix=size), int(count))]


def _zones(scope: Scope, region: Any) -> list[str]:
    return [f"{resolve(scope, region) or REGION}{zone}" for zone in "abc"]


def _text(value: Any) -> str:
    """A value in a string, as CloudFormation writes it.

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
    "Fn::Base64": lambda scope, text: base64.b64encode(resolve(scope, text).encode()).decode(),
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _zones,
    "Fn::Length": lambda scope, items: len(resolve(scope, items)),
    "Fn::ToJsonString": lambda scope, value: json.dumps(resolve(scope, value)),
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": lambda scope, conditions: all(_truth(scope, one) for one in conditions),
    "Fn::Or": lambda scope, conditions: any(_truth(scope, one) for one in conditions),
    "Fn::Not": lambda scope, conditions: not _truth(scope, *conditions),
}
