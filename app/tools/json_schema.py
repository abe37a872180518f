"""Checks a JSON value by a JSON Schema, as far as the input schemas of tools go.

The rules are those of JSON Schema 2020-12, with four differences: a number has to be finite, a text
has no lone surrogate, one with a `pattern` has no more than 1000 characters, so that no pattern
takes long, and `format` counts, for `date`, `date-time`, `time` and `uuid`. A schema with a keyword
that is not checked here is refused by `Tool`, so that no rule is lost. A library that checks all of
JSON Schema is a compiled one, and would be in the bundle of every tool.

A message never repeats a value: it goes back to whoever wrote it.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

Schema = Mapping[str, Any] | bool
Problem = tuple[str, str]
"""A field, as in `lines[0].size`, empty for the value itself, and the rule that it breaks."""

ANNOTATIONS = frozenset(
    (
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$comment",
    )
)
CHECKED = frozenset(
    (
        *("$ref", "$defs", "type", "enum", "const", "format"),
        *("anyOf", "oneOf", "allOf", "not"),
        *("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
        *("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
        *("minLength", "maxLength", "pattern"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    )
)
LONGEST_MATCH = 1000  # characters
_ARTICLES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_FORMATS = {
    "date": (re.compile(r"\d{4}-\d\d-\d\d"), date.fromisoformat, "a date, as in 2026-11-30"),
    "date-time": (
        re.compile(r"\d{4}-\d\d-\d\d[Tt ].+"),
        datetime.fromisoformat,
        "a date and a time, as in 2026-11-30T09:15:00Z",
    ),
    "time": (re.compile(r"\d\d:.+"), time.fromisoformat, "a time, as in 09:15:00"),
    "uuid": (re.compile(r"[0-9a-fA-F-]{36}"), UUID, "a UUID"),
}


def unknown_keywords(schema: Schema) -> set[str]:
    """The keywords of a schema, and of those in it, that `problems` does not know."""
    if isinstance(schema, bool):
        return set()
    unknown = schema.keys() - ANNOTATIONS - CHECKED
    return unknown.union(*(unknown_keywords(each) for each in _schemas_in(schema)))


def problems(schema: Schema, value: Any) -> Iterator[Problem]:
    """What is wrong with a value, field by field; nothing if it is valid.

    >>> list(problems({"type": "object", "properties": {"limit": {"maximum": 20}}}, {"limit": 99}))
    [('limit', 'it has to be at most 20')]
    """
    root = schema if isinstance(schema, Mapping) else {}
    return _problems(schema, value, "", root)


def _problems(schema: Schema, value: Any, field: str, root: Mapping[str, Any]) -> Iterator[Problem]:
    if isinstance(schema, bool):
        if not schema:
            yield field, "it is not allowed here"
        return
    if "$ref" in schema:
        yield from _problems(_definition(schema["$ref"], root), value, field, root)
    types = schema.get("type")
    kinds = [types] if isinstance(types, str) else types
    if kinds is not None and not any(_is(value, kind) for kind in kinds):
        yield field, f"it has to be {' or '.join(_ARTICLES[kind] for kind in kinds)}"
        return
    if "enum" in schema and not any(_equal(value, one) for one in schema["enum"]):
        yield field, f"it has to be one of {', '.join(map(str, schema['enum']))}"
    if "const" in schema and not _equal(value, schema["const"]):
        yield field, f"it has to be {schema['const']}"
    yield from _combinations(schema, value, field, root)
    match value:
        case str():
            yield from ((field, rule) for rule in _text_rules(schema, value))
        case bool() | None:
            pass
        case int() | float():
            yield from ((field, rule) for rule in _number_rules(schema, value))
        case list() | tuple():
            yield from _items(schema, value, field, root)
        case Mapping():
            yield from _members(schema, value, field, root)


def _combinations(
    schema: Mapping[str, Any], value: Any, field: str, root: Mapping[str, Any]
) -> Iterator[Problem]:
    for each in schema.get("allOf", ()):
        yield from _problems(each, value, field, root)
    for keyword in ("anyOf", "oneOf"):
        if keyword not in schema:
            continue
        forms = [list(_problems(each, value, field, root)) for each in schema[keyword]]
        matches = sum(not form for form in forms)
        if matches > 1 and keyword == "oneOf":
            yield field, "it has more than one of the forms that exclude each other"
        if not matches:
            # The form that went the furthest is most likely the one that was meant.
            yield from max(forms, key=lambda form: len(form[0][0]))
    if "not" in schema and not any(_problems(schema["not"], value, field, root)):
        yield field, "it has a form that is not allowed"


def _text_rules(schema: Mapping[str, Any], value: str) -> Iterator[str]:
    if not _is_text(value):
        yield "it has half a character"
    if len(value) < schema.get("minLength", 0):
        yield f"it has to have at least {_count(schema['minLength'], 'character')}"
    if len(value) > schema.get("maxLength", math.inf):
        yield f"it has to have at most {_count(schema['maxLength'], 'character')}"
    if "pattern" in schema and len(value) > LONGEST_MATCH:
        yield f"it has to have at most {LONGEST_MATCH} characters"
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"it has to match {schema['pattern']}"
    if schema.get("format") in _FORMATS:
        form, read, meaning = _FORMATS[schema["format"]]
        try:
            valid = bool(form.fullmatch(value)) and bool(read(value) or True)
        except ValueError:
            valid = False
        if not valid:
            yield f"it has to be {meaning}"


def _number_rules(schema: Mapping[str, Any], value: float) -> Iterator[str]:
    if value < schema.get("minimum", -math.inf):
        yield f"it has to be at least {schema['minimum']}"
    if value > schema.get("maximum", math.inf):
        yield f"it has to be at most {schema['maximum']}"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield f"it has to be more than {schema['exclusiveMinimum']}"
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        yield f"it has to be less than {schema['exclusiveMaximum']}"
    if "multipleOf" in schema and not _is_multiple(value, schema["multipleOf"]):
        yield f"it has to be a multiple of {schema['multipleOf']}"


def _items(
    schema: Mapping[str, Any], value: Sequence[Any], field: str, root: Mapping[str, Any]
) -> Iterator[Problem]:
    if len(value) < schema.get("minItems", 0):
        yield field, f"it has to have at least {_count(schema['minItems'], 'item')}"
    if len(value) > schema.get("maxItems", math.inf):
        yield field, f"it has to have at most {_count(schema['maxItems'], 'item')}"
        return
    if schema.get("uniqueItems") and any(
        _equal(one, other) for at, one in enumerate(value) for other in value[:at]
    ):
        yield field, "its items have to differ from each other"
    first: Sequence[Schema] = schema.get("prefixItems", ())
    for at, item in enumerate(value):
        rule = first[at] if at < len(first) else schema.get("items", True)
        yield from _problems(rule, item, f"{field}[{at}]", root)


def _members(
    schema: Mapping[str, Any], value: Mapping[str, Any], field: str, root: Mapping[str, Any]
) -> Iterator[Problem]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield _member(field, name), "it is required"
    if len(value) < schema.get("minProperties", 0):
        yield field, f"it has to have at least {_count(schema['minProperties'], 'member')}"
    if len(value) > schema.get("maxProperties", math.inf):
        yield field, f"it has to have at most {_count(schema['maxProperties'], 'member')}"
    others: Schema = schema.get("additionalProperties", True)
    for name, member in value.items():
        if name in properties:
            yield from _problems(properties[name], member, _member(field, name), root)
        elif others is False:
            known = f"only {', '.join(properties)}" if properties else "and there are no others"
            yield field, f"there is no {name[:64]!r}, {known}"
        else:
            yield from _problems(others, member, _member(field, name), root)


def _schemas_in(schema: Mapping[str, Any]) -> Iterator[Schema]:
    for keyword in ("properties", "$defs"):
        yield from schema.get(keyword, {}).values()
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        yield from schema.get(keyword, ())
    for keyword in ("additionalProperties", "items", "not"):
        if keyword in schema:
            yield schema[keyword]


def _definition(reference: str, root: Mapping[str, Any]) -> Schema:
    schema: Schema = root["$defs"][reference.removeprefix("#/$defs/")]
    return schema


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "array":
            return isinstance(value, list | tuple)
        case "object":
            return isinstance(value, Mapping)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or (
        math.isfinite(value) and (kind == "number" or value.is_integer())
    )


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON: true is not 1."""
    match one, other:
        case Mapping(), Mapping():
            return one.keys() == other.keys() and all(
                _equal(one[each], other[each]) for each in one
            )
        case list() | tuple(), list() | tuple():
            return len(one) == len(other) and all(map(_equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_multiple(value: float, of: float) -> bool:
    quotient = value / of
    return math.isfinite(quotient) and math.isclose(quotient, round(quotient), abs_tol=1e-9)


def _member(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
