"""A filter is refused by its field and rule, and what is refused the service would refuse too."""

from typing import Any

import pytest

from app.errors import InvalidRequest
from app.local.bedrock_agent_runtime.filters import OPERATORS as BEDROCK_OPERATORS
from app.local.bedrock_agent_runtime.filters import parse_filter
from app.retrieval.filters import DEEPEST, GROUPS, LONGEST_KEY, OPERATORS, check_filter

YEAR = {"equals": {"key": "year", "value": 2024}}


def test_the_operators_are_those_that_retrieve_has() -> None:
    assert set(OPERATORS) == set(BEDROCK_OPERATORS)


@pytest.mark.parametrize(
    "given",
    [
        YEAR,
        {"notEquals": {"key": "draft", "value": True}},
        {"in": {"key": "team", "value": []}},
        {"lessThan": {"key": "size", "value": 1.5}},
        {"listContains": {"key": "tags", "value": "x"}},
        {"andAll": [YEAR, {"orAll": [YEAR, YEAR]}]},
        {"equals": {"key": "k" * LONGEST_KEY, "value": 1}},
        {"equals": {"key": "k", "value": 1}},
    ],
)
def test_a_valid_filter_passes_unchanged(given: Any) -> None:
    assert check_filter(given) == given
    parse_filter(given)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "filter"),
        ([], "filter"),
        ({**YEAR, "notEquals": {"key": "a", "value": 1}}, "filter"),
        ({"like": {"key": "a", "value": 1}}, "filter.like"),
        ({"equals": {}}, "filter.equals.key"),
        ({"equals": []}, "filter.equals"),
        ({"equals": {"key": "year", "value": 1, "boost": 2}}, "filter.equals"),
        ({"equals": {"key": "", "value": 1}}, "filter.equals.key"),
        ({"equals": {"key": "k" * 101, "value": 1}}, "filter.equals.key"),
        ({"equals": {"key": 7, "value": 1}}, "filter.equals.key"),
        ({"equals": {"key": "year"}}, "filter.equals.value"),
        ({"equals": {"key": "year", "value": None}}, "filter.equals.value"),
        ({"equals": {"key": "year", "value": {"a": 1}}}, "filter.equals.value"),
        ({"equals": {"key": "year", "value": ["x"]}}, "filter.equals.value"),
        ({"greaterThan": {"key": "year", "value": "2024"}}, "filter.greaterThan.value"),
        ({"lessThan": {"key": "year", "value": True}}, "filter.lessThan.value"),
        ({"in": {"key": "team", "value": "x"}}, "filter.in.value"),
        ({"in": {"key": "team", "value": [1]}}, "filter.in.value"),
        ({"startsWith": {"key": "team", "value": 3}}, "filter.startsWith.value"),
        ({"andAll": [YEAR]}, "filter.andAll"),
        ({"orAll": {}}, "filter.orAll"),
        ({"andAll": [YEAR, {"orAll": [YEAR, 7]}]}, "filter.andAll.1.orAll.1"),
    ],
)
def test_a_wrong_filter_is_refused_by_its_field(given: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_filter(given)
    assert refused.value.field == field
    with pytest.raises(ValueError, match=r".+"):
        parse_filter(given)


NAMES = ", ".join((*OPERATORS, *GROUPS))


@pytest.mark.parametrize(
    ("retrieval_filter", "message"),
    [
        ({}, f"filter: it has to be one operator: {NAMES}."),
        ({"like": {}}, f"filter.like: there is no such operator; there are {NAMES}."),
        ({"orAll": [YEAR]}, "filter.orAll: it has to be a list of 2 filters at least."),
        ({"equals": 7}, 'filter.equals: it has to be {"key": ..., "value": ...}.'),
        ({"equals": {"key": ""}}, "filter.equals.key: it has to be 1 to 100 characters."),
        (
            {"equals": {"key": "year"}},
            "filter.equals.value: it has to be a string or a number or true or false.",
        ),
    ],
)
def test_the_message_of_a_refused_filter_states_the_rule(
    retrieval_filter: Any, message: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        check_filter(retrieval_filter)
    assert str(refusal.value) == message


def nested(levels: int) -> Any:
    retrieval_filter: Any = YEAR
    for _ in range(levels):
        retrieval_filter = {"andAll": [retrieval_filter, YEAR]}
    return retrieval_filter


def test_groups_may_be_nested_so_deep_and_no_deeper() -> None:
    check_filter(nested(DEEPEST))
    with pytest.raises(InvalidRequest) as refusal:
        check_filter(nested(DEEPEST + 1))
    assert refusal.value.field == "filter" + ".andAll.0" * DEEPEST + ".andAll"
    assert str(refusal.value) == f"{refusal.value.field}: groups are nested too deep."
