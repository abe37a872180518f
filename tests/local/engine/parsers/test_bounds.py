"""Documents that are built to exhaust their reader: they are bounded, or refused with a reason."""

import struct
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from app.local.engine.parsers import Unreadable, docx, epub, hypertext, opendocument, pptx, xlsx
from tests.local.engine.parsers.documents import Parse, archive, changed, parsed
from tests.local.engine.parsers.documents import docx as word
from tests.local.engine.parsers.documents import pptx as slides
from tests.local.engine.parsers.documents import xlsx as workbook
from tests.local.engine.parsers.test_excel import NAMES, book, read

SECONDS = 20  # of the processor; each took minutes
CLAY = "<w:p><w:r><w:t>Clay.</w:t></w:r></w:p>"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY % e SYSTEM "file:///etc/hostname"> %e;]><x/>'
TEXT = '<o:d xmlns:o="o" xmlns:t="t"><o:body><o:text><t:p>Clay.</t:p></o:text></o:body></o:d>'
EPUB = {
    "META-INF/container.xml": '<c><rootfile full-path="c.opf"/></c>',
    "c.opf": '<p><manifest><item id="a" href="a.html" media-type="text/html"/></manifest>'
    '<spine><itemref idref="a"/></spine></p>',
    "a.html": "<p>Clay.",
}
FAMILIES: dict[str, tuple[Parse, Callable[[], bytes], str]] = {
    "docx": (docx.parse, lambda: word(CLAY), "word/document.xml"),
    "xlsx": (xlsx.parse, lambda: workbook("Clay"), "xl/worksheets/sheet1.xml"),
    "pptx": (pptx.parse, lambda: slides("Clay"), "ppt/slides/slide1.xml"),
    "odt": (opendocument.parse, lambda: archive({"content.xml": TEXT}), "content.xml"),
    "epub": (epub.parse, lambda: archive(EPUB), "a.html"),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (b"<a>" + b" " * 30_000_000 + b"</a>", "would unpack to"),
        (LAUGHS.encode(), "declares entities of its own"),
        (LAUGHS.encode("utf-16"), "declares entities of its own"),
        (b"<?xml version='1.0'?>" + b" " * 20_000 + LAUGHS.encode(), "declares entities"),
        (OUTSIDE.encode(), "declares entities of its own"),
    ],
    ids=["dense", "laughs", "laughs in UTF-16", "laughs late", "outside"],
)
def test_a_bomb_in_any_archive_is_refused(
    tmp_path: Path, family: str, part: bytes, reason: str
) -> None:
    parse, make, name = FAMILIES[family]
    with pytest.raises(Unreadable, match=reason):
        parsed(parse, tmp_path / "a", changed(make(), {name: part}))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("size", "reason"), [(0xFFFFFFF0, "would unpack to 4,096 MB"), (100, "damaged")]
)
def test_an_archive_that_lies_about_its_size_is_refused(
    tmp_path: Path, family: str, size: int, reason: str
) -> None:
    parse, make, name = FAMILIES[family]
    content = bytearray(changed(make(), {name: b"<a>" + b" " * 900_000 + b"</a>"}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = -1
        while (place := content.find(signature, place + 1)) >= 0:
            if struct.unpack_from("<I", content, place + offset)[0] > 900_000:
                struct.pack_into("<I", content, place + offset, size)
    with pytest.raises(Unreadable, match=reason):
        parsed(parse, tmp_path / "a", bytes(content))


@pytest.mark.parametrize("family", FAMILIES)
def test_an_archive_of_more_than_512_megabytes_is_refused_however_little_it_is_packed(
    tmp_path: Path, family: str
) -> None:
    parse, make, _ = FAMILIES[family]
    content = bytearray(make())
    place = content.find(b"PK\x01\x02")  # the first entry of the archive's own list of its parts
    struct.pack_into("<II", content, place + 20, 400 * 2**20, 512 * 2**20 + 1)
    with pytest.raises(Unreadable, match="would unpack to 512 MB"):
        parsed(parse, tmp_path / "a", bytes(content))


def test_a_page_with_an_element_of_very_many_attributes_is_refused(tmp_path: Path) -> None:
    names = " ".join(f'x{number}="1"' for number in range(100_000))
    with pytest.raises(Unreadable, match="more than 5,000 attributes"):
        parsed(hypertext.parse, tmp_path / "a", f"<p {names}>x".encode())
    written = f'<p title="{"word " * 9000}">Clay.'
    [section] = parsed(hypertext.parse, tmp_path / "a", written.encode())
    assert section.text == "Clay."


def inserting(part: bytes, times: int) -> bytes:
    body = '<w:altChunk r:id="t1"/>' * times
    return changed(word(body, [("aFChunk", "c.docx")]), {"word/c.docx": part})


def test_documents_are_inserted_a_bounded_number_of_times(tmp_path: Path) -> None:
    content = inserting(inserting(word(CLAY), 300), 300)
    with pytest.raises(Unreadable, match="More than 500 documents are inserted"):
        parsed(docx.parse, tmp_path / "a", content)
    [section] = parsed(docx.parse, tmp_path / "a", inserting(word(CLAY), 3))
    assert section.text.split() == ["Clay."] * 3


NUMBERED = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
LEVEL = (
    '<w:numbering><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="{start}"/>'
    '<w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)


def _fields() -> bytes:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>x</w:t></w:r>'
    return word(f"{CLAY}<w:p>{begin * 6000}</w:p>")


def _numbers(start: int, form: str, text: str) -> bytes:
    level = LEVEL.format(start=start, form=form, text=text)
    return word(CLAY + NUMBERED * 2000, [("numbering", "numbering.xml")], numbering=level)


def _comments() -> bytes:
    body = '<w:p><w:r><w:commentReference w:id="0"/></w:r></w:p>' * 4_000
    own = f"<w:p><w:r><w:t>{'word ' * 2000}</w:t></w:r></w:p>"
    comments = f'<w:comments><w:comment w:id="0">{own}</w:comment></w:comments>'
    return word(CLAY + body, [("comments", "comments.xml")], comments=comments)


@pytest.mark.parametrize(
    "make",
    [
        _fields,
        _comments,
        lambda: _numbers(2_000_000_000, "lowerLetter", "%1."),
        lambda: _numbers(2_000_000_000, "upperRoman", "%1."),
        lambda: _numbers(1, "decimal", "%1" * 50_000),
    ],
    ids=["fields", "comments", "letters", "Roman numerals", "long label"],
)
def test_what_word_computes_is_bounded(tmp_path: Path, make: Callable[[], bytes]) -> None:
    content, began = make(), process_time()
    [section] = parsed(docx.parse, tmp_path / "a", content)
    assert process_time() - began < SECONDS
    assert "Clay." in section.text
    assert len(section.text) < 1_000_000


def _column(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def test_a_sheet_of_cells_in_columns_of_their_own_is_read_row_by_row(tmp_path: Path) -> None:
    rows = (
        f'<row r="{at}"><c r="{_column(at)}{at}"><v>{at}</v></c></row>' for at in range(1, 5000)
    )
    began = process_time()
    text, _ = read(tmp_path, book("".join(rows)))
    assert process_time() - began < SECONDS
    assert text.split("\n") == [str(at) for at in range(1, 5000)]


def test_a_sheet_that_is_named_again_and_again_is_read_once(tmp_path: Path) -> None:
    sheets = "".join(f'<sheet name="s{at}" sheetId="{at}" r:id="r1"/>' for at in range(1, 3000))
    content = changed(
        book('<row r="1"><c><v>7</v></c></row>'),
        {"xl/workbook.xml": f"<workbook {NAMES}><sheets>{sheets}</sheets></workbook>"},
    )
    assert [section.text for section in parsed(xlsx.parse, tmp_path / "a", content)] == [
        "## s1\n\n7"
    ]


def test_a_format_of_half_a_million_characters_is_cut(tmp_path: Path) -> None:
    code = f"{'0' * 200_000}.{'0' * 200_000}"
    styles = (
        f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="200"/></cellXfs>'
    )
    text, _ = read(tmp_path, book('<row r="1"><c><v>1.5</v></c></row>', styles=styles))
    assert text == "2".zfill(255)
