"""A document's attributes: the file `<document>.metadata.json` beside it, or a list in the request.

    {"metadataAttributes": {"year": 2024,
                            "team": {"value": {"type": "STRING", "stringValue": "soils"},
                                     "includeForEmbedding": true}}}

The short form of an attribute is its value; the long form names the type of the value, and may ask
that the attribute be embedded with every chunk. For a CSV file, `documentStructureConfiguration`
names the column of each record's text and the columns of its attributes.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from app.local.engine.parsers import Records

JSON = dict[str, Any]
Value = str | float | bool | list[str]
Metadata = Mapping[str, Value]

LARGEST = 10 * 1024  # bytes
RESERVED = "x-amz-bedrock"  # the start of the names of Bedrock's own attributes
_LARGEST_NUMBER = sys.float_info.max  # JSON has larger ones, such as 1e999
_LONGEST_KEY = 200  # characters, as of a MetadataAttribute
_RECORD_BASED = "RECORD_BASED_STRUCTURE_METADATA"
_MEMBERS = {
    "STRING": "stringValue",
    "NUMBER": "numberValue",
    "BOOLEAN": "booleanValue",
    "STRING_LIST": "stringListValue",
}


@dataclass(frozen=True)
class Sidecar:
    """The content of a sidecar.

    Attributes:
        attributes: for filters, and returned with every chunk.
        prefix: `key: value` lines that are put before a chunk's text when it is embedded, and are
            never returned; empty if no attribute asks for it.
        records: how to read a CSV file row by row, if the sidecar says so.
    """

    attributes: Metadata
    prefix: str
    records: Records | None = None


def read(content: bytes) -> Sidecar:
    """Parse a sidecar.

    Raises:
        ValueError: naming the attribute and the rule.
    """
    if len(content) > LARGEST:
        raise ValueError(f"The metadata has {len(content):,} bytes; {LARGEST:,} is the most.")
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except ValueError as error:
        raise ValueError(f"The metadata is not JSON in UTF-8: {error}.") from error
    except RecursionError as error:
        raise ValueError("The metadata is nested too deeply.") from error
    entries = document.get("metadataAttributes") if isinstance(document, dict) else None
    if not isinstance(entries, dict):
        raise ValueError("The metadata must be an object with an object metadataAttributes.")
    attributes = {key: _value(_key(key), entry) for key, entry in entries.items()}
    embedded_keys = [key for key, entry in entries.items() if _asks_for_embedding(key, entry)]
    return Sidecar(attributes, _prefix(attributes, embedded_keys), _records(document))


def read_inline(attributes: Sequence[JSON]) -> Sidecar:
    """Parse `inlineAttributes`, Bedrock's list of MetadataAttribute.

    Raises:
        ValueError: naming the attribute and the rule.
    """
    keys = [attribute["key"] for attribute in attributes]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"The attribute {key!r} is given more than once.")
    return Sidecar(
        {_key(each["key"]): _long_form_value(each["key"], each["value"]) for each in attributes}, ""
    )


def _key(key: str) -> str:
    if key.startswith(RESERVED):
        raise ValueError(f"The attribute {key!r} begins with {RESERVED}, which is Bedrock's own.")
    if not _is_unicode(key):
        raise ValueError(f"The attribute {key!a} holds a half of a character, which is no Unicode.")
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise ValueError(f"The attribute {key!r} must have 1 to {_LONGEST_KEY} characters.")
    return key


def _value(key: str, entry: object) -> Value:
    """The value of an attribute in either form."""
    if isinstance(entry, dict):
        return _long_form_value(key, entry.get("value"))
    for type_ in _MEMBERS:
        if _fits(type_, entry):
            return cast("Value", entry)
    raise ValueError(
        f"The attribute {key!r} must be a string, a number, true or false, or a list of strings."
    )


def _long_form_value(key: str, value: object) -> Value:
    """A value of the long form, which names its type."""
    type_ = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(type_, str) or type_ not in _MEMBERS:
        raise ValueError(
            f"The attribute {key!r} must have a value whose type is one of {', '.join(_MEMBERS)}."
        )
    member = _MEMBERS[type_]
    if member not in value or not _fits(type_, value[member]):
        raise ValueError(f"The attribute {key!r} is a {type_}: it must have a fitting {member}.")
    return cast("Value", value[member])


def _fits(type_: str, value: object) -> bool:
    match type_:
        case "STRING":
            return isinstance(value, str) and _is_unicode(value)
        case "NUMBER":
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return is_number and abs(cast("float", value)) <= _LARGEST_NUMBER
        case "BOOLEAN":
            return isinstance(value, bool)
        case _:
            return isinstance(value, list) and all(_fits("STRING", each) for each in value)


def _is_unicode(text: str) -> bool:
    """Whether a string has no half of a character, which JSON can escape."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _asks_for_embedding(key: str, entry: object) -> bool:
    include = entry.get("includeForEmbedding", False) if isinstance(entry, dict) else False
    if not isinstance(include, bool):
        raise ValueError(f"The attribute {key!r} has an includeForEmbedding that is no boolean.")
    return include


def _prefix(attributes: Metadata, embedded_keys: Sequence[str]) -> str:
    r"""The lines that are embedded before a chunk's text.

    >>> _prefix({"team": "soils", "tags": ["wet", "cold"], "draft": True}, ["team", "tags"])
    'team: soils\ntags: wet, cold\n\n'
    """
    lines = [f"{key}: {_as_text(attributes[key])}\n" for key in embedded_keys]
    return "".join(lines) + "\n" if lines else ""


def _as_text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, list) else str(value)


def _records(document: JSON) -> Records | None:
    if "documentStructureConfiguration" not in document:
        return None
    structure = document["documentStructureConfiguration"]
    if not isinstance(structure, dict) or structure.get("type") != _RECORD_BASED:
        raise ValueError(f"documentStructureConfiguration.type must be {_RECORD_BASED}.")
    parameters = structure.get("recordBasedStructureMetadata")
    if not isinstance(parameters, dict):
        raise ValueError("documentStructureConfiguration must have recordBasedStructureMetadata.")
    content = _fields(parameters, "contentFields")
    if content is None or len(content) != 1:
        raise ValueError("contentFields must name one column: the text of each record.")
    specification = parameters.get("metadataFieldsSpecification") or {}
    include = _fields(specification, "fieldsToInclude")
    exclude = _fields(specification, "fieldsToExclude") or ()
    if both := set(include or ()).intersection(exclude):
        raise ValueError(
            f"fieldsToInclude and fieldsToExclude both name {sorted(both)[0]!r}; name it in one."
        )
    return Records(content[0], include, exclude)


def _fields(parent: object, member: str) -> tuple[str, ...] | None:
    """The names in a list such as `[{"fieldName": "note"}]`; None if the member is missing."""
    value = parent.get(member) if isinstance(parent, dict) else None
    if value is None:
        return None
    entries = value if isinstance(value, list) else [None]
    names = [entry.get("fieldName") if isinstance(entry, dict) else None for entry in entries]
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f'{member} must be a list of objects such as {{"fieldName": "note"}}.')
    return cast("tuple[str, ...]", tuple(names))


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number")
