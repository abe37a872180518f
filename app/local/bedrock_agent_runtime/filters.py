"""Bedrock's RetrievalFilter, checked and translated to the engine's filter.

    {"andAll": [{"equals": {"key": "year", "value": 2024}},
                {"startsWith": {"key": "topic", "value": "s3"}}]}

The rules are those of the API reference of RetrievalFilter and of the user guide's page on query
configurations: a group has 2 to 5 members; a group may stand in a group, and no deeper. For a chunk
without the attribute, the reference says that `notIn` does not hold and that `notEquals` does.
"""

from collections.abc import Mapping
from typing import Any, Literal

from app.local.engine.store.filters import Condition, Filter, Group, kind

MAX_MEMBERS = 5
MAX_KEY = 100
_SCALAR = ("string", "number", "boolean")
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "equals": _SCALAR,
    "notEquals": _SCALAR,
    "greaterThan": ("number",),
    "greaterThanOrEquals": ("number",),
    "lessThan": ("number",),
    "lessThanOrEquals": ("number",),
    "in": ("list of strings",),
    "notIn": ("list of strings",),
    "startsWith": ("string",),
    "stringContains": ("string",),
    "listContains": ("string",),
}
"""Operator -> the kinds of value that it takes. The engine has operators of the same names."""
GROUPS: Mapping[str, Literal["all", "any"]] = {"andAll": "all", "orAll": "any"}


def parse_filter(retrieval_filter: Mapping[str, Any]) -> Filter:
    """Check a RetrievalFilter and translate it.

    >>> parse_filter({"equals": {"key": "year", "value": 2024}})
    Condition(operator='equals', key='year', value=2024)
    >>> parse_filter({"greaterThan": {"key": "year", "value": "2024"}})
    Traceback (most recent call last):
    ValueError: greaterThan on key 'year': the value must be a number, and is a string

    Raises:
        ValueError: naming operator, key and rule.
    """
    return _parse(retrieval_filter, depth=0)


def _parse(retrieval_filter: Any, depth: int) -> Filter:
    if not isinstance(retrieval_filter, Mapping) or len(retrieval_filter) != 1:
        raise ValueError(f"a filter must be one operator, and is {retrieval_filter!r}")
    ((name, argument),) = retrieval_filter.items()
    if name in GROUPS:
        return _group(name, argument, depth)
    if name in OPERATORS:
        return _condition(name, argument)
    names = ", ".join([*OPERATORS, *GROUPS])
    raise ValueError(f"{name} is not an operator of a filter; the operators are {names}")


def _group(name: str, members: Any, depth: int) -> Group:
    if depth > 1:
        raise ValueError(f"{name}: a group may stand in a group, and no deeper")
    if not isinstance(members, list) or not 2 <= len(members) <= MAX_MEMBERS:
        raise ValueError(f"{name}: a group must be a list of 2 to {MAX_MEMBERS} filters")
    return Group(GROUPS[name], tuple(_parse(member, depth + 1) for member in members))


def _condition(name: str, argument: Any) -> Condition:
    if not isinstance(argument, Mapping) or set(argument) != {"key", "value"}:
        raise ValueError(f"{name}: a condition must have a key and a value, and nothing else")
    key, value = argument["key"], argument["value"]
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY:
        raise ValueError(f"{name}: a key must be 1 to {MAX_KEY} characters, and is {key!r}")
    kinds = OPERATORS[name]
    if kind(value) not in kinds:
        raise ValueError(
            f"{name} on key {key!r}: the value must be a {' or a '.join(kinds)}, "
            f"and is {_with_article(value)}"
        )
    return Condition(name, key, tuple(value) if isinstance(value, list) else value)


def _with_article(value: object) -> str:
    return repr(value) if kind(value) == "other" else f"a {kind(value)}"
