"""Schemas that an answer can be held to, and those that it cannot, in the words of the service."""

from typing import Any

import pytest

from app.local.bedrock_runtime.bodies.strict_schema import excess, violation

JSON = dict[str, Any]
TEXT: JSON = {"type": "string"}


def closed(**properties: Any) -> JSON:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


NODE = closed(name=TEXT, children={"type": "array", "items": {"$ref": "#/$defs/Node"}})
LEAF = {"$ref": "#/$defs/Leaf"}


@pytest.mark.parametrize(
    "schema",
    [
        closed(),
        closed(a=TEXT | {"minLength": 1, "maxLength": 9, "pattern": "^[a-z]+$"}),
        closed(a=TEXT | {"format": "date-time"}, b={"enum": [1, "a", None]}, c={"const": 5}),
        closed(a={"anyOf": [TEXT, {"type": "null"}]}, b={"type": ["string", "null"]}),
        closed(a={"type": "array", "items": TEXT, "minItems": 1}),
        closed(a=LEAF, b=LEAF) | {"$defs": {"Leaf": closed(name=TEXT)}},
    ],
)
def test_a_schema_within_the_rules_is_taken(schema: JSON) -> None:
    assert violation(schema) is None


@pytest.mark.parametrize(
    ("schema", "wrong"),
    [
        ({"type": "object"}, "'additionalProperties' must be explicitly set to false"),
        (closed(a={"properties": {}}), "'additionalProperties' must be explicitly set to false"),
        (closed(a={"type": "array", "items": {"type": "object"}}), "must be explicitly set"),
        (closed(a={"anyOf": [TEXT, {"type": "object"}]}), "must be explicitly set to false"),
        (closed(a={"type": "integer", "multipleOf": 2}),
         "For 'integer' type, property 'multipleOf' is not supported"),
        (closed(a={"type": "number", "exclusiveMinimum": 0, "maximum": 1}),
         "For 'number' type, properties exclusiveMinimum, maximum are not supported"),
        (closed(a={"type": "array", "maxItems": 3}),
         "For 'array' type, property 'maxItems' is not supported"),
        (closed(a={"type": "array", "minItems": 2}), "'minItems' values other than 0 or 1"),
        (closed(a=TEXT | {"format": "phone"}), "format 'phone' is not supported"),
        (closed(a=TEXT | {"pattern": "(?=a)b"}), "lookaround or backreferences"),
        (closed(a=TEXT | {"pattern": r"(a)\1"}), "lookaround or backreferences"),
        (closed(a={"enum": [{"b": 1}]}), "objects or arrays are not supported"),
        (closed(a={"$ref": "https://example.com/a.json"}), "External references are not supported"),
        (closed(a={"$ref": "#/$defs/None"}), "leads nowhere"),
        (closed(a={"$ref": "#/$defs/Node"}) | {"$defs": {"Node": NODE}},
         "Circular reference detected in schema definitions: Node -> Node"),
        (closed(a=LEAF) | {"$defs": {"Leaf": {"type": "object"}}}, "must be explicitly set"),
        (closed(a=5), "5 is not a schema"),
    ],
)  # fmt: skip
def test_a_schema_that_breaks_a_rule_is_refused(schema: JSON, wrong: str) -> None:
    assert wrong in (violation(schema) or "")


def optional(count: int) -> JSON:
    return closed(**{f"a{n}": TEXT for n in range(count)}) | {"required": []}


def nullable(count: int) -> JSON:
    return closed(**{f"a{n}": {"type": ["string", "null"]} for n in range(count)})


@pytest.mark.parametrize(
    ("schemas", "tools", "wrong"),
    [
        ([closed()] * 20, 20, None),
        ([closed()] * 21, 21, "Too many strict tools (21). The maximum number of strict tools"),
        ([optional(12), optional(12)], 1, None),
        ([optional(12), optional(13)], 1, "too many optional parameters (25), which would make"),
        ([closed(a={"type": "array", "items": optional(25)})], 0, "optional parameters (25)"),
        ([closed(a=LEAF, b=LEAF) | {"$defs": {"Leaf": optional(13)}}], 0, None),
        ([nullable(16)], 0, None),
        ([nullable(16), closed(a={"anyOf": [TEXT]})], 0, "union types (17 parameters with type"),
    ],
)
def test_too_many_strict_tools_or_optional_members_are_refused(
    schemas: list[JSON], tools: int, wrong: str | None
) -> None:
    told = excess(schemas, tools)
    assert (wrong is None) == (told is None)
    assert wrong is None or wrong in str(told)
