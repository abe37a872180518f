"""Checks Bedrock's RetrievalFilter before any call that costs.

    {"andAll": [{"equals": {"key": "year", "value": 2024}},
                {"startsWith": {"key": "topic", "value": "s3"}}]}

The rules are those of every vector store: a filter is one operator, with a key and a value of a
kind that the operator compares. The largest size and depth of groups differ by store; the service
checks them.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalFilter.html
"""

from typing import Any

from app.errors import InvalidRequest

GROUPS = ("andAll", "orAll")
LONGEST_KEY = 100  # characters
FEWEST_MEMBERS = 2
DEEPEST = 20  # levels of groups; the service takes fewer

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
"""Operator -> the kinds of values that it compares with, on every store."""


def check_filter(
    retrieval_filter: dict[str, Any], field: str = "filter", depth: int = 0
) -> dict[str, Any]:
    """Check a filter, and return it unchanged.

    >>> year = {"equals": {"key": "year", "value": 2024}}
    >>> check_filter({"andAll": [year, {"in": {"key": "team"}}]})
    Traceback (most recent call last):
    app.errors.InvalidRequest: filter.andAll.1.in.value: it has to be a list of strings.

    Raises:
        InvalidRequest: naming the field and the rule.
    """
    if not isinstance(retrieval_filter, dict) or len(retrieval_filter) != 1:
        raise _violation(field, f"it has to be one operator: {', '.join((*OPERATORS, *GROUPS))}")
    [(name, operand)] = retrieval_filter.items()
    inside = f"{field}.{name}"
    if name in GROUPS:
        _check_group(operand, inside, depth)
    elif name in OPERATORS:
        _check_condition(OPERATORS[name], operand, inside)
    else:
        names = ", ".join((*OPERATORS, *GROUPS))
        raise _violation(inside, f"there is no such operator; there are {names}")
    return retrieval_filter


def _check_group(members: Any, field: str, depth: int) -> None:
    if not isinstance(members, list) or len(members) < FEWEST_MEMBERS:
        raise _violation(field, f"it has to be a list of {FEWEST_MEMBERS} filters at least")
    if depth == DEEPEST:
        raise _violation(field, "groups are nested too deep")
    for number, member in enumerate(members):
        check_filter(member, f"{field}.{number}", depth + 1)


def _check_condition(kinds: tuple[str, ...], operand: Any, field: str) -> None:
    if not isinstance(operand, dict) or not operand.keys() <= {"key", "value"}:
        raise _violation(field, 'it has to be {"key": ..., "value": ...}')
    key = operand.get("key")
    if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY:
        raise _violation(f"{field}.key", f"it has to be 1 to {LONGEST_KEY} characters")
    if _kind(operand.get("value")) not in kinds:
        raise _violation(f"{field}.value", f"it has to be {' or '.join(kinds)}")


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


def _violation(field: str, rule: str) -> InvalidRequest:
    return InvalidRequest(f"{field}: {rule}.", field=field)
