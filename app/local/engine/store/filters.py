"""Filters: which chunks a search may return, by their metadata.

A filter is a `Condition`, or a `Group` of filters. A condition compares one attribute of a chunk
with a value, by one of the `OPERATORS`:

- An attribute that a chunk does not have fails every operator but `notEquals`.
- A list is equal to no string: `listContains` and `stringContains` are there for lists.
- true is not 1, and "1" is not 1. 1 is 1.0.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any, Literal

Value = str | float | bool | tuple[str, ...]
StoredValue = str | float | bool | list[str]


@dataclass(frozen=True)
class Condition:
    """An attribute, and the value that it is compared with.

    Attributes:
        operator: one of `OPERATORS`.
        key: the name of the attribute.
        value: of the kind that the operator compares with: a number for `lessThan`.
    """

    operator: str
    key: str
    value: Value

    @property
    def passes_without(self) -> bool:
        """Whether a chunk passes that does not have the attribute."""
        return self.operator == "notEquals"

    def passing(self, stored: Sequence[StoredValue]) -> list[bool]:
        """Whether a chunk with this value of the attribute passes, for each of the values.

        >>> Condition("greaterThan", "year", 2020).passing([2024, 2020, "2024"])
        [True, False, False]
        """
        holds, value = OPERATORS[self.operator], self.value
        return [holds(each, value) for each in stored]


@dataclass(frozen=True)
class Group:
    """Filters of which all have to hold, or any."""

    quantifier: Literal["all", "any"]
    members: tuple["Filter", ...]


Filter = Condition | Group


def kind(value: object) -> str:
    """The kind of a metadata value, in words; "other" for what no attribute can be.

    >>> kind(2024), kind(True), kind(["a", "b"]), kind([1])
    ('number', 'boolean', 'list of strings', 'other')
    """
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float) and math.isfinite(value):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list | tuple) and all(isinstance(member, str) for member in value):
        return "list of strings"
    return "other"


def _equal(stored: Any, value: Any) -> bool:
    return bool(stored == value) and isinstance(stored, bool) is isinstance(value, bool)


def _number(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda stored, value: kind(stored) == "number" and compare(stored, value)


def _contains(stored: Any, value: Any) -> bool:
    if isinstance(stored, list):
        return any(value in member for member in stored)
    return isinstance(stored, str) and value in stored


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": _equal,
    "notEquals": lambda stored, value: not _equal(stored, value),
    "greaterThan": _number(gt),
    "greaterThanOrEquals": _number(ge),
    "lessThan": _number(lt),
    "lessThanOrEquals": _number(le),
    "in": lambda stored, value: stored in value,
    "notIn": lambda stored, value: stored not in value,
    "startsWith": lambda stored, value: isinstance(stored, str) and stored.startswith(value),
    "stringContains": _contains,
    "listContains": lambda stored, value: isinstance(stored, list) and value in stored,
}
"""Name -> whether it holds between an attribute's stored value and the value of a condition."""
