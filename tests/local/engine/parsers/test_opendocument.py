"""OpenDocument: texts, spreadsheets and presentations as LibreOffice shows them."""

from pathlib import Path

import pytest

from app.local.engine.parsers import Document, Section, Unreadable, opendocument
from tests.local.engine.parsers.documents import archive

NAMES = 'xmlns:xlink="x" xmlns:dc="http://purl.org/dc/elements/1.1/" ' + " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
        ("style", "style"), ("presentation", "presentation"), ("svg", "svg-compatible"),
    )
)  # fmt: skip
STYLES = (
    '<style:style style:name="Secret"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="Own" style:parent-style-name="Secret"/>'
    '<style:style style:name="Gone"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="Skip"><style:drawing-page-properties presentation:visibility='
    '"hidden"/></style:style><text:list-style style:name="Numbers"><text:list-level-style-number '
    'text:level="1" style:num-format="1"/></text:list-style>'
)


def document(kind: str, body: str, margins: str = "") -> bytes:
    return archive(
        {
            "content.xml": f"<office:document-content {NAMES}><office:automatic-styles>{STYLES}"
            f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
            "</office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {NAMES}><office:master-styles>"
            f"<style:master-page>{margins}</style:master-page></office:master-styles>"
            "</office:document-styles>",
        }
    )


def read(path: Path, content: bytes) -> tuple[list[Section], list[str]]:
    (path / "a.odt").write_bytes(content)
    opened = Document(path / "a.odt")
    return list(opendocument.parse(opened)), opened.warnings


ITEM = "<text:list-item><text:p>%s</text:p></text:list-item>"
NOTE = (
    "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>So they say."
    "</text:p></text:note-body></text:note>"
)
WIDE = ' table:number-columns-spanned="2"'
CELL = "<table:table-cell%s><text:p>%s</text:p></table:table-cell>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<text:h text:outline-level="2">Clay</text:h><text:p>Wet.</text:p>', "## Clay\n\nWet."),
        ('<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p>', "a b c\nd"),
        ('<text:p>a<text:span text:style-name="Own">no</text:span>b</text:p>', "ab"),
        ('<text:p text:style-name="Secret">no</text:p><text:p>yes</text:p>', "yes"),
        (
            (
                '<text:section text:display="none"><text:p>no</text:p></text:section><text:section>'
                "<text:p>yes</text:p></text:section>"
            ),
            "yes",
        ),
        (
            "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>yes</text:p>",
            "yes",
        ),
        (f"<text:list>{ITEM % 'a'}{ITEM % 'b'}</text:list>", "- a\n- b"),
        (
            f'<text:list text:style-name="Numbers">{ITEM % "a"}{ITEM % "b"}</text:list>',
            "1. a\n2. b",
        ),
        (
            '<text:p>see <text:a xlink:href="https://example.com/">here</text:a></text:p>',
            "see [here](https://example.com/)",
        ),
        (f"<text:p>Wet{NOTE}.</text:p><text:p>End</text:p>", "Wet[1].\n\nEnd\n\n1. So they say."),
        (
            (
                "<text:p>Fee<office:annotation><dc:creator>Ann</dc:creator><text:p>50?</text:p>"
                "</office:annotation> 40</text:p>"
            ),
            "Fee 40\n\nComment by Ann: 50?",
        ),
        (
            (
                "<text:p><draw:frame><draw:text-box><text:p>Box</text:p></draw:text-box></draw:frame>"
                "Text</text:p>"
            ),
            "Text\n\nBox",
        ),
        (
            (
                f"<table:table><table:table-row>{CELL % ('', 'a')}<table:table-cell><table:table>"
                f"<table:table-row>{CELL % ('', 'b')}{CELL % ('', 'c')}</table:table-row>"
                f"</table:table></table:table-cell></table:table-row><table:table-row>"
                f"{CELL % ('', 'd')}{CELL % ('', 'e')}</table:table-row></table:table>"
            ),
            "| a | b c |\n| --- | --- |\n| d | e |",
        ),
        ("<text:p><draw:frame><svg:desc>A map</svg:desc></draw:frame></text:p>", "A map"),
        (
            (
                "<text:p><text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう"
                "</text:ruby-text></text:ruby>港</text:p>"
            ),
            "東京港",
        ),
        (
            (
                f"<table:table><table:table-row>{CELL % ('', 'a')}{CELL % ('', 'b')}"
                "</table:table-row>"
                f"<table:table-row>{CELL % (WIDE, 'c')}</table:table-row></table:table>"
            ),
            "| a | b |\n| --- | --- |\n| c | c |",
        ),
    ],
)
def test_a_text_is_read_as_it_is_shown(tmp_path: Path, body: str, text: str) -> None:
    [section], warnings = read(tmp_path, document("text", body))
    assert (section.text, section.page, warnings) == (text, None, [])


def test_headers_and_footers_of_a_text_stand_around_it(tmp_path: Path) -> None:
    margins = "<style:header><text:p>HX-4471</text:p></style:header><style:footer><text:p>Bremen"
    margins += "</text:p></style:footer>"
    [section], _ = read(tmp_path, document("text", "<text:p>Clay</text:p>", margins))
    assert section.text == "HX-4471\n\nClay\n\nBremen"


def row(*cells: str, more: str = "") -> str:
    return (
        f"<table:table-row{more}>{''.join(CELL % ('', cell) for cell in cells)}</table:table-row>"
    )


def test_a_spreadsheet_shows_its_visible_cells(tmp_path: Path) -> None:
    hidden = ' table:visibility="collapse"'
    sheet = (
        f"<table:table-column/><table:table-column{hidden}/><table:table-column/>"
        + row("Name", "Salary", "Zip")
        + row("Ann", "900", "02138")
        + row("Ben", "800", "1", more=' table:visibility="filter"')
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    gone = f'<table:table table:name="B" table:style-name="Gone">{row("no")}</table:table>'
    body = f'<table:table table:name="A">{sheet}</table:table>{gone}'
    [section], warnings = read(tmp_path, document("spreadsheet", body))
    assert section.text == "## A\n\n| Name | Zip |\n| --- | --- |\n| Ann | 02138 |"
    assert warnings == [
        "Sheet 'A': 1 hidden row and 1 hidden column are left out.",
        "Hidden sheets are left out: 'B'.",
    ]


def frame(text: str, top: int, kind: str = "") -> str:
    return (
        f'<draw:frame svg:x="1cm" svg:y="{top}cm" svg:width="9cm" svg:height="1cm" '
        f'presentation:class="{kind}"><draw:text-box><text:p>{text}</text:p></draw:text-box>'
        "</draw:frame>"
    )


def test_a_presentation_has_a_section_for_each_slide_that_is_shown(tmp_path: Path) -> None:
    notes = f"<presentation:notes>{frame('Say this.', 1, 'notes')}</presentation:notes>"
    first = frame("Winter", 5) + frame("Summer", 3) + frame("Ferry", 1, "title") + notes
    body = f'<draw:page>{first}</draw:page><draw:page draw:style-name="Skip">{frame("no", 1)}'
    [section], warnings = read(tmp_path, document("presentation", body + "</draw:page>"))
    assert (section.text, section.page) == ("# Ferry\n\nSummer\n\nWinter\n\nNotes: Say this.", 1)
    assert warnings == ["Slide 2 has been left out, since shows leave out hidden ones."]


MANIFEST = '<manifest xmlns="m"><file-entry><encryption-data/></file-entry></manifest>'


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"content.xml": "<a/>", "META-INF/manifest.xml": MANIFEST}, "encrypted with a password"),
        ({"mimetype": "application/zip"}, "is no OpenDocument"),
        (
            {"content.xml": '<!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'},
            "declares entities of its own",
        ),
    ],
)
def test_why_an_opendocument_cannot_be_read(
    tmp_path: Path, parts: dict[str, str], reason: str
) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(tmp_path, archive(parts))


WHITE = (
    '<style:style style:name="White"><style:text-properties fo:color="#FFFFFF"/></style:style>'
    '<style:style style:name="Lit"><style:text-properties fo:color="#ffffff" '
    'fo:background-color="#000080"/></style:style>'
    '<style:style style:name="Dark"><style:paragraph-properties fo:background-color="#000080"/>'
    "</style:style>"
)
PAGE = (
    '<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="28cm" '
    'fo:page-height="21cm"/></style:page-layout>'
)


def coloured(kind: str, body: str) -> bytes:
    """A document with the styles White, Lit and Dark, and slides of 28 by 21 centimetres."""
    names = f'{NAMES} xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    return archive(
        {
            "content.xml": f"<office:document-content {names}><office:automatic-styles>{WHITE}"
            f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
            "</office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {names}><office:automatic-styles>{PAGE}"
            "</office:automatic-styles><office:master-styles><style:master-page "
            'style:name="M" style:page-layout-name="L"/></office:master-styles>'
            "</office:document-styles>",
        }
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<text:p>a<text:span text:style-name="White">no</text:span></text:p>', "a"),
        ('<text:p text:style-name="White">no</text:p><text:p>a</text:p>', "a"),
        ('<text:p>a<text:span text:style-name="Lit">yes</text:span></text:p>', "ayes"),
        (
            (
                '<text:p text:style-name="Dark">a<text:span text:style-name="White">yes</text:span>'
                "</text:p>"
            ),
            "ayes",
        ),
        (
            (
                "<text:p>a</text:p><draw:custom-shape><text:p><text:span "
                'text:style-name="White">yes</text:span></text:p></draw:custom-shape>'
            ),
            "a\n\nyes",
        ),
        (
            '<text:p>no<text:hidden-paragraph text:is-hidden="true"/></text:p><text:p>a</text:p>',
            "a",
        ),
    ],
)
def test_white_text_on_paper_and_hidden_paragraphs_are_left_out(
    tmp_path: Path, body: str, text: str
) -> None:
    [section], _ = read(tmp_path, coloured("text", body))
    assert section.text == text


def test_white_cells_are_left_out_and_values_without_a_text_are_read(tmp_path: Path) -> None:
    white = CELL % (' table:style-name="White"', "no")
    value = '<table:table-cell office:value-type="float" office:value="42"/>'
    row = f"<table:table-row>{CELL % ('', 'a')}{white}{value}</table:table-row>"
    body = f'<table:table table:name="S">{row}</table:table>'
    [section], warnings = read(tmp_path, coloured("spreadsheet", body))
    assert "no" not in section.text
    assert "42" in section.text
    assert warnings == ["Sheet 'S': 1 cell in white letters is left out."]


def test_what_lies_beside_a_slide_is_left_out(tmp_path: Path) -> None:
    boxes = "".join(
        f'<draw:frame svg:x="{left}cm" svg:y="1cm" svg:width="5cm" svg:height="1cm">'
        f"<draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame>"
        for left, words in ((1, "on it"), (26, "half on it"), (40, "beside it"), (-9, "before it"))
    )
    body = f'<draw:page draw:master-page-name="M">{boxes}</draw:page>'
    [section], _ = read(tmp_path, coloured("presentation", body))
    assert section.text == "on it\n\nhalf on it"
