"""PDF: pages, paragraphs and headings; and PDFs that cannot be read."""

from pathlib import Path

import pytest

from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.pdf import parse
from app.local.engine.parsers.process import Parser
from tests.local.engine.parsers.documents import (
    LOCKED,
    PICTURE,
    Placed,
    parsed,
    parsed_document,
    pdf,
)

LONG = "Clay holds water, and this line is as long as a line of a paragraph is"


def lines(*texts: str, top: float = 600, size: float = 10, left: float = 72) -> list[Placed]:
    """Lines, one closely below the other."""
    return [(left, top - 1.2 * size * at, size, text) for at, text in enumerate(texts)]


def texts(path: Path, *pages: list[Placed]) -> list[str]:
    return [section.text for section in parsed(parse, path / "a.pdf", pdf(pages))]


def test_a_section_is_a_page(tmp_path: Path) -> None:
    content = pdf([[(72, 700, 10, "One (1).")], [], [(72, 700, 10, "Caf\u00e9.")]])
    sections = parsed(parse, tmp_path / "a.pdf", content)
    assert [(section.page, section.text) for section in sections] == [
        (1, "One (1)."),
        (2, ""),
        (3, "Caf\u00e9."),
    ]


def test_a_page_has_the_label_that_the_pdf_gives_it_beside_its_number(tmp_path: Path) -> None:
    ranges = "0 << /S /r >> 2 << /S /D >> 3 << /P (A-) /S /D /St 3 >> 4 << /P ( ) >>"
    pages = [[(72.0, 700.0, 10.0, f"Clay {soil}.")] for soil in ("red", "wet", "old", "dry", "raw")]
    content = pdf(pages, catalogue=f"/PageLabels << /Nums [{ranges}] >>")
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    parser = Parser()
    sections = parser.parse(path, path.name).sections
    parser.close()
    assert [(section.page, section.page_label) for section in sections] == [
        *((1, "i"), (2, "ii"), (3, "1"), (4, "A-3"), (5, None)),
    ]
    plain = pdf(pages, catalogue="/PageLabels << /Nums [0 << /S /D >>] >>")
    assert {section.page_label for section in parsed(parse, path, plain)} == {None}


def test_pages_that_are_only_a_picture_are_named_in_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.local.engine.parsers.pdf.recognizes_pictures", lambda: False)
    one: list[Placed | str] = [(72, 700, 10, "One.")]
    content = pdf([one, [PICTURE], [], [PICTURE, *one], [PICTURE], [PICTURE]])
    document = parsed_document(parse, tmp_path / "a.pdf", content)
    assert [section.text for section in document.sections] == ["One.", "", "", "One.", "", ""]
    (warning,) = document.warnings
    assert warning.startswith("Pages 2 and 5-6 have no text layer, only a picture")


def test_lines_that_wrapped_are_a_paragraph_again(tmp_path: Path) -> None:
    page = lines(LONG, "so that it goes on in the next. It ends.") + lines("Apart.", top=500)
    assert texts(tmp_path, page) == [f"{LONG} so that it goes on in the next. It ends.\n\nApart."]


def test_lines_that_did_not_wrap_stay(tmp_path: Path) -> None:
    assert texts(tmp_path, lines("12 Main Street", "Rome 00100", LONG)) == [
        f"12 Main Street\nRome 00100\n{LONG}"
    ]


def test_items_of_a_list_begin_anew_and_may_hang(tmp_path: Path) -> None:
    page = [
        (72.0, 700.0, 10.0, f"1. {LONG}"),
        (90.0, 688.0, 10.0, f"and {LONG[:57]}"),
        (72.0, 676.0, 10.0, f"2. {LONG}"),
        (72.0, 664.0, 10.0, "3. Sand does not."),
    ]
    assert texts(tmp_path, page) == [f"1. {LONG} and {LONG[:57]}\n2. {LONG}\n3. Sand does not."]


def test_what_is_larger_is_a_heading_by_its_size_or_its_number(tmp_path: Path) -> None:
    page = [
        (72.0, 740.0, 24.0, "Soils"),
        (72.0, 700.0, 16.0, "Clay"),
        *lines(LONG, LONG, LONG, LONG, LONG, "on.", top=660),
        (72.0, 580.0, 10.0, "2.1 Sand and silt"),
        (72.0, 560.0, 10.0, LONG),
    ]
    clay = " ".join([LONG] * 5)
    assert texts(tmp_path, page) == [
        f"# Soils\n\n## Clay\n\n{clay} on.\n\n## 2.1 Sand and silt\n\n{LONG}"
    ]


def test_what_runs_along_the_edges_of_pages_is_told_once(tmp_path: Path) -> None:
    pages = [
        [
            (72.0, 760.0, 10.0, "Annual report"),
            (72.0, 740.0, 10.0, f"Invoice {4711 + number}"),
            *lines(f"Here is the text of page {number}."),
            (72.0, 50.0, 10.0, f"{number} of 4"),
            (72.0, 30.0, 10.0, str(number + 7)),
        ]
        for number in range(1, 5)
    ]
    assert texts(tmp_path, *pages) == [
        "Annual report\n\nInvoice 4712\nHere is the text of page 1.\n\n1 of 4",
        "Invoice 4713\nHere is the text of page 2.",
        "Invoice 4714\nHere is the text of page 3.",
        "Invoice 4715\nHere is the text of page 4.",
    ]


def test_a_broken_word_is_whole_again(tmp_path: Path) -> None:
    page = lines(
        "The contents of a well-known soil were found to be of an extraordi-",
        "nary kind, and it was well-",
        "known.",
    )
    assert "of an extraordinary kind" in texts(tmp_path, page)[0]


def test_rows_of_a_table_keep_their_empty_cells(tmp_path: Path) -> None:
    rows = [("Soil", "Water", "State"), ("Clay", "12.5", "wet"), ("Sand", "", "dry")]
    page = [
        (72.0 + 150 * column, 700.0 - 12 * row, 10.0, cell)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    ]
    assert texts(tmp_path, page) == [
        "| Soil | Water | State |\n| --- | --- | --- |\n| Clay | 12.5 | wet |\n| Sand |  | dry |"
    ]


def test_dots_that_lead_to_a_page_number_are_few(tmp_path: Path) -> None:
    assert texts(tmp_path, lines("Clay . . . . . . . . . 12")) == ["Clay ... 12"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf([[(72, 700, 10, "Secret.")]], LOCKED), "encrypted with a password: remove it"),
        (pdf([[], []]), "no text layer, only pictures of pages"),
        (b"%PDF-1.7\nnothing of the kind", "not a PDF, or a damaged one"),
        (b"just text", "not a PDF, or a damaged one"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why_and_what_to_do(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(Unreadable, match=reason):
        parsed(parse, tmp_path / "a.pdf", content)


def test_a_damaged_pdf_is_still_read(tmp_path: Path) -> None:
    """PDFium finds the objects again when the table of their places is gone."""
    content = pdf([[(72, 700, 10, "Still here.")]])
    damaged = content.replace(b"xref\n0 6", b"lost\n0 6")
    assert damaged != content
    assert parsed(parse, tmp_path / "a.pdf", damaged)[0].text == "Still here."


END = "In all the years nobody has found that the largest load of the crane at quay nine"
REST = "is 14 tons in calm weather. The other cranes are smaller."


@pytest.mark.parametrize("count", [2, 5])
def test_running_titles_and_notes_are_not_within_a_sentence(tmp_path: Path, count: int) -> None:
    pages = [
        [
            (72.0, 770.0, 9.0, "Harbour Authority"),
            (72.0, 758.0, 9.0, "Contract 4711"),
            (72.0, 700.0, 10.0, "Ropes are dry." if number == 1 else REST),
            *([(72.0, 688.0, 10.0, END)] if number == 1 else []),
            *([(72.0, 90.0, 7.0, "1 By the inspectors, in May.")] if number == 1 else []),
            (72.0, 40.0, 9.0, f"Page {number} of {count}"),
        ]
        for number in range(1, count + 1)
    ]
    for number, page in enumerate(pages[2:], start=3):
        page[2] = (72.0, 700.0, 10.0, f"{('Clay', 'Sand', 'Silt')[number - 3]} is another matter.")
    first, second, *_ = texts(tmp_path, *pages)
    assert first == (
        f"Harbour Authority\nContract 4711\n\nRopes are dry.\n{END} is 14 tons in calm weather.\n\n"
        f"1 By the inspectors, in May.\n\nPage 1 of {count}"
    )
    assert second == "The other cranes are smaller."


def test_roman_page_numbers_are_left_out(tmp_path: Path) -> None:
    words = ("Ropes are dry.", "Chains rust.", "Nets float.", "Oars are long.")
    pages = [
        [(72.0, 700.0, 10.0, word), (300.0, 40.0, 9.0, number)]
        for word, number in zip(words, ("ii", "iii", "iv", "v"), strict=True)
    ]
    assert texts(tmp_path, *pages) == list(words)


def test_files_within_a_pdf_are_named_in_a_warning(tmp_path: Path) -> None:
    names = "/Names << /EmbeddedFiles << /Names [(rates.xlsx) 99 0 R] >> >>"
    attached = "/Subtype /FileAttachment /Rect [72 600 90 620] /FS 98 0 R"
    content = pdf([lines("The rates are attached.")], catalogue=names, annotations=[attached])
    files = "".join(
        f"{number} 0 obj\n<< /Type /Filespec /UF ({name}) /EF << /F 97 0 R >> >>\nendobj\n"
        for number, name in ((99, "rates.xlsx"), (98, "plan.dwg"))
    )
    file = "97 0 obj\n<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream\nendobj\n"
    content = content.replace(b"xref\n", f"{file}{files}xref\n".encode(), 1)
    document = parsed_document(parse, tmp_path / "a.pdf", content)
    [warning] = document.warnings
    assert "2 attachments are not read: rates.xlsx, plan.dwg." in warning


@pytest.mark.parametrize("end", [b"xref\n", b"2 0 obj"], ids=["its table", "its catalogue"])
def test_a_pdf_whose_end_is_missing_is_read_as_far_as_it_goes(tmp_path: Path, end: bytes) -> None:
    content = pdf([lines("Ropes are dry.")])
    if end == b"2 0 obj":
        content = content.replace(b"/Type /Catalog", b"/Type /Catalgo")
    content = content[: content.rindex(b"xref\n0")]
    document = parsed_document(parse, tmp_path / "a.pdf", content)
    assert [section.text for section in document.sections] == ["Ropes are dry."]
    assert "its end is missing" in document.warnings[0]


@pytest.mark.parametrize("order", [1, -1])
def test_lines_that_are_written_downwards_are_read_from_the_right(
    tmp_path: Path, order: int
) -> None:
    written = ["Nobodymayentertheboiler", "roomwithouthelmetsandgl", "oves.Allothersstay."]
    letters = [
        [(500.0 - 20 * at, 700.0 - 12 * down, 12.0, sign) for down, sign in enumerate(line)]
        for at, line in enumerate(written)
    ]
    page = [each for line in letters[::order] for each in line]
    [text] = texts(tmp_path, [*page, (72.0, 40.0, 9.0, "Page 7")])
    assert text.split("\n\n") == [" ".join(written), "Page 7"]


def test_a_page_that_cannot_be_opened_is_named_in_a_warning(tmp_path: Path) -> None:
    content = pdf([lines("Ropes are dry.")])
    content = content.replace(b"/Kids [4 0 R]", b"/Kids [4 0 R 2 0 R]")
    content = content.replace(b"/Count 1", b"/Count 2")
    document = parsed_document(parse, tmp_path / "a.pdf", content)
    assert [section.text for section in document.sections if section.text] == ["Ropes are dry."]
    assert document.warnings == ("Page 2 has not been read: the PDF is damaged there.",)
