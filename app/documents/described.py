"""Documents with their attributes, as the sidecars beside them have them now.

A page of a listing costs one read of a sidecar for each document, several at a time. So a list has
the attributes only for who asks for them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from app.aws import side_by_side
from app.documents.bucket import Bucket
from app.documents.names import sidecar_of
from app.documents.status import Document
from app.events import MetadataValue

_AT_ONCE = 8  # below the connections that botocore keeps
_LARGEST = 10 * 1024  # bytes of a sidecar, by Bedrock
_VALUES = ("stringValue", "numberValue", "booleanValue", "stringListValue")


def with_attributes(bucket: Bucket, documents: Sequence[Document]) -> list[Document]:
    """The documents with their attributes: none for one without a sidecar, or with one that is not
    in Bedrock's format.
    """
    reads = [partial(bucket.read, sidecar_of(one.name), most=_LARGEST) for one in documents]
    return [
        replace(one, attributes=attributes(content))
        for one, content in zip(documents, side_by_side(reads, _AT_ONCE), strict=True)
    ]


def attributes(sidecar: bytes | None) -> Mapping[str, MetadataValue]:
    """The attributes in a sidecar, in the short form or the long one; none if it is malformed.

    >>> attributes(b'{"metadataAttributes": {"year": {"value": {"numberValue": 2024}}, "a": "b"}}')
    {'year': 2024, 'a': 'b'}
    >>> attributes(b'{"metadataAttributes": {"year": NaN'), attributes(None)
    ({}, {})
    """
    try:
        members = json.loads(sidecar or b"{}")["metadataAttributes"]
        return {name: _value(value) for name, value in members.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _value(value: Any) -> MetadataValue:
    if isinstance(value, dict):
        [value] = [value["value"][kind] for kind in _VALUES if kind in value["value"]]
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) for item in items):
        raise TypeError
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()  # no halves of characters
    return value  # type: ignore[no-any-return]  # checked above
