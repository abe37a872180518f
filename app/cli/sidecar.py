"""A document's attributes, from its sidecar file in Bedrock's format: `<document>.metadata.json`.

    {"metadataAttributes": {"year": 2024,
                            "team": {"value": {"type": "STRING", "stringValue": "soils"}}}}

An attribute may have the short form or the long one.
"""

import errno
import json
import math
from pathlib import Path
from typing import Any, NoReturn

ENDING = ".metadata.json"
LARGEST = 10 * 1024  # bytes, by Bedrock
VALUES = ("stringValue", "numberValue", "booleanValue", "stringListValue")


class BadSidecar(Exception):
    """The sidecar file cannot be used; the message says why."""


def attributes(document: Path) -> dict[str, Any] | None:
    """The attributes in the sidecar file of a document; None if there is no such file.

    Raises:
        BadSidecar: the file is malformed, or uses a feature that an upload does not support.
    """
    beside = document.with_name(document.name + ENDING)
    try:
        if not beside.exists():
            return None
        return _read(beside)
    except BadSidecar as error:
        raise BadSidecar(f"{beside.name}: {error}") from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # a file of this name there cannot be
            return None
        raise BadSidecar(f"{beside.name} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSidecar(
            f'{beside.name} has to be {{"metadataAttributes": {{"name": value, ...}}}}'
        ) from error


def _read(beside: Path) -> dict[str, Any]:
    size = beside.stat().st_size
    if size > LARGEST:
        raise BadSidecar(f"it has {size} bytes; Bedrock takes {LARGEST}")
    members = json.loads(beside.read_bytes(), parse_constant=_no_number)["metadataAttributes"]
    return {_text(name, name): _value(name, value) for name, value in members.items()}


def _value(name: str, value: Any) -> Any:
    """An attribute's value, in either form.

    >>> _value("year", 2024), _value("year", {"value": {"type": "NUMBER", "numberValue": 2024}})
    (2024, 2024)
    """
    if isinstance(value, dict):
        if value.get("includeForEmbedding"):
            raise BadSidecar(
                f"{name} asks for includeForEmbedding, which an upload cannot carry: put the "
                "document and this file into the bucket yourself"
            )
        [value] = [value["value"][kind] for kind in VALUES if kind in value["value"]]
    if isinstance(value, float) and not math.isfinite(value):
        raise BadSidecar(f"{name} is a number beyond all bounds; a number has to be finite")
    for text in value if isinstance(value, list) else [value]:
        _text(name, text)
    return value


def _text(name: str, value: Any) -> Any:
    """The value. If it is a string, it has to be Unicode: JSON lets lone surrogates through."""
    try:
        if isinstance(value, str):
            value.encode()
    except UnicodeEncodeError:
        raise BadSidecar(f"{name!a} holds a lone surrogate, which is no Unicode") from None
    return value


def _no_number(constant: str) -> NoReturn:
    raise BadSidecar(f"it holds {constant}, which is no number in JSON; leave the attribute out")
