"""E-mail: messages within messages, broken boundaries, encodings of headers, what is no text."""

from base64 import b64encode
from pathlib import Path

import pytest

from app.local.engine.parsers.mail import parse
from app.local.engine.parsers.mail_headers import header_text
from tests.local.engine.parsers.documents import parsed_document

HEAD = "From: a@example.org\r\nSubject: Pump\r\n"
NO_TEXT = "is encrypted or signed as one piece (S/MIME or PGP), and is not read"


def group(kind: str, *parts: str, boundary: str = "b") -> str:
    inner = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n{inner}--{boundary}--\r\n"


def part(kind: str, text: str, more: str = "") -> str:
    return f"Content-Type: {kind}\r\n{more}\r\n{text}"


def read(path: Path, content: str | bytes) -> tuple[list[str], tuple[str, ...]]:
    """The blocks of a message after its subject and headers, and the warnings."""
    raw = content.encode() if isinstance(content, str) else content
    document = parsed_document(parse, path / "a.eml", raw)
    return document.sections[0].text.split("\n\n")[2:], document.warnings


RED = group("mixed", part("text/plain", "Red."), boundary="c")
INNER = f"From: i@example.org\r\nSubject: Valve\r\n{RED}"
PDF = part("application/pdf; name=in.pdf", "x")
CALENDAR = "BEGIN:VCALENDAR\r\nEND:VCALENDAR"


@pytest.mark.parametrize(
    ("content", "blocks"),
    [
        (group("digest", f"\r\n{HEAD}\r\nBlue."), ["# Pump", "From: a@example.org", "Blue."]),
        (part("message/rfc822", f"{HEAD}\r\nBlue."), ["# Pump", "From: a@example.org", "Blue."]),
        (
            group("mixed", part("text/plain", "Blue."), boundary="b").replace("=b", "=other"),
            ["Blue."],
        ),
        (group("mixed", part("text/plain", "Blue.")).replace("; boundary=b", ""), ["Blue."]),
        (part("multipart/mixed", "Blue."), ["Blue."]),
        (
            group(
                "mixed",
                group(
                    "alternative",
                    part("text/plain", "Blue."),
                    part("text/html", "<p>Blue!"),
                    boundary="d",
                ),
                group(
                    "alternative",
                    part("text/plain", "Red."),
                    part("text/calendar", CALENDAR),
                    boundary="c",
                ),
            ),
            ["Blue.", "Red."],
        ),
        (part("text/enriched", "<bold>Blue</bold> <<pump>"), ["Blue <pump>"]),
        (part("text/plain; format=flowed; delsp=yes", "東京港の \r\n料金"), ["東京港の料金"]),
        (part("text/html", "<meta charset=windows-1251><p>Привет"), ["Привет"]),
        (
            group(
                "report",
                part("text/plain", "Failed."),
                part("message/delivery-status", "Action: failed\r\n"),
            ),
            ["Failed."],
        ),
    ],
)
def test_the_text_of_every_part_is_read_once(
    tmp_path: Path, content: str, blocks: list[str]
) -> None:
    charset = "cp1251" if "windows-1251" in content else "utf-8"
    assert read(tmp_path, (HEAD + content).encode(charset)) == (blocks, ())


def test_messages_within_each_other_are_read_once_each(tmp_path: Path) -> None:
    content = INNER.replace("--c--", f"--c\r\n{PDF}\r\n--c--")
    for depth in range(16):
        inner = part("message/rfc822", content)
        content = f"{HEAD}{group('mixed', inner, boundary=f'x{depth}')}"
    blocks, warnings = read(tmp_path, content)
    assert blocks.count("Red.") == 1
    assert blocks.count("# Pump") == 15
    assert warnings == ("1 attachment is not read: in.pdf. Upload each as a document of its own.",)


def test_parts_that_are_nested_too_deeply_are_not_read(tmp_path: Path) -> None:
    content = "Blue."
    for depth in range(60):
        content = group("mixed", content, boundary=f"x{depth}x")
    with pytest.raises(RecursionError):
        read(tmp_path, HEAD + content)


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        (group("encrypted", part("application/octet-stream", "x")), NO_TEXT),
        (group("mixed", part("application/pkcs7-mime; name=smime.p7m", "x")), NO_TEXT),
        (
            "\r\nSee:\r\n-----BEGIN PGP MESSAGE-----\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n",
            NO_TEXT,
        ),
        ("\r\nSee:\r\nbegin 644 fees.txt\r\n#0V%T\r\n`\r\nend\r\n", "not read: fees.txt."),
        (group("mixed", part("application/pdf", "x")), "one without a name (application/pdf)"),
    ],
)
def test_what_is_no_text_is_named_in_a_warning(tmp_path: Path, content: str, warning: str) -> None:
    blocks, [own] = read(tmp_path, HEAD + content)
    assert warning in own
    assert blocks in ([], ["See:"])


@pytest.mark.parametrize(
    "seen_within",
    [
        part("application/pgp-signature; name=signature.asc", "x"),
        part("application/pkcs7-signature; name=smime.p7s", "x"),
        part("image/png; name=logo.png", "x", "Content-ID: <logo>\r\n"),
    ],
)
def test_signatures_and_pictures_of_the_page_are_no_attachments(
    tmp_path: Path, seen_within: str
) -> None:
    content = HEAD + group("signed", part("text/plain", "Blue."), seen_within)
    assert read(tmp_path, content) == (["Blue."], ())


@pytest.mark.parametrize("before", ["\ufeff", "\r\n\r\n", "From a@example.org Mon Jan 1\r\n"])
def test_a_message_may_begin_with_a_mark_or_empty_lines(tmp_path: Path, before: str) -> None:
    assert read(tmp_path, f"{before}{HEAD}\r\nBlue.")[0] == ["Blue."]


def test_raw_bytes_of_headers_are_in_the_encoding_of_the_text(tmp_path: Path) -> None:
    kind = "Content-Type: text/plain; charset=windows-1251"
    content = f"From: a@example.org\r\nSubject: Дядя в порту\r\n{kind}\r\n\r\nДядя."
    document = parsed_document(parse, tmp_path / "a.eml", content.encode("cp1251"))
    assert document.sections[0].text.split("\n\n")[0] == "# Дядя в порту"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (f"=?gb2312?B?{b64encode('玥'.encode('gbk')).decode()}?=", "玥"),
        (f"=?iso-2022-jp?B?{b64encode('東京①'.encode('iso2022_jp_2004')).decode()}?=", "東京①"),
        ("=?utf-8?Q?Fee for M=C3=BCnchen?=", "Fee for München"),
        ("=?utf-8?Q?=E6=9D?=\r\n =?utf-8?Q?=B1?= and =?utf-8*en?q?a?=", "東 and a"),
        ("=?iso-8859-8-i?Q?=E0?= =?x-none?Q?caf=E9?=", "אcafé"),
        ("\x1b$BEl5~\x1b(B", "東京"),
    ],
)
def test_encoded_words_are_read_as_browsers_read_their_encodings(raw: str, text: str) -> None:
    assert header_text(raw) == text
