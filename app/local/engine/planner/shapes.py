"""JSON Schema, as tools and structured outputs have it, read into shapes.

References are followed, `allOf` is merged, a variant that is null becomes `nullable`, and the type
names that other languages use (`dict`, `float`, `list`) are understood. What a shape does not hold
of its schema does not help to fill it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

JSON = Mapping[str, Any]


class Nothing:
    """No value: where null is a value, too."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = Nothing()

_KINDS = {
    "str": "string", "text": "string", "varchar": "string", "char": "string", "int": "integer",
    "long": "integer", "short": "integer", "bigint": "integer", "float": "number",
    "double": "number", "decimal": "number", "bool": "boolean", "list": "array", "tuple": "array",
    "set": "array", "arraylist": "array", "dict": "object", "map": "object", "hashmap": "object",
    "none": "null",
}  # fmt: skip
_DEEPEST = 8  # references into references: trees of records go on for ever


@dataclass(frozen=True)
class Shape:
    """What a value has to be like.

    Attributes:
        kind: string, integer, number, boolean, array, object, null, or any.
        choices: the only values it may have, where they are listed.
        items: what the members of an array are like.
        properties: what the members of an object are like, in their order.
        required: those of them that must be there.
        variants: other shapes, of which the value has one.
    """

    kind: str = "any"
    title: str = ""
    description: str = ""
    choices: tuple[Any, ...] = ()
    format: str = ""
    pattern: str = ""
    default: Any = NOTHING
    nullable: bool = False
    items: "Shape | None" = None
    properties: Mapping[str, "Shape"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    variants: tuple["Shape", ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    shortest: int = 0  # an array: how many members it has to have
    additional: "Shape | None" = None


def read_shape(schema: object) -> Shape:
    """The shape that a schema describes.

    >>> shape = read_shape({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None})
    >>> shape.kind, shape.nullable, shape.default
    ('integer', True, None)
    """
    root = schema if isinstance(schema, Mapping) else {}
    return _read(root, root, 0)


def _read(schema: object, root: JSON, depth: int) -> Shape:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return Shape()
    schema = _resolved(schema, root)
    alternatives = [
        one for word in ("anyOf", "oneOf") for one in _list(schema.get(word)) if one is not None
    ]
    kinds = schema.get("type")
    if isinstance(kinds, list):
        alternatives += [{**schema, "type": kind, "anyOf": [], "oneOf": []} for kind in kinds]
    if alternatives:
        return _alternative(schema, [_read(one, root, depth + 1) for one in alternatives])
    return _plain(schema, root, depth)


def _alternative(schema: JSON, variants: list[Shape]) -> Shape:
    """One of several shapes: the only one that is not null, a list of constants, or any of them."""
    some = [one for one in variants if one.kind != "null"]
    nullable = len(some) < len(variants) or any(one.nullable for one in some)
    if some and all(one.choices for one in some):
        choices = tuple(choice for one in some for choice in one.choices)
        shape = replace(some[0], choices=choices)
    elif len(some) == 1:
        shape = some[0]
    else:
        shape = Shape(variants=tuple(some)) if some else Shape(kind="null")
    return replace(
        shape,
        nullable=nullable or shape.nullable,
        title=str(schema.get("title") or shape.title),
        description=str(schema.get("description") or shape.description),
        default=schema.get("default", shape.default),
    )


def _plain(schema: JSON, root: JSON, depth: int) -> Shape:
    choices = tuple(_list(schema.get("enum")))
    if "const" in schema:
        choices = (schema["const"],)
    nullable = (None in choices and len(choices) > 1) or schema.get("nullable") is True
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    items = schema.get("items", _list(schema.get("prefixItems"))[:1] or None)
    items = items[0] if isinstance(items, list) and items else items
    additional = schema.get("additionalProperties")
    return Shape(
        kind=_kind(schema, choices),
        title=str(schema.get("title") or ""),
        description=str(schema.get("description") or ""),
        choices=tuple(one for one in choices if one is not None) if nullable else choices,
        format=str(schema.get("format") or "").lower(),
        pattern=str(schema.get("pattern") or ""),
        default=schema.get("default", NOTHING),
        nullable=nullable,
        items=_read(items, root, depth + 1) if isinstance(items, Mapping) else None,
        properties={str(name): _read(one, root, depth + 1) for name, one in properties.items()},
        required=frozenset(map(str, _list(schema.get("required")))),
        minimum=_number(schema.get("minimum", schema.get("exclusiveMinimum"))),
        maximum=_number(schema.get("maximum", schema.get("exclusiveMaximum"))),
        shortest=int(_number(schema.get("minItems")) or 0),
        additional=_read(additional, root, depth + 1) if isinstance(additional, Mapping) else None,
    )


def _kind(schema: JSON, choices: tuple[Any, ...]) -> str:
    kind = str(schema.get("type") or "").lower()
    if kind:
        return _KINDS.get(kind, kind)
    if "properties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    return "string" if choices and all(isinstance(one, str) for one in choices) else "any"


def _resolved(schema: JSON, root: JSON, depth: int = 0) -> JSON:
    """The schema with its reference followed, and all of its parts in one."""
    for _ in range(_DEEPEST):
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            break
        schema = {**_target(reference, root), **{k: v for k, v in schema.items() if k != "$ref"}}
    parts = _list(schema.get("allOf"))
    if not parts or depth > _DEEPEST:
        return schema
    merged: dict[str, Any] = {}
    for part in (*parts, {name: one for name, one in schema.items() if name != "allOf"}):
        if isinstance(part, Mapping):
            more = _resolved(part, root, depth + 1)
            properties = {**_mapping(merged, "properties"), **_mapping(more, "properties")}
            required = [*_list(merged.get("required")), *_list(more.get("required"))]
            merged |= more
            if properties:
                merged |= {"properties": properties, "required": required}
    return merged


def _mapping(schema: JSON, name: str) -> JSON:
    member = schema.get(name)
    return member if isinstance(member, Mapping) else {}


def _target(reference: str, root: JSON) -> JSON:
    here: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        here = here.get(name) if isinstance(here, Mapping) and name else here
    return here if isinstance(here, Mapping) and here is not root else {}


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
