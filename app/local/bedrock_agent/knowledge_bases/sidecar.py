"""A document's attributes: the file `<document>.metadata.json` beside it, or sent with it.

    {"metadataAttributes": {"year": 2024,
                            "team": {"value": {"type": "STRING", "stringValue": "soils"},
                                     "includeForEmbedding": true}}}

The short form is a value alone; the long form names its type, and may ask that the attribute be
embedded with every chunk. For a CSV file, `documentStructureConfiguration` says which of its
columns is the text of each row, and which are its attributes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from app.local.engine.parsers import Records

JSON = dict[str, Any]
Value = str | float | bool | list[str]
Metadata = Mapping[str, Value]

LARGEST = 10 * 1024  # bytes
RESERVED = "x-amz-bedrock"  # what Bedrock's own attributes begin with
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
    """What a sidecar says of its document.

    Attributes:
        attributes: for filters, and returned with every chunk.
        prefix: `key: value` lines that are put before a chunk's text when it is embedded, and are
            never returned; empty where no attribute asks for it.
        records: how to read a CSV file row by row, where it says so.
    """

    attributes: Metadata
    prefix: str
    records: Records | None = None


def read(content: bytes) -> Sidecar:
    """Read a sidecar.

    Raises:
        ValueError: naming the attribute and the rule.
    """
    if len(content) > LARGEST:
        raise ValueError(f"The metadata has {len(content):,} bytes; {LARGEST:,} is the most.")
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except ValueError as error:
        raise ValueError(f"The metadata is not JSON in UTF-8: {error}.") from error
    stated = document.get("metadataAttributes") if isinstance(document, dict) else None
    if not isinstance(stated, dict):
        raise ValueError("The metadata must be an object with an object metadataAttributes.")
    attributes = {key: _value(_key(key), written) for key, written in stated.items()}
    embedded = [key for key, written in stated.items() if _asks_for_embedding(key, written)]
    return Sidecar(attributes, _prefix(attributes, embedded), _records(document))


def inline(attributes: Sequence[JSON]) -> Sidecar:
    """Read `inlineAttributes`, Bedrock's list of MetadataAttribute, to the same value.

    Raises:
        ValueError: naming the attribute and the rule.
    """
    keys = [attribute["key"] for attribute in attributes]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"The attribute {key!r} is given more than once.")
    return Sidecar(
        {_key(each["key"]): _typed(each["key"], each["value"]) for each in attributes}, ""
    )


def _key(key: str) -> str:
    if key.startswith(RESERVED):
        raise ValueError(f"The attribute {key!r} begins with {RESERVED}, which is Bedrock's own.")
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise ValueError(f"The attribute {key!r} must have 1 to {_LONGEST_KEY} characters.")
    return key


def _value(key: str, written: object) -> Value:
    """The value of either form."""
    if isinstance(written, dict):
        return _typed(key, written.get("value"))
    for type_ in _MEMBERS:
        if _fits(type_, written):
            return cast("Value", written)
    raise ValueError(
        f"The attribute {key!r} must be a string, a number, true or false, or a list of strings."
    )


def _typed(key: str, value: object) -> Value:
    """A value that names its type."""
    type_ = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or type_ not in _MEMBERS:
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
            return isinstance(value, str)
        case "NUMBER":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "BOOLEAN":
            return isinstance(value, bool)
        case _:
            return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _asks_for_embedding(key: str, written: object) -> bool:
    include = written.get("includeForEmbedding", False) if isinstance(written, dict) else False
    if not isinstance(include, bool):
        raise ValueError(f"The attribute {key!r} has an includeForEmbedding that is no boolean.")
    return include


def _prefix(attributes: Metadata, embedded: Sequence[str]) -> str:
    r"""What is embedded before a chunk.

    >>> _prefix({"team": "soils", "tags": ["wet", "cold"], "draft": True}, ["team", "tags"])
    'team: soils\ntags: wet, cold\n\n'
    """
    lines = [f"{key}: {_shown(attributes[key])}\n" for key in embedded]
    return "".join(lines) + "\n" if lines else ""


def _shown(value: Value) -> str:
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
    """The names in a list such as `[{"fieldName": "note"}]`; None where there is no list."""
    listed = parent.get(member) if isinstance(parent, dict) else None
    if listed is None:
        return None
    entries = listed if isinstance(listed, list) else [None]
    names = [entry.get("fieldName") if isinstance(entry, dict) else None for entry in entries]
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f'{member} must be a list of objects such as {{"fieldName": "note"}}.')
    return cast("tuple[str, ...]", tuple(names))


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number")
