"""Single values as text, in both directions."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.model import Shape
from hypothesis import given
from hypothesis import strategies as st

from app.local.wire.request import decode_header, encode_header
from app.local.wire.scalars import from_text, read_timestamp, to_text, write_timestamp
from app.local.wire.xml_body import escape

MOMENT = datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC)
FRACTION = MOMENT.replace(microsecond=250_000)


@pytest.mark.parametrize(
    ("moment", "timestamp_format", "written"),
    [
        (MOMENT, "iso8601", "2026-11-21T09:30:15Z"),
        (FRACTION, "iso8601", "2026-11-21T09:30:15.250000Z"),
        (MOMENT, "rfc822", "Sat, 21 Nov 2026 09:30:15 GMT"),
        (MOMENT, "unixTimestamp", 1795253415),
        (FRACTION, "unixTimestamp", 1795253415.25),
        (MOMENT.astimezone(timezone(timedelta(hours=9))), "iso8601", "2026-11-21T09:30:15Z"),
    ],
)
def test_a_timestamp_in_each_format(
    moment: datetime, timestamp_format: str, written: str | float
) -> None:
    assert write_timestamp(moment, timestamp_format) == written
    assert read_timestamp(written) == (MOMENT if timestamp_format == "rfc822" else moment)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-21T18:30:15+09:00",
        "2026-11-21T09:30:15",
        "1795253415",
        "1.795253415e9",
        "Saturday, 21-Nov-26 09:30:15 GMT",
        "Sat Nov 21 09:30:15 2026",
    ],
)
def test_what_else_is_read_as_a_timestamp(written: str) -> None:
    assert read_timestamp(written) == MOMENT


@pytest.mark.parametrize("written", ["", "yesterday", "2026-13-01T00:00:00Z", 1e30, "nan"])
def test_a_text_that_is_no_timestamp_is_refused(written: str | float) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_timestamp(written)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("integer", "-7", -7),
        ("float", "0.5", 0.5),
        ("double", "Infinity", float("inf")),
        ("blob", "AP8=", b"\x00\xff"),
        ("string", " as it is ", " as it is "),
    ],
)
def test_a_scalar_is_read_from_text_and_written_as_text(kind: str, text: str, value: Any) -> None:
    shape = Shape("Some", {"type": kind})
    assert from_text(shape, text) == value
    assert to_text(shape, value, "iso8601") == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [("boolean", "yes"), ("integer", "1.5"), ("integer", "1_000"), ("blob", "?"), ("float", "x")],
)
def test_text_that_is_no_such_value(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        from_text(Shape("Some", {"type": kind}), text)


@given(st.binary())
def test_a_header_survives_as_text(value: bytes) -> None:
    broken = value.translate(bytes.maketrans(b"\r\n\0", b"   "))
    assert encode_header(decode_header(value)) == broken


def test_control_characters_in_xml() -> None:
    assert escape('a\r\n<&">\x01') == "a&#13;\n&#60;&#38;&#34;&#62;&#1;"
