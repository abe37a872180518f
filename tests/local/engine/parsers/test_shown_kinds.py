"""What a reader sees of lists, tables, formulas, front matter, numbers and printed pages."""

from pathlib import Path

import pytest

from app.local.engine.parsers import docx
from app.local.engine.parsers.delimited import read as read_csv
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.markdown import without_front_matter
from app.local.engine.parsers.sheets.number_formats import show_number
from tests.local.engine.parsers.documents import docx as word
from tests.local.engine.parsers.documents import parsed
from tests.local.engine.parsers.test_bounds import LEVEL
from tests.local.engine.parsers.test_excel import book, read, row


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<ol type="a"><li>Rent<li>Notice</ol>', "a. Rent\nb. Notice"),
        ('<ol type="I" start="3"><li>Rent<li>Notice</ol>', "III. Rent\nIV. Notice"),
        ("<ol><li value=5>five<li>six</ol>", "5. five\n6. six"),
        ("<ol reversed><li>three<li>two<li>one</ol>", "3. three\n2. two\n1. one"),
        ("<ol start=0><li>none<li>one</ol>", "0. none\n1. one"),
        (
            "<table><tfoot><tr><td>Sum<td>7</tfoot><thead><tr><th>B<th>Fee</thead><tr><td>B1<td>7",
            "| B | Fee |\n| --- | --- |\n| B1 | 7 |\n| Sum | 7 |",
        ),
        ("<pre>a<br>b</pre>", "```\na\nb\n```"),
        ("<dialog open><p>Shown.</dialog><dialog><p>Not shown.</dialog>", "Shown."),
        ('<h2>Fees <a class="headerlink" href="#fees">\u00b6</a></h2>', "## Fees"),
        (
            "<p>E = <math><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>",
            "E = mc^2",
        ),
        (
            "<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>",
            "(a+b)/2",
        ),
    ],
)
def test_what_a_page_shows(markup: str, text: str) -> None:
    assert to_markdown(markup) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{\n"title": "Clay",\n"tags": ["a"]\n}\n\nWet.\n', "# Clay\n\nWet.\n"),
        ('{\n"title": "Clay"\n}\n', '{\n"title": "Clay"\n}\n'),
        ('{\n"title": Clay\n}\n\nWet.\n', '{\n"title": Clay\n}\n\nWet.\n'),
        ("---\ntitle: >\n  Clay and\n  sand\n---\nWet.", "# Clay and sand\n\nWet."),
    ],
)
def test_front_matter_in_json_and_titles_of_several_lines(text: str, shown: str) -> None:
    assert without_front_matter(text) == shown


def test_a_table_below_as_many_lines_of_its_title_is_one() -> None:
    text = "Report\nOf all berths\nBerth,Owner\nNorth,Cleo\n"
    assert list(read_csv(text))[2:] == [["Berth", "Owner"], ["North", "Cleo"]]


@pytest.mark.parametrize(
    ("form", "labels"),
    [
        ("decimalZero", ["09", "10"]),
        ("ordinal", ["9th", "10th"]),
        ("chineseCounting", ["九", "十"]),
        ("russianLower", ["и", "к"]),
        ("upperLetter", ["I", "J"]),
    ],
)
def test_the_numbers_of_lists_are_in_their_form(
    tmp_path: Path, form: str, labels: list[str]
) -> None:
    place = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    body = "".join(f"<w:p>{place}<w:r><w:t>{word_}</w:t></w:r></w:p>" for word_ in "xy")
    level = LEVEL.format(start=9, form=form, text="%1)")
    content = word(body, [("numbering", "numbering.xml")], numbering=level)
    [section] = parsed(docx.parse, tmp_path / "a", content)
    assert section.text == f"{labels[0]}) x\n{labels[1]}) y"


def test_a_legal_number_is_of_digits(tmp_path: Path) -> None:
    place = '<w:pPr><w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    body = "".join(f"<w:p>{place.format(at)}<w:r><w:t>x</w:t></w:r></w:p>" for at in (0, 1))
    inner = (
        '<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>'
    )
    level = LEVEL.format(start=4, form="upperRoman", text="%1.")
    level = level.replace("</w:abstractNum>", f"{inner}</w:abstractNum>")
    content = word(body, [("numbering", "numbering.xml")], numbering=level)
    [section] = parsed(docx.parse, tmp_path / "a", content)
    assert section.text.split() == ["IV.", "x", "4.1", "x"]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("[$-419]d mmmm yyyy", "15 марта 2024"),
        ("[$-419]mmmm yyyy", "март 2024"),
        ("[$-405]d. mmmm yyyy", "15. března 2024"),
        ("[$-415]d mmmm yyyy", "15 marca 2024"),
        ("[$-40E]yyyy. mmmm d.", "2024. március 15."),
        ("[$-414]d. mmmm yyyy", "15. mars 2024"),
    ],
)
def test_months_have_their_names_in_more_languages(code: str, shown: str) -> None:
    assert show_number("45366", code) == shown


def test_what_is_printed_around_a_sheet_is_read_without_what_is_computed(tmp_path: Path) -> None:
    after = (
        '<headerFooter differentFirst="1"><oddHeader>&amp;L&amp;"Arial,Bold"&amp;12Contract 4711'
        "&amp;C&amp;A&amp;RConfidential</oddHeader><firstHeader>&amp;CTo be signed</firstHeader>"
        "<oddFooter>&amp;LHarbour &amp;&amp; Quay Ltd&amp;RPage &amp;P of &amp;N</oddFooter>"
        "<evenFooter>&amp;L&amp;1#&amp;10Sensitivity: Internal</evenFooter>"
        '<evenHeader>&amp;C&amp;"Calibri"&amp;10Internal&amp;1#_x000D_&amp;11Report</evenHeader>'
        "</headerFooter>"
    )
    text, _ = read(tmp_path, book(row(1, "Berth", "Fee") + row(2, "B1", "7"), after=after))
    table = "| Berth | Fee |\n| --- | --- |\n| B1 | 7 |"
    assert text == (
        f"To be signed\nContract 4711\nConfidential\nReport\n\n{table}\n\nHarbour & Quay Ltd"
    )


def test_what_stands_beside_a_label_of_protection_is_read(tmp_path: Path) -> None:
    after = (
        "<headerFooter><oddFooter>&amp;LOur own_x000D_&amp;1#&amp;10Internal</oddFooter>"
        "</headerFooter>"
    )
    text, _ = read(tmp_path, book(row(1, "Berth"), after=after))
    assert text == "Berth\n\nOur own"
