"""JSON Schema as structured output has it: a part of the draft of 2020-12, by which a model's words
can be held while it writes them. What lies outside is refused before the model is asked.

https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.local import lazy_re as re

JSON = dict[str, Any]

_UNSUPPORTED: Mapping[str, tuple[str, ...]] = {
    "object": ("maxProperties", "minProperties", "patternProperties", "propertyNames"),
    "array": ("contains", "maxContains", "maxItems", "minContains", "uniqueItems"),
    "integer": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    "number": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
}
_UNSUPPORTED_PATTERN = re.compile(r"\(\?(?:[=!]|<[=!]|P=)|\\\d")
_MOST_TOOLS, _MOST_OPTIONAL, _MOST_UNIONS = 20, 24, 16
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


def excess(schemas: Sequence[JSON], tools: int) -> str | None:
    """What is too much in all strict schemas of a request together, in Claude's words; None where
    nothing is.

    Args:
        schemas: that of the answer, and those of strict tools.
        tools: how many of them are of tools.
    """
    if tools > _MOST_TOOLS:
        return (
            f"Too many strict tools ({tools}). The maximum number of strict tools supported is "
            f"{_MOST_TOOLS}. Try reducing the number of tools marked as strict."
        )
    nodes = [node for schema in schemas for node in _nodes(schema, schema, set())]
    optional = sum(
        name not in node.get("required", ())
        for node in nodes
        for name in node.get("properties", ())
    )
    if optional > _MOST_OPTIONAL:
        return (
            f"Schemas contains too many optional parameters ({optional}), which would make grammar "
            "compilation inefficient. Reduce the number of optional parameters in your tool "
            f"schemas (limit: {_MOST_OPTIONAL})."
        )
    unions = sum(isinstance(node.get("type"), list) or "anyOf" in node for node in nodes)
    if unions > _MOST_UNIONS:
        return (
            f"Schemas contains too many parameters with union types ({unions} parameters with type "
            "arrays or anyOf). Reduce the number of nullable or union-typed parameters (limit: "
            f"{_MOST_UNIONS} parameters with unions)."
        )
    return None


def _nodes(schema: Any, root: JSON, met: set[str]) -> Iterator[JSON]:
    """All schemas within a schema, each definition once."""
    if not isinstance(schema, dict):
        return
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in met:
        met.add(reference)
        yield from _nodes(_target(reference, root), root, met)
    for part in _parts(schema):
        yield from _nodes(part, root, met)


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
        circle = [*inside[inside.index(reference) :], reference]
        names = " -> ".join(one.rpartition("/")[2] or "#" for one in circle)
        yield f"Circular reference detected in schema definitions: {names}"
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
