"""EPUB: the chapters of a book in the order of reading."""

from pathlib import Path

import pytest

from app.local.engine.parsers import Unreadable, epub
from tests.local.engine.parsers.documents import archive, parsed, parsed_document

CONTAINER = (
    '<container xmlns="c"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PAGE = (
    '<?xml version="1.0"?><!DOCTYPE html><html xmlns="h"><head><title>{0}</title></head>{1}</html>'
)
BOOK = {
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": '<package xmlns="p" xmlns:dc="d"><metadata><dc:title>On clay</dc:title>'
    "<dc:creator>Ann Lee</dc:creator><dc:creator>Ben</dc:creator><dc:description>&lt;p>All of it."
    "</dc:description></metadata><manifest>"
    + "".join(
        f'<item id="{name}" href="text/{name}%20.xhtml" media-type="application/xhtml+xml" {more}/>'
        for name, more in (("two", ""), ("one", ""), ("nav", 'properties="nav"'), ("gone", ""))
    )
    + '<item id="css" href="a.css" media-type="text/css"/></manifest><spine>'
    + "".join(f'<itemref idref="{name}"/>' for name in ("nav", "one", "two", "gone", "css", "x"))
    + "</spine></package>",
    "OEBPS/text/one .xhtml": PAGE.format("One", "<body><h1>One</h1><p>Wet &amp; cold.</p></body>"),
    "OEBPS/text/two .xhtml": PAGE.format("Two", "<body><p>Dry.</p></body>"),
    "OEBPS/text/nav .xhtml": PAGE.format("Contents", "<body><p>no</p></body>"),
}


def test_a_book_has_a_section_for_each_chapter_in_the_order_of_reading(tmp_path: Path) -> None:
    sections = parsed(epub.parse, tmp_path / "a.epub", archive(BOOK))
    assert [section.text for section in sections] == [
        "# On clay\n\nAuthors: Ann Lee, Ben\n\nAll of it.",
        "# One\n\nWet & cold.",
        "# Two\n\nDry.",
    ]


def test_a_chapter_is_decoded_as_it_says(tmp_path: Path) -> None:
    page = '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>café</p></body></html>'
    book: dict[str, str | bytes] = {**BOOK, "OEBPS/text/two .xhtml": page.encode("latin-1")}
    assert parsed(epub.parse, tmp_path / "a.epub", archive(book))[-1].text == "café"


def package(**addresses: str) -> str:
    """A package document with a chapter at each address."""
    items = "".join(
        f'<item id="{name}" href="{address}" media-type="application/xhtml+xml"/>'
        for name, address in addresses.items()
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in addresses)
    return f'<package xmlns="p"><manifest>{items}</manifest><spine>{spine}</spine></package>'


@pytest.mark.parametrize(
    ("addresses", "parts", "texts"),
    [
        (
            {"a": "Ch.xhtml", "b": "ch.xhtml"},
            {"Ch.xhtml": "upper", "ch.xhtml": "lower"},
            "upper lower",
        ),
        ({"a": "c.xhtml#x", "b": "c.xhtml"}, {"c.xhtml": "once"}, "once"),
        (
            {"a": "100%25.xhtml", "b": "a%2520b.xhtml"},
            {"100%.xhtml": "one", "a%20b.xhtml": "two"},
            "one two",
        ),
        (
            {"a": "e\u0301.xhtml", "b": "./x/../y.xhtml"},
            {"\u00e9.xhtml": "one", "y.xhtml": "two"},
            "one two",
        ),
    ],
    ids=["case", "fragment", "percent", "Unicode"],
)
def test_every_chapter_is_found_under_its_own_name(
    tmp_path: Path, addresses: dict[str, str], parts: dict[str, str], texts: str
) -> None:
    book = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": package(**addresses)}
    pages = {f"OEBPS/{name}": f"<p>{text}" for name, text in parts.items()}
    sections = parsed(epub.parse, tmp_path / "a.epub", archive({**book, **pages}))
    assert [each.text for each in sections if each.text] == texts.split()


def test_a_book_without_a_container_is_read_and_missing_chapters_are_named(tmp_path: Path) -> None:
    parts = {"book.opf": package(a="a.xhtml", b="b.xhtml"), "a.xhtml": "<p>Wet."}
    document = parsed_document(epub.parse, tmp_path / "a.epub", archive(parts))
    assert document.sections[-1].text == "Wet."
    assert "chapters that are not in its file: b.xhtml" in document.warnings[0]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        (
            {
                "META-INF/encryption.xml": '<encryption xmlns="e"><EncryptedData><EncryptionMethod '
                'Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></EncryptedData>'
                "</encryption>"
            },
            "protected against copying",
        ),
        (
            {"OEBPS/text/one .xhtml": '<!DOCTYPE html [<!ENTITY a "ha">]><html>&a;</html>'},
            "declares entities of its own",
        ),
    ],
)
def test_why_a_book_cannot_be_read(tmp_path: Path, parts: dict[str, str], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parsed(epub.parse, tmp_path / "a.epub", archive({**BOOK, **parts}))


def test_an_archive_that_is_no_book_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is no EPUB"):
        parsed(epub.parse, tmp_path / "a.epub", archive({"a.xhtml": "<p>Wet."}))
