"""The JSON Schema of a tool's input, made of what pydantic says of a function's parameters.

Whoever reads such schemas knows less than JSON Schema has: a model gets no references, a Bedrock
agent no unions. So a reference is replaced by what it refers to, `float | None` is the schema of a
number that may be left out, and titles that repeat a name are dropped. What a parameter may be, its
default, its examples, and the schemas of nested objects and lists stay.
"""

from collections.abc import Mapping
from typing import Any

JSON = dict[str, Any]

FLAT = frozenset(("string", "number", "integer", "boolean", "array"))
"""The types of a parameter in a function schema of an action group."""


class WrongTool(ValueError):
    """A tool cannot be described; the message names it, the parameter and the rule."""


def input_schema(schema: Mapping[str, Any], tool: str) -> JSON:
    """A schema of pydantic as a tool's input schema.

    Raises:
        WrongTool: a parameter has no description, or an object holds others of its own kind.
    """
    whole = _plain(schema, schema.get("$defs", {}), (), tool)
    properties = whole.get("properties", {})
    for name, each in properties.items():
        if not each.get("description"):
            raise WrongTool(f"{tool}: the parameter {name} needs a description for the model.")
    return {
        "type": "object",
        "properties": properties,
        "required": whole.get("required", []),
        "additionalProperties": False,
    }


def is_flat(schema: Mapping[str, Any]) -> bool:
    """Whether a function schema can say all parameters: texts, numbers, booleans, and lists of
    them.
    """
    return all(map(_is_flat, schema["properties"].values()))


def _is_flat(schema: Mapping[str, Any]) -> bool:
    if schema.get("type") == "array":
        items = schema.get("items", {})
        return isinstance(items, Mapping) and items.get("type") in FLAT - {"array"}
    return schema.get("type") in FLAT


def _plain(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], around: tuple[str, ...], tool: str
) -> JSON:
    """A schema without references, nulls and titles."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix("#/$defs/")
        if name in around:
            raise WrongTool(f"{tool}: {name} holds another {name}, which no model is told.")
        own = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**definitions[name], **own}, definitions, (*around, name), tool)
    plain = {key: value for key, value in schema.items() if key not in ("title", "$defs")}
    if "const" in plain:
        plain["enum"] = [plain.pop("const")]
    if "properties" in plain:
        plain["properties"] = {
            name: _plain(each, definitions, around, tool)
            for name, each in plain["properties"].items()
        }
    for key in ("items", "additionalProperties"):
        if isinstance(plain.get(key), Mapping):
            plain[key] = _plain(plain[key], definitions, around, tool)
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if key in plain:
            plain[key] = [_plain(each, definitions, around, tool) for each in plain[key]]
    return _one_form(plain)


def _one_form(schema: JSON) -> JSON:
    """A schema of something that may be null, as that of something that may be left out; that of a
    Decimal, which may be a number or its text, as that of a number.
    """
    forms = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if [each.get("type") for each in forms] == ["number", "string"]:
        del forms[1]
    if len(forms) == len(schema.get("anyOf", ())):
        return schema
    others = {key: value for key, value in schema.items() if key != "anyOf"}
    if others.get("default", 0) is None:
        del others["default"]
    return forms[0] | others if len(forms) == 1 else {"anyOf": forms} | others
