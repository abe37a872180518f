"""A document's attributes, in the file that Bedrock reads beside it: `<document>.metadata.json`.

    {"metadataAttributes": {"year": 2024,
                            "team": {"value": {"type": "STRING", "stringValue": "soils"}}}}

Both forms of an attribute are taken, the short and the long.
"""

import json
from pathlib import Path
from typing import Any

ENDING = ".metadata.json"
VALUES = ("stringValue", "numberValue", "booleanValue", "stringListValue")


class BadSidecar(Exception):
    """The file cannot be taken. Says why."""


def attributes(document: Path) -> dict[str, Any] | None:
    """What the file beside a document says of it; None where there is no such file.

    Raises:
        BadSidecar: it is no such JSON, or asks for what an upload cannot carry.
    """
    beside = document.with_name(document.name + ENDING)
    if not beside.exists():
        return None
    try:
        told = json.loads(beside.read_bytes())["metadataAttributes"]
        return {name: _value(name, value) for name, value in told.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSidecar(
            f'{beside.name} has to be {{"metadataAttributes": {{"name": value, ...}}}}'
        ) from error
    except BadSidecar as error:
        raise BadSidecar(f"{beside.name}: {error}") from None


def _value(name: str, told: Any) -> Any:
    """An attribute's value, in whichever form it is told.

    >>> _value("year", 2024), _value("year", {"value": {"type": "NUMBER", "numberValue": 2024}})
    (2024, 2024)
    """
    if not isinstance(told, dict):
        return told
    if told.get("includeForEmbedding"):
        raise BadSidecar(
            f"{name} asks for includeForEmbedding, which an upload cannot carry: put the document "
            "and this file into the bucket yourself"
        )
    [value] = [told["value"][kind] for kind in VALUES if kind in told["value"]]
    return value
