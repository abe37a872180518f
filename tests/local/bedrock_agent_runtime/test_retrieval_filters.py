"""Which filters Retrieve takes. Which chunks pass them is in the contract of the store."""

from typing import Any

import botocore.session
import pytest
from botocore.model import StructureShape
from hypothesis import given
from hypothesis import strategies as st

from app.local.bedrock_agent_runtime.filters import GROUPS, OPERATORS, parse_filter
from app.local.engine.store import filters
from app.local.engine.store.filters import Condition, Group
from tests.local.engine.store.samples import PROPERTY

X = {"equals": {"key": "x", "value": 1}}


def test_the_operators_are_those_of_bedrock() -> None:
    model = botocore.session.get_session().get_service_model("bedrock-agent-runtime")
    shape = model.shape_for("RetrievalFilter")
    assert isinstance(shape, StructureShape)
    assert {*OPERATORS, *GROUPS} == set(shape.members)
    assert OPERATORS.keys() == filters.OPERATORS.keys()


def test_a_filter_becomes_a_tree() -> None:
    where = {"andAll": [X, {"orAll": [X, {"in": {"key": "y", "value": ["a", "b"]}}]}]}
    x = Condition("equals", "x", 1)
    assert parse_filter(where) == Group(
        "all", (x, Group("any", (x, Condition("in", "y", ("a", "b")))))
    )


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({}, "one operator"),
        ([], "one operator"),
        ({**X, "in": {"key": "x", "value": ["a"]}}, "one operator"),
        ({"like": {"key": "x", "value": 1}}, "like is not an operator.*startsWith"),
        ({"andAll": [X]}, "andAll: .* 2 to 5"),
        ({"orAll": [X] * 6}, "orAll: .* 2 to 5"),
        ({"orAll": X}, "orAll: .* list of 2 to 5"),
        ({"andAll": [X, {"orAll": [X, {"andAll": [X, X]}]}]}, "andAll: .* no deeper"),
        ({"andAll": [X, None]}, "one operator, and is None"),
        ({"equals": {"key": "x"}}, "equals: .* key and a value"),
        ({"equals": None}, "equals: .* key and a value"),
        ({"equals": {"key": "x", "value": 1, "more": 1}}, "nothing else"),
        ({"equals": {"key": "", "value": 1}}, "equals: a key must be 1 to 100 characters"),
        ({"equals": {"key": "x" * 101, "value": 1}}, "1 to 100 characters"),
        ({"equals": {"key": 7, "value": 1}}, "1 to 100 characters, and is 7"),
        ({"equals": {"key": "x", "value": ["a"]}}, "equals on key 'x': .* is a list of strings"),
        ({"equals": {"key": "x", "value": None}}, "equals on key 'x': .* and is None"),
        ({"equals": {"key": "x", "value": float("nan")}}, "equals on key 'x': .* and is nan"),
        ({"lessThan": {"key": "x", "value": True}}, "must be a number, and is a boolean"),
        (
            {"in": {"key": "x", "value": "a"}},
            "in on key 'x': .* a list of strings, and is a string",
        ),
        ({"notIn": {"key": "x", "value": [1]}}, r"notIn on key 'x': .* and is \[1\]"),
        ({"startsWith": {"key": "x", "value": 1}}, "must be a string, and is a number"),
        ({"stringContains": {"key": "x", "value": ["a"]}}, "must be a string, and is a list"),
        ({"listContains": {"key": "x", "value": 1}}, "must be a string, and is a number"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_name(where: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_filter(where)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*OPERATORS, *GROUPS, "key", "value"]), inner, max_size=2)
    ),
)


@PROPERTY
@given(JSON)
def test_anything_at_all_is_compiled_or_refused(where: Any) -> None:
    try:
        compiled = parse_filter(where)
    except ValueError:
        return
    assert isinstance(compiled, Condition | Group)


@PROPERTY
@given(st.sampled_from(sorted(OPERATORS)), JSON, JSON)
def test_any_condition_that_compiles_can_be_asked_of_any_value(
    operator: str, value: Any, stored: Any
) -> None:
    try:
        condition = parse_filter({operator: {"key": "x", "value": value}})
    except ValueError:
        return
    assert isinstance(condition, Condition)
    assert condition.passing([stored]) in ([True], [False])
