"""The arguments of a model against a tool's input schema, before anything is called."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.tools import Output, Refusal, Tool, check
from app.tools.json_schema import problems

LINE = {
    "type": "object",
    "properties": {"product_id": {"type": "string"}, "quantity": {"type": "integer", "minimum": 1}},
    "required": ["product_id"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "$defs": {"Line": LINE},
    "properties": {
        "status": {"enum": ["placed", "shipped"]},
        "since": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 20},
        "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01},
        "gift": {"type": "boolean"},
        "code": {"type": "string", "pattern": "^A-[0-9]{4}$", "maxLength": 6, "minLength": 6},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}, "maxItems": 2},
        "note": {"type": "string", "pattern": "x"},
        "where": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/Line"}]},
        "tags": {"type": "array", "uniqueItems": True, "minItems": 1},
    },
    "required": ["status"],
    "additionalProperties": False,
}


def tool(schema: Any = SCHEMA) -> Tool:
    return Tool("order", "Order something.", schema, lambda _arguments, _session: Output(""))


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ({}, None),
        ({"limit": None, "gift": None}, None),
        ({"limit": 20, "price": 0.07, "gift": False, "code": "A-1042"}, None),
        ({"since": "2026-02-28", "at": "2026-02-28T10:00:00Z"}, None),
        ({"lines": [{"product_id": "P-1", "quantity": 2}], "where": None}, None),
        ({"status": None}, "status: it has to be one of placed, shipped."),
        ({"status": "lost"}, "status: it has to be one of placed, shipped."),
        ({"since": "2026-02-30"}, "since: it has to be a date, as in 2026-11-30."),
        ({"since": "28.2.2026"}, "since: it has to be a date, as in 2026-11-30."),
        (
            {"at": "2026-02-28"},
            "at: it has to be a date and a time, as in 2026-11-30T09:15:00Z.",
        ),
        ({"limit": 21}, "limit: it has to be at most 20."),
        ({"limit": 0}, "limit: it has to be at least 1."),
        ({"limit": "5"}, "limit: it has to be an integer."),
        ({"limit": True}, "limit: it has to be an integer."),
        ({"limit": 2.5}, "limit: it has to be an integer."),
        ({"price": 0}, "price: it has to be more than 0."),
        ({"price": 0.005}, "price: it has to be a multiple of 0.01."),
        ({"price": math.nan}, "price: it has to be a number."),
        ({"price": math.inf}, "price: it has to be a number."),
        ({"gift": 1}, "gift: it has to be true or false."),
        ({"code": "B-1042"}, "code: it has to match ^A-[0-9]{4}$."),
        ({"note": "x" * 1001}, "note: it has to have at most 1000 characters."),
        ({"lines": [{}, {}, {}]}, "lines: it has to have at most 2 items."),
        ({"where": {"product_id": 7}}, "where.product_id: it has to be a string."),
        ({"tags": []}, "tags: it has to have at least 1 item."),
        ({"tags": [1, True]}, None),
        ({"tags": [{"a": 1}, {"a": 1.0}]}, "tags: its items have to differ from each other."),
    ],
)
def test_a_refusal_names_the_field_and_the_rule(more: Any, rules: str | None) -> None:
    refusal = check(tool(), {"status": "placed", **more})
    assert refusal == (Refusal(rules, misuse=True) if rules else None)


@pytest.mark.parametrize(
    ("schema", "value", "rule"),
    [
        ({"exclusiveMaximum": 3}, 3, "value: it has to be less than 3."),
        ({"const": "yes"}, "no", "value: it has to be yes."),
        ({"not": {"type": "string"}}, "no", "value: it has a form that is not allowed."),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "value: it has to have at most 1 member."),
        (
            {"oneOf": [{"minimum": 1}, {"minimum": 2}]},
            3,
            "value: it has more than one of the forms",
        ),
        (False, 3, "value: it is not allowed here."),
    ],
)
def test_rarer_rules_are_named_too(schema: Any, value: Any, rule: str) -> None:
    refusal = check(tool({"type": "object", "properties": {"value": schema}}), {"value": value})
    assert refusal is not None
    assert refusal.message.startswith(rule)


def test_several_rules_are_named_at_once_and_not_all_of_many() -> None:
    refusal = check(tool(), {"lines": [{"quantity": 0}], "code": "\ud83d"})
    assert refusal is not None
    assert refusal.message == (
        "status: it is required; lines[0].product_id: it is required; lines[0].quantity: it has to "
        "be at least 1; code: it has half a character; code: it has to have at least 6 characters."
    )
    unknown = check(tool(), {"status": "placed", "customer": "eve", "x" * 1000: 1})
    assert unknown is not None
    assert unknown.message.startswith("there is no 'customer', only status, since, at, limit,")
    assert len(unknown.message) < 500


@pytest.mark.parametrize("arguments", [None, [], "status", 7])
def test_arguments_are_an_object(arguments: Any) -> None:
    assert check(tool(), arguments) == Refusal("The arguments have to be an object.", misuse=True)


def test_arguments_that_nest_too_deeply_are_refused() -> None:
    tree: dict[str, Any] = {"type": "object", "properties": {"below": {"$ref": "#/$defs/Tree"}}}
    value: dict[str, Any] = {}
    for _ in range(5_000):
        value = {"below": value}
    refusal = check(tool({**tree, "$defs": {"Tree": tree}}), value)
    assert refusal is not None
    assert "nested too deeply" in refusal.message


def test_a_schema_with_a_rule_that_nothing_checks_is_refused() -> None:
    nested = {"type": "array", "items": {"type": "object", "patternProperties": {}}}
    with pytest.raises(ValueError, match="order has patternProperties, which nothing checks"):
        tool({"type": "object", "properties": {"all": nested}})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-30, 30)
    | st.floats(-30, 30).map(lambda one: round(one, 2))
    | st.sampled_from(["", "a", "A-1042", "placed", "A-1042x"]),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["status", "limit", "lines", "quantity"]), below)
    ),
    max_leaves=6,
)
SCHEMAS = st.recursive(
    st.sampled_from(
        [
            True,
            {"type": "string"},
            {"type": ["integer", "null"]},
            {"type": "number"},
            {"enum": ["placed", 1, None, [True]]},
            {"const": 1},
            {"minimum": 3, "exclusiveMaximum": 20},
            {"multipleOf": 2},
            {"minLength": 2, "maxLength": 6},
            {"pattern": "A-[0-9]+"},
            {"minItems": 1, "maxItems": 2},
            {"uniqueItems": True},
            {"required": ["status"], "maxProperties": 2},
            {"minProperties": 1},
        ]
    ),
    lambda below: st.one_of(
        st.fixed_dictionaries({"items": below}),
        st.fixed_dictionaries({"prefixItems": st.lists(below, min_size=1, max_size=2)}),
        st.fixed_dictionaries(
            {"properties": st.fixed_dictionaries({"status": below}), "additionalProperties": below}
        ),
        *(
            st.fixed_dictionaries({keyword: st.lists(below, min_size=1, max_size=3)})
            for keyword in ("anyOf", "allOf", "oneOf")
        ),
        st.fixed_dictionaries({"not": below}),
    ),
    max_leaves=4,
)


@settings(max_examples=400, deadline=None)
@given(SCHEMAS, JSON)
def test_what_is_valid_is_what_json_schema_says(schema: Any, value: Any) -> None:
    """jsonschema is the oracle; a whole number, too, may be written 2.0."""
    valid = not any(problems(schema, value))
    assert valid == Draft202012Validator(schema).is_valid(value)
