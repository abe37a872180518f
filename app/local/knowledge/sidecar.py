"""A document's attributes: the file `<document>.metadata.json` beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.local.parsers import Records

JSON = dict[str, Any]

Metadata = Mapping[str, str | float | bool | list[str]]


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
    return Sidecar({}, content.decode()[:0])


def inline(attributes: Sequence[JSON]) -> Sidecar:
    """The same of `inlineAttributes`, Bedrock's list of MetadataAttribute.

    Raises:
        ValueError: naming the attribute and the rule.
    """
    return Sidecar({attribute["key"]: "" for attribute in attributes}, "")
