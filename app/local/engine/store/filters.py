"""Bedrock's RetrievalFilter: which chunks a search may return, by their metadata.

    {"andAll": [{"equals": {"key": "year", "value": 2024}},
                {"startsWith": {"key": "topic", "value": "s3"}}]}

`compile_filter` checks it and returns a `Filter`: a `Condition`, or a `Group` of them. How a
condition is met stands in the table `OPERATORS`.

The rules are those of the API reference of RetrievalFilter and of the user guide's page on query
configurations: a group has 2 to 5 members; a group may stand in a group, and no deeper. Where they
leave room:

- A key that a chunk does not have fails every condition but `notEquals`. So `notIn` fails too: the
  reference says that the attribute must be there for it, and says the opposite of `notEquals` only.
- A list is equal to no string: `listContains` and `stringContains` are there for lists.
- true is not 1, and "1" is not 1. 1 is 1.0.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

MAX_MEMBERS = 5
MAX_KEY = 100

Value = str | float | bool | tuple[str, ...]
Stored = str | float | bool | list[str]


@dataclass(frozen=True)
class Condition:
    """One attribute, compared with one value."""

    operator: str
    key: str
    value: Value

    @property
    def passes_without(self) -> bool:
        """Whether a chunk passes that does not have the attribute."""
        return self.operator == "notEquals"

    def passing(self, stored: Sequence[Stored]) -> list[bool]:
        """Which values of the attribute pass.

        >>> Condition("greaterThan", "year", 2020).passing([2024, 2020, "2024"])
        [True, False, False]
        """
        holds, value = OPERATORS[self.operator].holds, self.value
        return [holds(each, value) for each in stored]


@dataclass(frozen=True)
class Group:
    """All of its members (andAll), or at least one of them (orAll)."""

    operator: str
    members: tuple["Filter", ...]


Filter = Condition | Group


def kind(value: object) -> str:
    """The kind of value that a rule speaks of."""
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


@dataclass(frozen=True)
class Operator:
    """The kinds of value that it takes, and when it holds of a stored value."""

    takes: tuple[str, ...]
    holds: Callable[[Any, Any], bool]


_SCALAR = ("string", "number", "boolean")
OPERATORS: Mapping[str, Operator] = {
    "equals": Operator(_SCALAR, _equal),
    "notEquals": Operator(_SCALAR, lambda stored, value: not _equal(stored, value)),
    "greaterThan": Operator(("number",), _number(gt)),
    "greaterThanOrEquals": Operator(("number",), _number(ge)),
    "lessThan": Operator(("number",), _number(lt)),
    "lessThanOrEquals": Operator(("number",), _number(le)),
    "in": Operator(("list of strings",), lambda a, b: a in b),
    "notIn": Operator(("list of strings",), lambda a, b: a not in b),
    "startsWith": Operator(("string",), lambda a, b: isinstance(a, str) and a.startswith(b)),
    "stringContains": Operator(("string",), _contains),
    "listContains": Operator(("string",), lambda a, b: isinstance(a, list) and b in a),
}
GROUPS = ("andAll", "orAll")


def compile_filter(retrieval_filter: Mapping[str, Any]) -> Filter:
    """Check a RetrievalFilter.

    >>> compile_filter({"equals": {"key": "year", "value": 2024}})
    Condition(operator='equals', key='year', value=2024)
    >>> compile_filter({"greaterThan": {"key": "year", "value": "2024"}})
    Traceback (most recent call last):
    ValueError: greaterThan on key 'year': the value must be a number, and is a string

    Raises:
        ValueError: naming operator, key and rule.
    """
    return _compile(retrieval_filter, depth=0)


def _compile(retrieval_filter: Any, depth: int) -> Filter:
    if not isinstance(retrieval_filter, Mapping) or len(retrieval_filter) != 1:
        raise ValueError(f"a filter must be one operator, and is {retrieval_filter!r}")
    ((name, argument),) = retrieval_filter.items()
    if name in GROUPS:
        return _group(name, argument, depth)
    if name in OPERATORS:
        return _condition(name, argument)
    known = ", ".join([*OPERATORS, *GROUPS])
    raise ValueError(f"{name} is not an operator of a filter; the operators are {known}")


def _group(name: str, members: Any, depth: int) -> Group:
    if depth > 1:
        raise ValueError(f"{name}: a group may stand in a group, and no deeper")
    if not isinstance(members, list) or not 2 <= len(members) <= MAX_MEMBERS:
        raise ValueError(f"{name}: a group must be a list of 2 to {MAX_MEMBERS} filters")
    return Group(name, tuple(_compile(member, depth + 1) for member in members))


def _condition(name: str, argument: Any) -> Condition:
    if not isinstance(argument, Mapping) or set(argument) != {"key", "value"}:
        raise ValueError(f"{name}: a condition must have a key and a value, and nothing else")
    key, value = argument["key"], argument["value"]
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY:
        raise ValueError(f"{name}: a key must be 1 to {MAX_KEY} characters, and is {key!r}")
    takes = OPERATORS[name].takes
    if kind(value) not in takes:
        raise ValueError(
            f"{name} on key {key!r}: the value must be a {' or a '.join(takes)}, "
            f"and is {_article(value)}"
        )
    return Condition(name, key, tuple(value) if isinstance(value, list) else value)


def _article(value: object) -> str:
    return repr(value) if kind(value) == "other" else f"a {kind(value)}"
