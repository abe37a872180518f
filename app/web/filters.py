"""Bedrock's RetrievalFilter, checked before anything is done: before a model is called and paid.

    {"andAll": [{"equals": {"key": "year", "value": 2024}},
                {"startsWith": {"key": "topic", "value": "s3"}}]}

Held against what its API reference says of every store and will not change: one operator a filter,
a key and a value of a kind that the operator compares. How many may stand in a group, and how deep,
is the service's to say.
"""

from typing import Annotated, Any

from pydantic import AfterValidator

from app.errors import InvalidRequest

GROUPS = ("andAll", "orAll")
LONGEST_KEY = 100  # characters
LEAST_MEMBERS = 2
DEEPEST = 20  # groups in groups; the service takes fewer

_SCALAR = ("a string", "a number", "true or false")
OPERATORS: dict[str, tuple[str, ...]] = {
    "equals": _SCALAR,
    "notEquals": _SCALAR,
    "greaterThan": ("a number",),
    "greaterThanOrEquals": ("a number",),
    "lessThan": ("a number",),
    "lessThanOrEquals": ("a number",),
    "in": ("a list of strings",),
    "notIn": ("a list of strings",),
    "startsWith": ("a string",),
    "listContains": ("a string",),
    "stringContains": ("a string",),
}
"""What each operator compares with. A list of numbers is none of it, for every store."""


def check(value: dict[str, Any], field: str = "filter", depth: int = 0) -> dict[str, Any]:
    """The filter, as it is.

    >>> check({"andAll": [{"equals": {"key": "year", "value": 2024}}, {"in": {"key": "team"}}]})
    Traceback (most recent call last):
    app.errors.InvalidRequest: filter.andAll.1.in.value: it has to be a list of strings.

    Raises:
        InvalidRequest: naming the field and the rule.
    """
    if not isinstance(value, dict) or len(value) != 1:
        raise _broken(field, f"it has to be one operator: {', '.join((*OPERATORS, *GROUPS))}")
    [(name, operand)] = value.items()
    inside = f"{field}.{name}"
    if name in GROUPS:
        _check_group(operand, inside, depth)
    elif name in OPERATORS:
        _check_condition(OPERATORS[name], operand, inside)
    else:
        names = ", ".join((*OPERATORS, *GROUPS))
        raise _broken(inside, f"there is no such operator; there are {names}")
    return value


RetrievalFilter = Annotated[dict[str, Any], AfterValidator(lambda value: value and check(value))]
"""A filter in a request's body. An empty one filters nothing."""


def _check_group(members: Any, field: str, depth: int) -> None:
    if not isinstance(members, list) or len(members) < LEAST_MEMBERS:
        raise _broken(field, f"it has to be a list of {LEAST_MEMBERS} filters at least")
    if depth == DEEPEST:
        raise _broken(field, "groups stand too deep in one another")
    for number, member in enumerate(members):
        check(member, f"{field}.{number}", depth + 1)


def _check_condition(takes: tuple[str, ...], operand: Any, field: str) -> None:
    if not isinstance(operand, dict) or not operand.keys() <= {"key", "value"}:
        raise _broken(field, 'it has to be {"key": ..., "value": ...}')
    key = operand.get("key")
    if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY:
        raise _broken(f"{field}.key", f"it has to be 1 to {LONGEST_KEY} characters")
    if _kind(operand.get("value")) not in takes:
        raise _broken(f"{field}.value", f"it has to be {' or '.join(takes)}")


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list() if all(isinstance(each, str) for each in value):
            return "a list of strings"
        case _:
            return "something else"


def _broken(field: str, rule: str) -> InvalidRequest:
    return InvalidRequest(f"{field}: {rule}.", field=field)
