"""A filter as OpenSearch's query DSL, over the terms of `values`."""

from typing import Any

from app.local.engine.store.filters import Condition, Filter
from app.local.engine.store.opensearch.values import (
    AFTER_NUMBERS,
    KEY,
    MEMBER,
    NUMBER,
    STRING,
    number,
    scalar,
    start,
)

JSON = dict[str, Any]

FIELD = "attributes"
LONGEST_PATTERN = 50  # characters; Lucene refuses the automaton of a long pattern
CONTAINS = """
for (term in doc['attributes']) {
  for (start in params.starts) {
    if (term.startsWith(start) && term.indexOf(params.text, start.length()) >= 0) { return true }
  }
}
return false
"""
_BOUNDS = {
    "greaterThan": "gt",
    "greaterThanOrEquals": "gte",
    "lessThan": "lt",
    "lessThanOrEquals": "lte",
}


def clause(where: Filter) -> JSON:
    """The query that matches what passes the filter."""
    if isinstance(where, Condition):
        return _condition(where)
    members = [clause(member) for member in where.members]
    if where.quantifier == "all":
        return {"bool": {"filter": members}}
    return {"bool": {"should": members, "minimum_should_match": 1}}


def none_of(*clauses: JSON) -> JSON:
    """The query that matches what none of the others does."""
    return {"bool": {"must_not": list(clauses)}}


def _condition(condition: Condition) -> JSON:
    key, value = condition.key, condition.value
    match condition.operator:
        case "equals":
            return _term(scalar(key, value))
        case "notEquals":
            return none_of(_term(scalar(key, value)))
        case "in" | "notIn":
            members = [start(key, STRING) + str(member) for member in _members(value)]
            one_of = {"terms": {FIELD: members}}
            if condition.operator == "in":
                return one_of
            return {"bool": {"filter": [_term(start(key, KEY))], "must_not": [one_of]}}
        case "startsWith":
            return {"prefix": {FIELD: {"value": start(key, STRING) + str(value)}}}
        case "stringContains":
            return _contains(key, str(value))
        case "listContains":
            return _term(start(key, MEMBER) + str(value))
        case operator:
            return _range(key, _BOUNDS[operator], value)


def _range(key: str, bound: str, value: Any) -> JSON:
    """Numbers alone, up to the bound or from it on."""
    first = start(key, NUMBER)
    last = start(key, AFTER_NUMBERS)
    bounds = {bound: first + number(value)}
    bounds |= {"lt": last} if bound.startswith("gt") else {"gte": first}
    return {"range": {FIELD: bounds}}


def _contains(key: str, text: str) -> JSON:
    starts = [start(key, STRING), start(key, MEMBER)]
    if len(text) > LONGEST_PATTERN:
        params = {"starts": starts, "text": text}
        return {"script": {"script": {"source": CONTAINS, "params": params}}}
    patterns = [f"{_literal(first)}*{_literal(text)}*" for first in starts]
    return {
        "bool": {
            "should": [{"wildcard": {FIELD: {"value": pattern}}} for pattern in patterns],
            "minimum_should_match": 1,
        }
    }


def _literal(text: str) -> str:
    r"""A text as a wildcard pattern.

    >>> print(_literal("50 % * 2?"))
    50 % \* 2\?
    """
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")


def _members(value: object) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value


def _term(term: str) -> JSON:
    return {"term": {FIELD: {"value": term}}}
