"""JSON Schema as structured output has it: a part of the draft of 2020-12, by which a model's words
can be held while it writes them. What lies outside is refused before the model is asked.

https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

JSON = dict[str, Any]

_UNSUPPORTED: Mapping[str, tuple[str, ...]] = {
    "object": ("maxProperties", "minProperties", "patternProperties", "propertyNames"),
    "array": ("contains", "maxContains", "maxItems", "minContains", "uniqueItems"),
    "integer": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    "number": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
}
_UNSUPPORTED_PATTERN = re.compile(r"\(\?(?:[=!]|<[=!]|P=)|\\\d")
_FORMATS = {
    *("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"),
}


def violation(schema: JSON) -> str | None:
    """The first rule that a schema breaks, in the words of the service; None where it keeps all.

    >>> violation({"type": "object", "properties": {}})
    "For 'object' type, 'additionalProperties' must be explicitly set to false"
    >>> violation({"type": "integer", "minimum": 1, "maximum": 5})
    "For 'integer' type, properties maximum, minimum are not supported"
    >>> violation({"type": "array", "items": {"type": "string"}, "maxItems": 3})
    "For 'array' type, property 'maxItems' is not supported"
    """
    return next(_violations(schema, schema, ()), None)


def _violations(schema: Any, root: JSON, inside: tuple[str, ...]) -> Iterator[str]:
    """What breaks a rule in a schema, which stands `inside` definitions of these references."""
    if not isinstance(schema, dict):
        yield f"{schema!r} is not a schema: it has to be an object"
        return
    if (reference := schema.get("$ref")) is not None:
        yield from _reference(reference, root, inside)
    for kind in _types(schema):
        yield from _of_type(kind, schema)
    for value in schema.get("enum", ()):
        if isinstance(value, dict | list):
            yield "Enum values that are objects or arrays are not supported"
    for part in _parts(schema):
        yield from _violations(part, root, inside)


def _types(schema: JSON) -> list[str]:
    kind = schema.get("type", "object" if "properties" in schema else [])
    return kind if isinstance(kind, list) else [kind]


def _of_type(kind: str, schema: JSON) -> Iterator[str]:
    wrong = [name for name in _UNSUPPORTED.get(kind, ()) if name in schema]
    if len(wrong) == 1:
        yield f"For '{kind}' type, property '{wrong[0]}' is not supported"
    elif wrong:
        yield f"For '{kind}' type, properties {', '.join(wrong)} are not supported"
    if kind == "object" and schema.get("additionalProperties") is not False:
        yield "For 'object' type, 'additionalProperties' must be explicitly set to false"
    if kind == "array" and schema.get("minItems", 0) not in (0, 1):
        yield "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    if kind == "string" and _UNSUPPORTED_PATTERN.search(str(schema.get("pattern", ""))):
        yield "For 'string' type, a pattern with lookaround or backreferences is not supported"
    if kind == "string" and "format" in schema and schema["format"] not in _FORMATS:
        yield f"For 'string' type, format '{schema['format']}' is not supported"


def _reference(reference: Any, root: JSON, inside: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(reference, str) or not reference.startswith("#"):
        yield f"External references are not supported: {reference}"
    elif reference in inside:
        yield f"Recursive schemas are not supported: {reference} refers to itself"
    elif (target := _target(reference, root)) is None:
        yield f"The reference {reference} leads nowhere"
    else:
        yield from _violations(target, root, (*inside, reference))


def _target(reference: str, root: JSON) -> Any:
    """What a pointer within the schema leads to."""
    target: Any = root
    for name in reference.removeprefix("#").strip("/").split("/"):
        if name:
            member = name.replace("~1", "/").replace("~0", "~")
            target = target.get(member) if isinstance(target, dict) else None
    return target


def _parts(schema: JSON) -> Iterator[Any]:
    """The schemas within a schema, but for its definitions, which are met where they are used."""
    for name in ("anyOf", "allOf", "oneOf", "prefixItems"):
        yield from schema.get(name, ())
    properties = schema.get("properties", {})
    if isinstance(properties, dict):
        yield from properties.values()
    if "items" in schema:
        yield schema["items"]
