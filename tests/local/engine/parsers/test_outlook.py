"""Outlook's messages."""

from datetime import UTC, datetime
from pathlib import Path
from struct import pack

import pytest

from app.local.engine.parsers import ParsedDocument, Unreadable
from app.local.engine.parsers.outlook import parse
from app.local.engine.parsers.rtf.compression import decompress
from tests.local.engine.parsers.compound_file import compound_file
from tests.local.engine.parsers.documents import parsed_document

SUBJECT, BODY, HTML, RTF = "0037001F", "1000001F", "10130102", "10090102"
SENT = (datetime(2026, 11, 3, 8, 30, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()


def stream(name: str, text: str | bytes) -> tuple[str, bytes]:
    return f"__substg1.0_{name}", text.encode("utf-16-le") if isinstance(text, str) else text


def fixed(*properties: tuple[int, int], header: int = 32) -> bytes:
    return bytes(header) + b"".join(
        pack("<IIQ", number << 16 | 3, 6, value) for number, value in properties
    )


def message(tmp_path: Path, *streams: tuple[str, bytes]) -> ParsedDocument:
    return parsed_document(parse, tmp_path / "a.msg", compound_file(dict(streams)))


def test_a_message_has_its_headers_and_its_text(tmp_path: Path) -> None:
    document = message(
        tmp_path,
        stream(SUBJECT, "Mooring fees"),
        stream("0C1A001F", "Ada"),
        stream("0C1F001F", "/O=EX/CN=ADA"),
        stream("5D01001F", "ada@example.com"),
        stream("0E04001F", "Bo; Cy"),
        stream(BODY, "The fee is 7 €.\r\n\r\nAda"),
        stream(HTML, b"<p>another form"),
        ("__properties_version1.0", fixed((0x0039, int(SENT * 10**7)))),
    )
    [section] = document.sections
    assert section.text == (
        "# Mooring fees\n\nFrom: Ada <ada@example.com>\nTo: Bo; Cy\n"
        "Date: Tue, 03 Nov 2026 08:30:00 +0000\n\nThe fee is 7 €.\n\nAda"
    )
    assert document.warnings == ()


def test_a_text_in_html_or_in_an_old_encoding_is_read(tmp_path: Path) -> None:
    page = ("__properties_version1.0", fixed((0x3FDE, 1251), (0x3FFD, 1251)))
    html = stream(HTML, "<p>Плата <b>7</b>".encode("cp1251"))
    [section] = message(
        tmp_path, stream("0037001E", "Причал".encode("cp1251")), html, page
    ).sections
    assert section.text == "# Причал\n\nПлата 7"  # noqa: RUF001


def test_a_text_in_compressed_rtf_is_read(tmp_path: Path) -> None:
    text = rb"{\rtf1\ansi The fee is seven.}"
    plain = pack("<IIII", len(text) + 12, len(text), 0x414C454D, 0) + text
    [section] = message(tmp_path, stream(SUBJECT, "Fees"), stream(RTF, plain)).sections
    assert section.text == "# Fees\n\nThe fee is seven."


def test_a_reference_of_compressed_rtf_repeats_what_stands_before_it_even_itself() -> None:
    start = 207  # the text begins after the dictionary, whose place 0 is {
    letters = b"\x00abcdefgh"
    references = (start << 4 | 1, start + 6 << 4 | 4, 0 << 4 | 4, start + 23 << 4)
    content = letters + b"\x0f" + pack(">4H", *references)
    header = pack("<IIII", len(content) + 12, 500, 0x75465A4C, 0)
    assert decompress(header + content) == rb"abcdefghabcghabcg{\rtf1"


def test_attachments_are_named_and_a_message_within_is_read(tmp_path: Path) -> None:
    first, second, hidden = (f"__attach_version1.0_#0000000{number}" for number in range(3))
    inner = f"{second}/__substg1.0_3701000D"
    document = message(
        tmp_path,
        stream(SUBJECT, "Fees"),
        stream(BODY, "See below."),
        (f"{first}/__substg1.0_3707001F", "fees 2026.xlsx".encode("utf-16-le")),
        (f"{inner}/__substg1.0_0037001F", "Old fees".encode("utf-16-le")),
        (f"{inner}/__substg1.0_1000001F", "They were 5.".encode("utf-16-le")),
        (f"{hidden}/__substg1.0_3707001F", "logo.png".encode("utf-16-le")),
        (f"{hidden}/__properties_version1.0", fixed((0x7FFE, 1), header=8)),
    )
    assert document.sections[0].text == "# Fees\n\nSee below.\n\n# Old fees\n\nThey were 5."
    assert document.warnings == (
        "1 attachment is not read: fees 2026.xlsx. Upload each as a document of its own.",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"From: Ada\n\nNo compound file.",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        compound_file({"Workbook": b"\x09\x08"}),
        compound_file(dict([stream(SUBJECT, "Fees")]))[:2000],
        compound_file(dict([stream(RTF, b"\1\2\3\4")])),
    ],
    ids=["text", "header", "workbook", "cut", "rtf"],
)
def test_what_is_no_message_is_refused_by_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(
        Unreadable, match="no Outlook message, or a damaged one: open it in Outlook"
    ):
        parsed_document(parse, tmp_path / "a.msg", content)
