"""Tools, described to a Bedrock agent: as a function schema, or as an OpenAPI document.

    function schema    functions with flat parameters: texts, numbers, booleans and lists of them
    OpenAPI 3.0.0      any parameters, at most 11 operations

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-action-function.html
https://docs.aws.amazon.com/bedrock/latest/userguide/agents-api-schema.html

Neither has `enum`, and a function schema has types alone. So what else a schema says (the values
there are, the form of a date, bounds, a default, an example) is put into the description, in words.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.tools.input_schema import JSON, WrongTool, is_flat
from app.tools.tool import Tool

LONGEST_GROUP, LONGEST_FUNCTION, LONGEST_PARAMETER = 200, 1200, 500  # characters of descriptions
MOST_FUNCTIONS = 11
MOST_PARAMETERS = 5  # of a function in a function schema: a quota
JSON_TYPE = "application/json"

_FORMATS = {
    "date": "A date, as YYYY-MM-DD.",
    "date-time": "A date and a time, as YYYY-MM-DDThh:mm:ssZ.",
    "time": "A time, as hh:mm:ss.",
    "uuid": "A UUID.",
}


def describe(name: str, description: str, tools: Sequence[Tool]) -> JSON:
    """A group of tools as parameters of CreateAgentActionGroup: with a function schema if that can
    say their parameters, else with an OpenAPI document.

    Raises:
        WrongTool: a description is missing or too long, or there are too many tools.
    """
    _check(name, description, tools)
    group: JSON = {"actionGroupName": name, "description": description}
    if all(has_function_schema(tool) for tool in tools):
        return group | {"functionSchema": {"functions": list(map(_function, tools))}}
    return group | {"apiSchema": {"payload": json.dumps(openapi(name, description, tools))}}


def openapi(name: str, description: str, tools: Sequence[Tool]) -> JSON:
    """The OpenAPI document of a group of tools: a path for each, with a query if the parameters are
    flat and nothing is changed, else with a body.

    Raises:
        WrongTool: as for `describe`.
    """
    _check(name, description, tools)
    return {
        "openapi": "3.0.0",
        "info": {"title": name, "version": "1.0.0", "description": description},
        "paths": {f"/{tool.name}": _operation(tool) for tool in tools},
    }


def has_function_schema(tool: Tool) -> bool:
    """Whether a function schema can say a tool's parameters."""
    return is_flat(tool.input_schema) and len(tool.input_schema["properties"]) <= MOST_PARAMETERS


def in_words(schema: Mapping[str, Any]) -> str:
    """A parameter's description, with what else its schema says.

    >>> in_words({"type": "integer", "description": "How many.", "maximum": 20, "default": 5})
    'How many. At most 20. By default 5.'
    """
    return " ".join((str(schema.get("description", "")), *_rules(schema))).strip()


def _rules(schema: Mapping[str, Any]) -> Iterator[str]:
    of_items = schema.get("items", {}) if schema.get("type") == "array" else {}
    for each, beginning in ((schema, "One of"), (of_items, "Each is one of")):
        if "enum" in each:
            yield f"{beginning}: {', '.join(map(_value, each['enum']))}."
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
    if "minimum" in schema and "maximum" in schema:
        yield f"From {schema['minimum']} to {schema['maximum']}."
    elif "minimum" in schema:
        yield f"At least {schema['minimum']}."
    elif "maximum" in schema:
        yield f"At most {schema['maximum']}."
    if "exclusiveMinimum" in schema:
        yield f"More than {schema['exclusiveMinimum']:g}."
    if "exclusiveMaximum" in schema:
        yield f"Less than {schema['exclusiveMaximum']:g}."
    if schema.get("default") is not None:
        yield f"By default {_value(schema['default'])}."
    if examples := schema.get("examples"):
        yield f"As in: {', '.join(map(_value, examples))}."


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _function(tool: Tool) -> JSON:
    required = tool.input_schema.get("required", ())
    return {
        "name": tool.name,
        "description": tool.description,
        **({"requireConfirmation": "ENABLED"} if tool.confirms else {}),
        "parameters": {
            name: {
                "type": schema["type"],
                "description": in_words(schema),
                "required": name in required,
            }
            for name, schema in tool.input_schema["properties"].items()
        },
    }


def _operation(tool: Tool) -> JSON:
    schema = tool.input_schema
    operation: JSON = {
        "operationId": tool.name,
        "description": tool.description,
        **({"x-requireConfirmation": "ENABLED"} if tool.confirms else {}),
        "responses": {
            "200": {
                "description": "The result, or an object with the member error.",
                "content": {JSON_TYPE: {"schema": {"type": "object"}}},
            }
        },
    }
    if is_flat(schema) and not tool.confirms:
        operation["parameters"] = [
            {
                "name": name,
                "in": "query",
                "description": in_words(each),
                "required": name in schema["required"],
                "schema": {
                    key: value for key, value in _of_openapi(each).items() if key != "description"
                },
            }
            for name, each in schema["properties"].items()
        ]
        return {"get": operation}
    body = {"required": True, "content": {JSON_TYPE: {"schema": _of_openapi(schema)}}}
    return {"post": operation | {"requestBody": body}}


def _of_openapi(schema: Mapping[str, Any]) -> JSON:
    """A schema as OpenAPI 3.0 has it, without enum."""
    dropped = ("enum", "examples", "prefixItems")
    plain = {key: value for key, value in schema.items() if key not in dropped}
    if words := in_words(schema):
        plain["description"] = words
    if examples := schema.get("examples"):
        plain["example"] = examples[0]
    for bound in ("Minimum", "Maximum"):
        if f"exclusive{bound}" in plain:
            plain[bound.lower()] = plain[f"exclusive{bound}"]
            plain[f"exclusive{bound}"] = True
    if "properties" in plain:
        plain["properties"] = {
            name: _of_openapi(each) for name, each in plain["properties"].items()
        }
    for key in ("items", "additionalProperties"):
        if isinstance(plain.get(key), Mapping):
            plain[key] = _of_openapi(plain[key])
    if "prefixItems" in schema:
        plain["items"] = {}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in plain:
            plain[key] = list(map(_of_openapi, plain[key]))
    return plain


def _check(name: str, description: str, tools: Sequence[Tool]) -> None:
    if not 1 <= len(tools) <= MOST_FUNCTIONS:
        raise WrongTool(f"{name}: a group has 1 to {MOST_FUNCTIONS} tools, and this {len(tools)}.")
    _check_length(name, description, LONGEST_GROUP)
    for tool in tools:
        _check_length(tool.name, tool.description, LONGEST_FUNCTION)
        for parameter, schema in tool.input_schema["properties"].items():
            words = in_words(schema)
            _check_length(f"{tool.name}: the parameter {parameter}", words, LONGEST_PARAMETER)


def _check_length(what: str, description: str, longest: int) -> None:
    if not 1 <= len(description) <= longest:
        raise WrongTool(
            f"{what}: its description has to have 1 to {longest} characters, with what its schema "
            f"says besides, and has {len(description)}."
        )
