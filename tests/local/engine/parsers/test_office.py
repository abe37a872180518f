"""Word, Excel and PowerPoint: what each shows its reader, and files made to do harm."""

import struct
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.local.engine.parsers import (
    Unreadable,
    docx,
    pptx,
    xlsx,
)
from tests.local.engine.parsers.documents import Parse, archive, parsed
from tests.local.engine.parsers.documents import docx as word

if TYPE_CHECKING:
    import openpyxl


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def styled(style: str) -> str:
    return f'<w:pStyle w:val="{style}"/>'


def numbered(num: int, depth: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{num}"/></w:numPr>'


STYLES = (
    '<w:styles><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="U"><w:name w:val="Überschrift"/>'
    '<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:styleId="Own"><w:name w:val="Mine"/><w:basedOn w:val="U"/></w:style>'
    f'<w:style w:styleId="Step"><w:name w:val="Step"/><w:pPr>{numbered(2)}</w:pPr></w:style>'
    '<w:style w:styleId="Loop"><w:name w:val="L"/><w:basedOn w:val="Loop"/></w:style></w:styles>'
)


def level(depth: int, form: str, text: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


NUMBERING = (
    '<w:numbering><w:abstractNum w:abstractNumId="0">'
    + level(0, "decimal", "%1.")
    + level(1, "lowerLetter", "%1.%2)")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + level(0, "upperRoman", "Step %1:", start=4)
    + '</w:abstractNum><w:abstractNum w:abstractNumId="2">'
    + level(0, "bullet", "o")
    + level(1, "bullet", "o")
    + "</w:abstractNum>"
    + "".join(
        f'<w:num w:numId="{at + 1}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(3)
    )
    + '<w:num w:numId="4"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="7"/></w:lvlOverride></w:num></w:numbering>'
)


TABLE = (
    f"<w:tbl><w:tr><w:tc>{paragraph('a')}</w:tc><w:tc><w:p/></w:tc></w:tr>"
    f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("b")}</w:tc></w:tr></w:tbl>'
)


def sign(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


ROOT = f"<m:rad><m:radPr/><m:deg/><m:e>{sign('x')}</m:e></m:rad>"
FRACTION = f"{sign('y=')}<m:f><m:num>{sign('1')}</m:num><m:den>{ROOT}</m:den></m:f>"
CELLS = "".join(f"<m:e>{sign(letter)}</m:e>" for letter in "ab")
MATRIX = f"<m:m><m:mr>{CELLS}</m:mr><m:mr>{CELLS}</m:mr></m:m>"
HAT = (
    f"<m:func><m:fName>{sign('sin')}</m:fName><m:e>{sign('z')}</m:e></m:func>"
    f"<m:acc><m:accPr/><m:e>{sign('v')}</m:e></m:acc>"
)
MATRIX_IN_LATEX = r"$\begin{matrix}a & b \\ a & b\end{matrix}sin z \hat{v}$"
SUM = (
    f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{sign("i")}</m:sub><m:sup/>'
    f"<m:e><m:d><m:dPr/><m:e>{sign('i')}</m:e></m:d></m:e></m:nary>"
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (paragraph("Clay &amp; sand.") + paragraph("Wet."), "Clay & sand.\n\nWet."),
        # headings by the name of the style, by its outline level, inherited, or of the paragraph
        (paragraph("Soils", styled("H1")) + paragraph("Clay", styled("Own")), "# Soils\n\n## Clay"),
        (paragraph("Sand", '<w:outlineLvl w:val="2"/>'), "### Sand"),
        (paragraph("Text", '<w:outlineLvl w:val="9"/>' + styled("H1")), "Text"),
        (paragraph("Text", styled("Loop")), "Text"),
        # lists, and headings with numbers
        (paragraph("a", numbered(3)) + paragraph("b", numbered(3, 1)), "- a\n  - b"),
        (
            paragraph("a", numbered(1))
            + paragraph("b", numbered(1, 1))
            + paragraph("c", numbered(1)),
            "1. a\n   1.a) b\n2. c",
        ),
        (
            paragraph("a", numbered(1)) + paragraph("Apart.") + paragraph("b", numbered(1)),
            "1. a\n\nApart.\n\n2. b",
        ),
        (paragraph("a", numbered(1)) + paragraph("b", numbered(4)), "1. a\n7. b"),
        (paragraph("a", numbered(1, 1)) + paragraph("b", numbered(1)), "1.a) a\n\n2. b"),
        (paragraph("a", styled("Step")) + paragraph("b", styled("Step")), "Step IV: a\nStep V: b"),
        (paragraph("Soils", styled("H1") + numbered(1)), "# 1. Soils"),
        (paragraph("not in a list", styled("Step") + numbered(0)), "not in a list"),
        # what is hidden, deleted or inserted
        (f"<w:p>{run('no', '<w:vanish/>')}{run('yes')}</w:p>", "yes"),
        (f"<w:p><w:del>{run('no')}</w:del><w:ins>{run('yes')}</w:ins></w:p>", "yes"),
        # tables and equations
        (TABLE, "| a |  |\n| --- | --- |\n| b | b |"),
        (f"<w:p><m:oMath>{FRACTION}</m:oMath></w:p>", r"$y=\frac{1}{\sqrt{x}}$"),
        (f"<w:p><m:oMath>{sign('A=πr±2')}</m:oMath></w:p>", r"$A=\pi r\pm 2$"),
        (f"<w:p><m:oMath>{MATRIX}{HAT}</m:oMath></w:p>", MATRIX_IN_LATEX),
        (f"<w:p><m:oMathPara><m:oMath>{SUM}</m:oMath></m:oMathPara></w:p>", r"$$\sum_{i} (i)$$"),
    ],
)
def test_word_becomes_markdown(tmp_path: Path, body: str, text: str) -> None:
    content = word(body, styles=STYLES, numbering=NUMBERING)
    [section] = parsed(docx.parse, tmp_path / "a.docx", content)
    assert (section.text, section.page) == (text, None)


CHART = (
    "<c:chartSpace><c:chart><c:title><a:t>Rain</a:t></c:title><c:plotArea><c:barChart><c:ser>"
    "<c:tx><c:strCache><c:pt idx='0'><c:v>mm</c:v></c:pt></c:strCache></c:tx>"
    "<c:cat><c:pt idx='0'><c:v>Mon</c:v></c:pt><c:pt idx='1'><c:v>Tue</c:v></c:pt></c:cat>"
    "<c:val><c:pt idx='1'><c:v>0.30000000000000004</c:v></c:pt></c:val>"
    "</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
)


def test_a_chart_in_word_is_the_table_that_it_draws(tmp_path: Path) -> None:
    drawing = '<w:p><w:r><w:drawing><c:chart r:id="t1"/></w:drawing></w:r></w:p>'
    content = word(drawing, [("chart", "charts.xml")], charts=CHART)
    [section] = parsed(docx.parse, tmp_path / "a.docx", content)
    assert section.text == "Bar chart: Rain\n\n| | mm |\n| --- | --- |\n| Mon | |\n| Tue | 0.3 |"


def test_notes_in_word_have_their_numbers(tmp_path: Path) -> None:
    body = f'<w:p>{run("Wet.")}<w:r><w:footnoteReference w:id="5"/></w:r></w:p>'
    notes = (
        f'<w:footnotes><w:footnote w:id="5">{paragraph("So they say.")}</w:footnote></w:footnotes>'
    )
    content = word(body, [("footnotes", "footnotes.xml")], footnotes=notes)
    [section] = parsed(docx.parse, tmp_path / "a.docx", content)
    assert section.text == "Wet.[1]\n\n1. So they say."


def workbook(fill: "Callable[[openpyxl.Workbook], None]") -> bytes:
    import openpyxl  # slow to load, and not needed to list the tests

    book = openpyxl.Workbook()
    fill(book)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_excel_becomes_a_section_for_each_visible_sheet(tmp_path: Path) -> None:
    def fill(book: "openpyxl.Workbook") -> None:
        day = datetime(2024, 1, 2)  # noqa: DTZ001 Excel's days are of no zone
        sheet = book.active
        sheet.title = "Rain"
        sheet.append(["Measured by hand", None, None])
        sheet.append([])
        sheet.append(["day", "mm", "share", "wet", "at"])
        sheet.append([day, 0.1 + 0.2, 0.125, True, time(9, 30)])
        sheet.append([day + timedelta(hours=36), 1e20, 2, False, "a|b\nc"])
        sheet["C4"].number_format = "0.0%"
        sheet.merge_cells("A1:C1")
        book.create_sheet("Empty")
        book.create_sheet("Secret").append(["no"])
        book["Secret"].sheet_state = "hidden"

    [section] = parsed(xlsx.parse, tmp_path / "a.xlsx", workbook(fill))
    assert section.text.splitlines() == [
        "## Rain",
        "",
        "Measured by hand",
        "",
        "| day | mm | share | wet | at |",
        "| --- | --- | --- | --- | --- |",
        "| 2024-01-02 0:00:00 | 0.3 | 12.5% | TRUE | 9:30:00 |",
        "| 2024-01-03 12:00:00 | 1E+20 | 2 | FALSE | a\\|b c |",
    ]


def test_excel_tables_side_by_side_merged_cells_and_charts(tmp_path: Path) -> None:
    from openpyxl.chart import BarChart, Reference

    def fill(book: "openpyxl.Workbook") -> None:
        sheet = book.active
        for row in (
            ["soil", "soil", None, "place", "n"],
            ["clay", 1, None, "Rome", 3],
            [None, 2, None, "Oslo", 4],
        ):
            sheet.append(row)
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("A2:A3")
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=5, min_row=1, max_row=3), titles_from_data=True)
        sheet.add_chart(chart, "H1")

    [section] = parsed(xlsx.parse, tmp_path / "a.xlsx", workbook(fill))
    assert section.text.split("\n\n") == [
        "## Sheet",
        "| soil | soil |\n| --- | --- |\n| clay | 1 |\n| clay | 2 |",
        "| place | n |\n| --- | --- |\n| Rome | 3 |\n| Oslo | 4 |",
        "Bar chart",
    ]


def test_powerpoint_becomes_a_section_for_each_visible_slide(tmp_path: Path) -> None:
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    box = (Inches(1), Inches(1), Inches(4), Inches(1))
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Soils"
    body = slide.placeholders[1].text_frame
    body.text = "Clay"
    deeper = body.add_paragraph()
    deeper.text, deeper.level = "wet", 1
    grid = slide.shapes.add_table(2, 2, Inches(1), Inches(7), Inches(4), Inches(1)).table
    grid.cell(0, 0).merge(grid.cell(0, 1))
    grid.cell(0, 0).text, grid.cell(1, 0).text, grid.cell(1, 1).text = "both", "a", "b"
    slide.notes_slide.notes_text_frame.text = "Say this."

    hidden = deck.slides.add_slide(deck.slide_layouts[6])
    hidden.shapes.add_textbox(*box).text_frame.text = "no"
    hidden.element.set("show", "0")

    last = deck.slides.add_slide(deck.slide_layouts[6])
    group = last.shapes.add_group_shape()
    group.shapes.add_textbox(*box).text_frame.text = "In a group"
    data = CategoryChartData()
    data.categories = ["Mon"]
    data.add_series("mm", (2.5,))
    last.shapes.add_chart(XL_CHART_TYPE.LINE, *box, data)
    picture = last.shapes.add_picture(BytesIO(PIXEL), Inches(1), Inches(1))
    picture._element.nvPicPr.cNvPr.set("descr", "A map")

    content = BytesIO()
    deck.save(content)
    sections = parsed(pptx.parse, tmp_path / "a.pptx", content.getvalue())
    assert [section.page for section in sections] == [1, 3]
    assert sections[0].text.split("\n\n") == [
        "# Soils",
        "- Clay\n  - wet",
        "| both | both |\n| --- | --- |\n| a | b |",
        "Notes: Say this.",
    ]
    assert sections[1].text.split("\n\n") == [
        "In a group",
        "Line chart",
        "|  | mm |\n| --- | --- |\n| Mon | 2.5 |",
        "A map",
    ]


PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00"
    b"\x00\x02\x02D\x01\x00;"
)
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
    '<w:document xmlns:w="w"><w:body><w:p>&c;</w:p></w:body></w:document>'
)


def locked() -> bytes:
    """An archive whose one member says that it is encrypted: bit 0 of its flags."""
    content = bytearray(archive({"word/document.xml": "<a/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.index(signature) + offset, 1)
    return bytes(content)


def bomb() -> bytes:
    return archive({"word/document.xml": b"<a/>" + b" " * 30_000_000})


def crowded() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for number in range(20_001):
            target.writestr(str(number), "")
    return content.getvalue()


@pytest.mark.parametrize("parse", [docx.parse, xlsx.parse, pptx.parse])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"just text", "damaged, or no Office file"),
        (archive({"a": "b"})[:-30], "damaged, or no Office file"),
        (archive({"a": "b"}), "Give it the suffix of what it really is"),
        (OLD, "format before 2007"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "encrypted with a password: remove it"),
        (locked, "parts are encrypted"),
        (bomb, "would unpack to 29 MB in 1 parts"),
        (crowded, "in 20,001 parts"),
        (archive({"word/document.xml": LAUGHS}), "declares entities of its own"),
        (archive({"a/b.rels": LAUGHS.encode("utf-16")}), "declares entities of its own"),
    ],
    ids=[
        "text",
        "cut",
        "other",
        "old",
        "encrypted",
        "locked",
        "bomb",
        "crowded",
        "laughs",
        "laughs-utf16",
    ],
)
def test_office_files_that_cannot_be_read(
    tmp_path: Path, parse: Parse, content: bytes | Callable[[], bytes], reason: str
) -> None:
    whole = content if isinstance(content, bytes) else content()
    with pytest.raises(Unreadable, match=reason):
        parsed(parse, tmp_path / "a", whole)
