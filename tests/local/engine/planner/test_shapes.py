"""Schemas, as libraries write them and as nobody should."""

from typing import Any

import pytest

from app.local.engine.planner import Planner
from app.local.engine.planner.shapes import read_shape
from app.local.engine.writer import Prompt, Tool, ToolChoice, Turn

REQUEST = "Cancel order A-7 of 3 May 2031 for $12.50, Ada: see https://x.example/a"


def test_references_and_parts_are_one_shape() -> None:
    schema = {
        "allOf": [{"$ref": "#/$defs/Named"}, {"properties": {"age": {"type": "integer"}}}],
        "$defs": {"Named": {"properties": {"name": {"type": "string"}}, "required": ["name"]}},
    }
    shape = read_shape(schema)
    assert {name: one.kind for name, one in shape.properties.items()} == {
        "name": "string",
        "age": "integer",
    }
    assert shape.required == {"name"}


def test_a_union_of_constants_is_a_list_of_choices() -> None:
    shape = read_shape({"oneOf": [{"const": "a"}, {"const": "b"}, {"type": "null"}]})
    assert (shape.choices, shape.nullable) == (("a", "b"), True)


@pytest.mark.parametrize(
    "member",
    [
        True,
        None,
        {"$ref": "#"},
        {"$ref": "#/$defs/Loop"},
        {"$ref": "http://x.example/elsewhere"},
        {"allOf": [{"$ref": "#/$defs/Loop"}]},
        {"allOf": [{"properties": None, "required": None}]},
        {"anyOf": []},
        {"enum": [{"a": 1}, {"b": 2}]},
        {"enum": [None]},
        {"enum": []},
        {"type": []},
        {"type": 5, "description": 7, "minimum": "x", "minItems": "y"},
        {"type": "array", "items": [True]},
        {"type": "boolean", "enum": [True]},
        {"const": None},
    ],
)
@pytest.mark.parametrize("name", ["value", "_", "日本", "order_id"])
def test_no_schema_breaks_a_plan(planner: Planner, member: Any, name: str) -> None:
    schema = {
        "type": "object",
        "properties": {name: member},
        "required": [name],
        "$defs": {"Loop": {"allOf": [{"$ref": "#/$defs/Loop"}]}},
    }
    tools = (Tool("cancel_order", "Cancels an order.", schema),)
    for choice in (ToolChoice(), ToolChoice("any")):
        plan = planner.plan(Prompt((Turn("user", REQUEST),), tools=tools, tool_choice=choice))
        assert plan.calls or plan.text


@pytest.mark.parametrize(
    "text", ["", " \n", "9" * 400, "million " * 60, "1e400 31.02.2031 99/99/9999", "```", "\ud800"]
)
def test_no_text_breaks_a_plan(planner: Planner, text: str) -> None:
    members = {"a": {"type": "integer"}, "date": {"type": "string", "format": "date"}}
    schema = {"type": "object", "properties": members, "required": ["a"]}
    tools = (Tool("count", "Counts.", schema),)
    for choice in (ToolChoice(), ToolChoice("any")):
        planner.plan(Prompt((Turn("user", text),), tools=tools, tool_choice=choice))
