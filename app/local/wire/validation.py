"""Checks parameters against every constraint of the model, with AWS's own messages.

botocore's client checks types, required members and minima only; AWS's servers check all, and so
does this module. Lengths of strings are counted in characters, of blobs in bytes.

    1 validation error detected: Value 'no spaces!' at 'knowledgeBaseId' failed to satisfy
    constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z]+
"""

from collections.abc import Callable, Iterator, Mapping, Sized
from functools import cache
from typing import Any, NamedTuple

import regex
from botocore.model import OperationModel, Shape

from app.local.wire.call import JSON, UNMODELLED, ServiceError
from app.local.wire.errors import dialect

PATTERN_SECONDS = 1.0


class BrokenConstraint(NamedTuple):
    """A constraint that a value breaks.

    Attributes:
        path: of the member, as in `messages.1.member.content`; lists count from 1.
        value: as the message shows it; empty if it, or a structure around it, is sensitive.
        rule: what the value must satisfy.
    """

    path: str
    value: str
    rule: str

    def __str__(self) -> str:
        subject = f"Value {self.value} at" if self.value else "Value at"
        return f"{subject} '{self.path}' failed to satisfy constraint: {self.rule}"


def check(operation: OperationModel, params: JSON) -> None:
    """Check the parameters of an operation.

    Raises:
        ServiceError: parameters break constraints; the message names each and its constraint.
    """
    shape = operation.input_shape
    if shape is None or not (broken := violations(shape, params)):
        return
    errors = "error" if len(broken) == 1 else "errors"
    raise ServiceError(
        dialect(operation.service_model.service_name).invalid,
        f"{len(broken)} validation {errors} detected: {'; '.join(map(str, broken))}",
        fieldList=[{"name": violation.path, "message": violation.rule} for violation in broken],
    )


def violations(shape: Shape, value: JSON) -> list[BrokenConstraint]:
    """The constraints that a structure's value breaks. It is as boto3's caller writes it."""
    return list(_structure(shape, value, ""))


def _check(shape: Shape, value: Any, path: str) -> Iterator[BrokenConstraint]:
    if value is None:
        return iter([BrokenConstraint(path, "null", "Member must not be null")])
    broken = _CHECKS[shape.type_name](shape, value, path)
    return map(_without_value, broken) if shape.metadata.get("sensitive") else broken


def _structure(shape: Any, value: JSON, path: str) -> Iterator[BrokenConstraint]:
    if shape.is_document_type:
        return
    for name in shape.required_members:
        if value.get(name) is None and not shape.members[name].serialization.get("streaming"):
            yield BrokenConstraint(_join(path, name), "null", "Member must not be null")
    if shape.is_tagged_union and len(value) != 1:
        rule = f"Member must have exactly one member set of: [{', '.join(shape.members)}]"
        yield BrokenConstraint(path, "", rule)
    for name, item in value.items():
        if item is not None and name != UNMODELLED:
            yield from _check(shape.members[name], item, _join(path, name))


def _list(shape: Any, value: list[Any], path: str) -> Iterator[BrokenConstraint]:
    yield from _length(shape, value, path)
    member = shape.member
    for number, item in enumerate(value, 1):
        yield from _check(member, item, f"{path}.{number}.member")


def _map(shape: Any, value: JSON, path: str) -> Iterator[BrokenConstraint]:
    yield from _length(shape, value, path)
    for key, item in value.items():
        for violation in _check(shape.key, key, path):
            rule = f"Map keys must satisfy constraint: [{violation.rule}]"
            yield violation._replace(rule=rule)
        yield from _check(shape.value, item, f"{path}.{key}.member")


def _string(shape: Any, value: str, path: str) -> Iterator[BrokenConstraint]:
    rules = shape.metadata
    yield from _length(shape, value, path)
    fits = len(value) <= rules.get(
        "max", len(value)
    )  # a pattern is not matched against what is too long
    if fits and (pattern := rules.get("pattern")) and not matches(pattern, value):
        rule = f"Member must satisfy regular expression pattern: {pattern}"
        yield BrokenConstraint(path, _quote(value), rule)
    if (enum := rules.get("enum")) and value not in enum:
        rule = f"Member must satisfy enum value set: [{', '.join(enum)}]"
        yield BrokenConstraint(path, _quote(value), rule)


def _length(shape: Shape, value: Sized, path: str) -> Iterator[BrokenConstraint]:
    return _within(shape.metadata, "length", len(value), value, path)


def _number(shape: Shape, value: float, path: str) -> Iterator[BrokenConstraint]:
    return _within(shape.metadata, "value", value, value, path)


def _integer(shape: Shape, value: int, path: str) -> Iterator[BrokenConstraint]:
    return _within(_INTEGERS[shape.type_name] | shape.metadata, "value", value, value, path)


_INTEGERS = {
    "integer": {"min": -(2**31), "max": 2**31 - 1},
    "long": {"min": -(2**63), "max": 2**63 - 1},
}


def _within(
    bounds: Mapping[str, float], noun: str, size: float, value: Any, path: str
) -> Iterator[BrokenConstraint]:
    if size < bounds.get("min", size):
        rule = f"Member must have {noun} greater than or equal to {bounds['min']}"
        yield BrokenConstraint(path, _quote(value), rule)
    if size > bounds.get("max", size):
        rule = f"Member must have {noun} less than or equal to {bounds['max']}"
        yield BrokenConstraint(path, _quote(value), rule)


def _nothing(_shape: Shape, _value: Any, _path: str) -> Iterator[BrokenConstraint]:
    return iter(())


_Check = Callable[[Any, Any, str], Iterator[BrokenConstraint]]
_CHECKS: dict[str, _Check] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "blob": _length,
    "integer": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "boolean": _nothing,
    "timestamp": _nothing,
}


def matches(pattern: str, value: str) -> bool:
    """Whether the pattern, a Java regular expression, matches the whole value."""
    try:
        return bool(_compiled(pattern).fullmatch(value, timeout=PATTERN_SECONDS, concurrent=True))
    except TimeoutError:
        return False


@cache
def _compiled(pattern: str) -> Any:
    return regex.compile(pattern)


def _without_value(violation: BrokenConstraint) -> BrokenConstraint:
    return violation._replace(value="")


def _quote(value: Any) -> str:
    if isinstance(value, bytes):
        return ""
    text = str(value)
    return f"'{text[:_LONGEST_SHOWN]}...'" if len(text) > _LONGEST_SHOWN else f"'{text}'"


_LONGEST_SHOWN = 128  # characters of a value in a message


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
