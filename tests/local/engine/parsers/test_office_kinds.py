"""Office files: symbols, fields, breaks, links, and letters that no reader sees."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.local.engine.parsers import ParsedDocument, docx, pptx, xlsx
from app.local.engine.parsers.sheets import Sheet
from tests.local.engine.parsers.documents import docx as word
from tests.local.engine.parsers.documents import parsed, parsed_document


def word_text(path: Path, body: str) -> str:
    [section] = parsed(docx.parse, path / "a.docx", word(body))
    return section.text


def field(instruction: str, result: str = "") -> str:
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end")]
    code = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return f"{marks[0]}{code}{result}{marks[1]}"


def text(words: str, font: str = "") -> str:
    fonts = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    return f'<w:r>{fonts}<w:t xml:space="preserve">{words}</w:t></w:r>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (field("MACROBUTTON AcceptAll [Click here]"), "[Click here]"),
        (field("SYMBOL 8364 \\u") + text(" 5"), "\u20ac 5"),
        (field("SYMBOL 128") + text(" 5"), "\u20ac 5"),
        (text("\uf062", "Symbol") + text(" rays"), "\u03b2 rays"),
        (text("b", "Symbol") + text(" rays"), "\u03b2 rays"),
        (text("\uf0fe", "Wingdings") + text(" insured"), "\U0001f5f9 insured"),
        (text("one") + '<w:r><w:br w:type="page"/></w:r>' + text("two"), "one\ntwo"),
        (text("one") + "<w:r><w:cr/></w:r>" + text("two"), "one\ntwo"),
        (text("one") + "<w:r><w:ptab/></w:r>" + text("two"), "one two"),
    ],
)
def test_what_word_shows_for_symbols_fields_and_breaks(
    tmp_path: Path, body: str, expected: str
) -> None:
    assert word_text(tmp_path, f"<w:p>{body}</w:p>") == expected


def test_a_large_first_letter_begins_its_word(tmp_path: Path) -> None:
    frame = '<w:pPr><w:framePr w:dropCap="drop" w:lines="3"/></w:pPr>'
    body = f"<w:p>{frame}{text('T')}</w:p><w:p>{text('he crane lifts nine tons.')}</w:p>"
    assert word_text(tmp_path, body) == "The crane lifts nine tons."


def test_a_row_that_begins_later_keeps_its_columns(tmp_path: Path) -> None:
    cells = [f"<w:tc><w:p>{text(word)}</w:p></w:tc>" for word in "ABCde"]
    late = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    rows = f"<w:tr>{''.join(cells[:3])}</w:tr><w:tr>{late}{''.join(cells[3:])}</w:tr>"
    assert "|  | d | e |" in word_text(tmp_path, f"<w:tbl>{rows}</w:tbl>")


def slide(fill: Callable[[Any], None]) -> bytes:
    from pptx import Presentation

    deck = Presentation()
    fill(deck.slides.add_slide(deck.slide_layouts[6]))
    content = BytesIO()
    deck.save(content)
    return content.getvalue()


def test_a_table_in_a_group_without_a_size_is_read(tmp_path: Path) -> None:
    def fill(one: Any) -> None:
        group = one.shapes.add_group_shape()
        table = one.shapes.add_table(1, 2, 914400, 914400, 914400, 914400)
        table.table.cell(0, 0).text = "Depot"
        group._element.append(table._element)

    [section] = parsed(pptx.parse, tmp_path / "a.pptx", slide(fill))
    assert "Depot" in section.text


def test_tiny_letters_and_escapes_of_a_slide_are_no_text(tmp_path: Path) -> None:
    def fill(one: Any) -> None:
        frame = one.shapes.add_textbox(914400, 914400, 914400, 914400).text_frame
        frame.text = "one_x000B_two"
        tiny = frame.paragraphs[0].add_run()
        tiny.text = "unseen"
        tiny.font.size = 12700

    content = slide(fill)
    [section] = parsed(pptx.parse, tmp_path / "a.pptx", content)
    assert section.text == "one two"


def white_box(one: Any, *, is_filled: bool) -> None:
    from pptx.dml.color import RGBColor

    for words, colour, top in (("seen", None, 1), ("white", RGBColor(255, 255, 255), 3)):
        box = one.shapes.add_textbox(914400, top * 914400, 914400, 914400)
        run = box.text_frame.paragraphs[0].add_run()
        run.text = words
        if colour:
            run.font.color.rgb = colour
            if is_filled:
                box.fill.solid()
                box.fill.fore_color.rgb = RGBColor(0, 0, 128)


def test_white_letters_on_a_white_slide_are_left_out(tmp_path: Path) -> None:
    content = slide(lambda one: white_box(one, is_filled=False))
    [section] = parsed(pptx.parse, tmp_path / "a.pptx", content)
    assert section.text == "seen"


def test_white_letters_on_a_filling_or_a_dark_slide_stay(tmp_path: Path) -> None:
    def dark(one: Any) -> None:
        from pptx.dml.color import RGBColor

        white_box(one, is_filled=False)
        one.background.fill.solid()
        one.background.fill.fore_color.rgb = RGBColor(0, 0, 128)

    def filled(one: Any) -> None:
        white_box(one, is_filled=True)

    for fill in (filled, dark):
        [section] = parsed(pptx.parse, tmp_path / "a.pptx", slide(fill))
        assert section.text == "seen\n\nwhite"


def sheet(tmp_path: Path, fill: Callable[[Any, Any], None]) -> ParsedDocument:
    import openpyxl

    book = openpyxl.Workbook()
    fill(book, book.active)
    content = BytesIO()
    book.save(content)
    return parsed_document(xlsx.parse, tmp_path / "a.xlsx", content.getvalue())


def test_links_of_cells_keep_their_addresses(tmp_path: Path) -> None:
    def fill(_: Any, page: Any) -> None:
        page.append(["the guide", "https://example.org/fees"])
        page["A1"].hyperlink = "https://example.org/guide"
        page["B1"].hyperlink = "https://example.org/fees"

    [section] = sheet(tmp_path, fill).sections
    cells = "| [the guide](https://example.org/guide) | https://example.org/fees |"
    assert cells in section.text


@pytest.mark.parametrize("colour", ["FFFFFFFF", "00FFFFFF"])
def test_white_cells_are_left_out_with_a_warning(tmp_path: Path, colour: str) -> None:
    from openpyxl.styles import Font, PatternFill

    def fill(_: Any, page: Any) -> None:
        page.append(["Fee", 7, 3, 5])
        page["C1"].font = Font(color=colour)
        page["D1"].font = Font(color=colour)
        page["D1"].fill = PatternFill("solid", fgColor="FF000080")

    document = sheet(tmp_path, fill)
    assert "| Fee | 7 | 5 |" in document.sections[0].text.replace(" |  |", " |")
    assert document.warnings == ("Sheet 'Sheet': 1 cell in white letters is left out.",)


def test_white_cells_of_a_table_with_a_style_of_its_own_stay(tmp_path: Path) -> None:
    from openpyxl.styles import Font
    from openpyxl.worksheet.table import Table, TableStyleInfo

    def fill(_: Any, page: Any) -> None:
        page.append(["Fee", "Euro"])
        page.append(["Mooring", 7])
        page["A1"].font = page["B1"].font = Font(color="FFFFFFFF")
        style = TableStyleInfo(name="TableStyleDark1")
        page.add_table(Table(displayName="Fees", ref="A1:B2", tableStyleInfo=style))

    document = sheet(tmp_path, fill)
    assert "| Fee | Euro |" in document.sections[0].text
    assert not document.warnings


def test_a_cell_is_a_link_once() -> None:
    page = Sheet("Fees", {1: {1: "the guide"}})
    for _ in range(3):
        page.link(((1, 1), (1, 1)), "https://example.org/guide")
    assert page.rows == {1: {1: "[the guide](https://example.org/guide)"}}
