"""Excel: what a reader sees of a workbook, and files that Excel opens and should not."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.local.engine.parsers import Document, xlsx
from tests.local.engine.parsers.documents import archive, changed, parts_of, relationships, strict

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = f'xmlns="{MAIN}" xmlns:r="{OFFICE}"'
PLAIN = '<row r="1"><c r="A1" t="inlineStr"><is><t>North</t></is></c><c r="B1"><v>7</v></c></row>'


def book(
    rows: str,
    *,
    columns: str = "",
    after: str = "",
    styles: str = "",
    strings: str = "",
    relations: tuple[tuple[str, str, str, str], ...] = (),
    parts: Mapping[str, str] | None = None,
    properties: str = "",
) -> bytes:
    """A workbook of one sheet, "Plain".

    Args:
        rows: what stands in its `sheetData`.
        columns: what stands before that.
        after: what stands behind it.
        styles: what stands in `styleSheet`.
        strings: what stands in the table of strings.
        relations: of the sheet.
        parts: more parts, by their names.
        properties: what stands first in `workbook`.
    """
    return archive(
        {
            "_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.xml", "")),
            "xl/workbook.xml": f"<workbook {NAMES}>{properties}<sheets>"
            '<sheet name="Plain" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relationships(
                ("r1", "worksheet", "worksheets/sheet1.xml", ""),
                ("r2", "styles", "styles.xml", ""),
                ("r3", "sharedStrings", "sharedStrings.xml", ""),
            ),
            "xl/worksheets/sheet1.xml": f"<worksheet {NAMES}>{columns}<sheetData>{rows}</sheetData>"
            f"{after}</worksheet>",
            "xl/worksheets/_rels/sheet1.xml.rels": relationships(*relations),
            "xl/styles.xml": f"<styleSheet {NAMES}>{styles}</styleSheet>",
            "xl/sharedStrings.xml": f"<sst {NAMES}>{strings}</sst>",
            **(parts or {}),
        }
    )


def read(path: Path, content: bytes) -> tuple[str, list[str]]:
    """The text of the sheet without its heading, and the warnings."""
    (path / "a.xlsx").write_bytes(content)
    document = Document(path / "a.xlsx")
    [section] = xlsx.parse(document)
    return section.text.removeprefix("## Plain\n\n"), document.warnings


def row(number: int, *cells: str, more: str = "") -> str:
    texts = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}" {more}>{texts}</row>'


def test_hidden_rows_and_columns_are_left_out_with_a_warning(tmp_path: Path) -> None:
    rows = (
        row(1, "Name", "Salary", "Role", "Pin")
        + row(2, "Ann", "900", "Cook", "1")
        + row(3, "Ben", "800", "Mate", "2", more='hidden="1"')
        + row(4, "Cem", "700", "Mate", "3", more='ht="0" customHeight="1"')
        + row(5, "Dan", "600", "Mate", "4")
    )
    columns = '<cols><col min="2" max="2" hidden="1"/><col min="4" max="4" width="0"/></cols>'
    text, warnings = read(tmp_path, book(rows, columns=columns))
    assert text == "| Name | Role |\n| --- | --- |\n| Ann | Cook |\n| Dan | Mate |"
    [warning] = warnings
    assert warning == "Sheet 'Plain': 2 hidden rows and 2 hidden columns are left out."


def test_hidden_sheets_are_named_in_a_warning(tmp_path: Path) -> None:
    name = "xl/workbook.xml"
    workbook = dict(parts_of(book(PLAIN)))[name].decode()
    more = "".join(
        f'<sheet name="{title}" state="{state}" r:id="r1"/>'
        for title, state in (("Secret", "hidden"), ("Deep", "veryHidden"))
    )
    content = changed(book(PLAIN), {name: workbook.replace("</sheets>", f"{more}</sheets>")})
    text, warnings = read(tmp_path, content)
    assert text.splitlines()[0] == "| North | 7 |"
    assert warnings == ["Hidden sheets are left out: 'Secret', 'Deep'."]


def test_a_formula_without_a_result_stands_there_itself_with_a_warning(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><f>B9</f><v></v></c><c r="B1"><f>SUM(A1:A9)</f><v></v></c>'
        '<c r="C1"><f t="shared" si="0"/></c><c r="D1"><f>1+1</f><v>2</v></c></row>'
    )
    text, [warning] = read(tmp_path, book(rows))
    assert text.splitlines()[0] == "| =SUM(A1:A9) | =? | 2 |"
    assert "no results for 2 of its formulas (B1, C1)" in warning
    assert "open it in Excel and save it" in warning


def test_a_formula_that_is_filled_over_cells_stands_in_each_of_them(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1</f></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"/></c><c r="B3"><f t="shared" si="1"/></c></row>'
    )
    text, _ = read(tmp_path, book(rows))
    assert text.split("\n\n") == ["=B1*$C$1", "| =B3*$C$1 | =? |\n| --- | --- |"]


def test_strings_are_read_without_escapes_and_readings(tmp_path: Path) -> None:
    strings = (
        "<si><t>one_x000D_\ntwo _x005F_x0041_</t></si>"
        "<si><r><t>東</t></r><r><t>京</t></r><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
    )
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>9</v></c></row>'
    text, _ = read(tmp_path, book(rows, strings=strings))
    assert text.splitlines()[0] == "| one two _x0041_ | 東京 |"


def test_numbers_have_the_format_of_their_style(tmp_path: Path) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165"/></numFmts>'
        '<fonts><font><family val="34"/><color rgb="#FF0000"/></font></fonts><fills><fill/></fills>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/>'
        "</cellXfs>"
    )
    rows = (
        '<row r="1"><c s=""><v>7</v></c><c s="1"><v>2138</v></c><c s="2"><v>8</v></c>'
        '<c s="3"><v>1</v></c><c s="99"><v>9</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c>'
        '<c t="d"><v>2024-01-02T00:00:00</v></c><c t="d" s="3"><v>2024-03-15T06:40:00</v></c></row>'
    )
    text, _ = read(tmp_path, book(rows, styles=styles, properties='<workbookPr date1904="1"/>'))
    assert text.splitlines()[0] == (
        "| 7 | 02138 | 8 | 1904-01-02 | 9 | TRUE | #N/A | 2024-01-02 | 2024-03-15 |"
    )


def test_text_boxes_and_notes_are_read(tmp_path: Path) -> None:
    drawing = (
        '<wsDr xmlns="d" xmlns:a="a"><twoCellAnchor><sp><nvSpPr><cNvPr id="1"/></nvSpPr><txBody>'
        "<a:p><a:r><a:t>Do not open </a:t></a:r><a:r><a:t>valve 7.</a:t></a:r></a:p></txBody></sp>"
        '</twoCellAnchor><twoCellAnchor><sp><nvSpPr><cNvPr id="2" hidden="1"/></nvSpPr><txBody>'
        "<a:p><a:r><a:t>secret</a:t></a:r></a:p></txBody></sp></twoCellAnchor></wsDr>"
    )
    legacy = "".join(
        f'<comment ref="{cell}"><text><r><t>{text}</t></r></text></comment>'
        for cell, text in (("A1", "By hand."), ("B1", "[Threaded comment] ..."), ("A2", "hidden"))
    )
    threads = "".join(
        f'<threadedComment ref="B1"><text>{text}</text></threadedComment>'
        for text in ("Who?", "Ann.")
    )
    content = book(
        row(1, "North", "7") + row(2, "x", more='hidden="1"'),
        relations=(
            ("r1", "drawing", "../drawings/drawing1.xml", ""),
            ("r2", "comments", "../comments1.xml", ""),
            ("r3", "threadedComment", "../threads.xml", ""),
        ),
        parts={
            "xl/drawings/drawing1.xml": drawing,
            "xl/comments1.xml": f"<comments {NAMES}><commentList>{legacy}</commentList></comments>",
            "xl/threads.xml": f"<ThreadedComments {NAMES}>{threads}</ThreadedComments>",
        },
    )
    text, _ = read(tmp_path, content)
    assert text.split("\n\n")[1:] == [
        "Do not open valve 7.",
        "Note on B1: Who? / Ann.",
        "Note on A1: By hand.",
    ]


def test_merged_cells_are_repeated_and_a_far_cell_widens_no_row(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>soil</t></is></c>'
        '<c r="XFD1" t="inlineStr"><is><t>far</t></is></c></row>'
        '<row r="2"><c r="B2"><v>1</v></c></row><row r="3"><c r="B3"><v>2</v></c></row>'
    )
    text, _ = read(tmp_path, book(rows, after='<mergeCells><mergeCell ref="A1:A3"/></mergeCells>'))
    assert text.splitlines() == [
        "| soil |  | far |",
        "| --- | --- | --- |",
        "| soil | 1 |  |",
        "| soil | 2 |  |",
    ]


BACKSLASHES = {
    name: name.replace("/", "\\")
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels")
}
ROOT = {
    "xl/workbook.xml": "workbook.xml",
    "xl/worksheets/sheet1.xml": "worksheets/sheet1.xml",
    "xl/_rels/workbook.xml.rels": "_rels/workbook.xml.rels",
}
CASE = {"xl/worksheets/sheet1.xml": "XL/Worksheets/Sheet1.XML"}
AT_ROOT = {"_rels/.rels": relationships(("r1", "officeDocument", "/workbook.xml", ""))}
BAD_DATE = {"docProps/core.xml": "<coreProperties><created>yesterday</created></coreProperties>"}


@pytest.mark.parametrize(
    ("parts", "names"),
    [({}, BACKSLASHES), (AT_ROOT, ROOT), ({}, CASE), (BAD_DATE, {}), ({"xl/styles.xml": "<a"}, {})],
    ids=["backslashes", "at the root", "other case", "a bad date", "damaged styles"],
)
def test_what_excel_opens_is_read(
    tmp_path: Path, parts: dict[str, str], names: dict[str, str]
) -> None:
    text, _ = read(tmp_path, changed(book(PLAIN), parts, names))
    assert text.splitlines()[0] == "| North | 7 |"


def test_parts_that_no_relationship_names_are_found_at_their_usual_places(tmp_path: Path) -> None:
    rows = '<row r="1"><c t="s"><v>0</v></c><c><v>7</v></c></row>'
    content = book(rows, strings="<si><t>North</t></si>")
    only = relationships(("r1", "worksheet", "worksheets/sheet1.xml", ""))
    text, _ = read(tmp_path, changed(content, {"xl/_rels/workbook.xml.rels": only}))
    assert text.splitlines()[0] == "| North | 7 |"


def test_the_strict_form_of_a_workbook_is_read_as_the_other(tmp_path: Path) -> None:
    text, _ = read(tmp_path, strict(book(PLAIN)))
    assert text.splitlines()[0] == "| North | 7 |"
