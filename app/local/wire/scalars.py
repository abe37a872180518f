"""Single values as text, as they are in a path, a query, a header or an XML element.

Timestamps have three formats (https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait)
and are aware datetimes here:

    iso8601         2026-11-21T09:30:00.250000Z
    rfc822          Sat, 21 Nov 2026 09:30:00 GMT
    unixtimestamp   1795253400.25
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from math import inf, isinf, isnan
from typing import Any

from botocore.model import Shape


def read_timestamp(value: str | float) -> datetime:
    """A timestamp in any of the three formats, which cannot be confused with each other.

    Raises:
        ValueError: the text has none of them.
    """
    try:
        if not isinstance(value, str):
            return datetime.fromtimestamp(value, UTC)
        if value[-1:] == "Z" or value[4:5] == "-":
            moment = datetime.fromisoformat(value)
        elif "," in value or " " in value:
            moment = parsedate_to_datetime(value)
        else:
            return datetime.fromtimestamp(float(value), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_timestamp(moment: datetime, timestamp_format: str) -> str | float:
    return _TIMESTAMPS[timestamp_format](moment.astimezone(UTC))


def _iso8601(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _unix(moment: datetime) -> float:
    return moment.timestamp() if moment.microsecond else int(moment.timestamp())


_TIMESTAMPS: dict[str, Callable[[datetime], str | float]] = {
    "iso8601": _iso8601,
    "rfc822": lambda moment: format_datetime(moment, usegmt=True),
    "unixTimestamp": _unix,
    "unixtimestamp": _unix,
}


def read_blob(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def write_blob(blob: bytes | str) -> str:
    return base64.b64encode(blob.encode() if isinstance(blob, str) else blob).decode()


def read_float(value: str | float) -> float:
    """A number; or the text of an infinity or NaN, which JSON cannot write as a number."""
    if isinstance(value, str) and value not in ("Infinity", "-Infinity", "NaN"):
        raise ValueError(value)
    return float(value)


def write_float(value: float) -> float | str:
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "Infinity" if value == inf else "-Infinity"
    return value


def _read_integer(text: str) -> int:
    if "_" in text:  # a separator in Python
        raise ValueError(text)
    return int(text)


def _read_boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.strip().lower()]


def from_text(shape: Shape, text: str) -> Any:
    """A value of the shape.

    Raises:
        ValueError: the text is no value of the shape's type.
    """
    try:
        return _READERS[shape.type_name](text)
    except KeyError as error:
        raise ValueError(text) from error


def to_text(shape: Shape, value: Any, timestamp_format: str) -> str:
    """The text of a value. A shape may have another format than `timestamp_format`, its place's."""
    if shape.type_name == "timestamp":
        own = shape.serialization.get("timestampFormat", timestamp_format)
        return str(write_timestamp(value, own))
    return str(_WRITERS.get(shape.type_name, str)(value))


_READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "boolean": _read_boolean,
    "integer": _read_integer,
    "long": _read_integer,
    "float": float,
    "double": float,
    "timestamp": read_timestamp,
    "blob": read_blob,
}

_WRITERS: dict[str, Callable[[Any], Any]] = {
    "boolean": lambda value: "true" if value else "false",
    "float": write_float,
    "double": write_float,
    "blob": write_blob,
}
