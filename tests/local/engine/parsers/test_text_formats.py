"""Plain text, Markdown and CSV: encodings, front matter, delimiters, records."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.parsers import (
    Document,
    Records,
    Section,
    Unreadable,
    delimited,
    markdown,
    plain,
    tsv,
)
from app.local.engine.parsers.encodings import decode
from tests.local.engine.parsers.documents import parsed

JAPANESE = "髙橋さんは東京に住んでいます。"


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("naïve".encode(), None, "naïve"),
        (codecs.BOM_UTF8 + "naïve".encode(), "ascii", "naïve"),
        ("naïve".encode("utf-16"), None, "naïve"),
        ("naïve".encode("utf-32"), None, "naïve"),
        (codecs.BOM_UTF16_BE + "naïve".encode("utf-16-be"), None, "naïve"),
        (JAPANESE.encode("cp932"), "cp932", JAPANESE),
        (JAPANESE.encode("cp932"), None, JAPANESE),  # told by its kana
        ("Ça va, “naïve” café".encode("cp1252"), None, "Ça va, “naïve” café"),
        (JAPANESE.encode(), "ascii", JAPANESE),  # the declared charset is wrong, UTF-8 fits
        (JAPANESE.encode(), "no-such-charset", JAPANESE),
    ],
)
def test_bytes_become_text(content: bytes, charset: str | None, text: str) -> None:
    assert decode(content, charset) == text


@pytest.mark.parametrize(
    ("content", "charset", "reason"),
    [
        (b"\x81\xff\x8d\x90", None, "not UTF-8, and its encoding cannot be told"),
        (
            b"\xff\xffabc\x81\x8d\x8f",
            "utf-8",
            "neither utf-8, as the file or its",
        ),
        (b"\x89PNG\x00\x00\x01", None, "not text but a PNG picture"),
        (b"%PDF-1.7 and so on", None, "not text but a PDF: name it .pdf"),
        (b"PK\x03\x04\x14\x00", None, "not text but a ZIP archive.*name it .docx"),
        (b"MZ\x00\x00", None, "holds zero bytes"),
        (codecs.BOM_UTF8 + b"\xff", None, "begins with the mark of utf-8, and is not"),
    ],
)
def test_bytes_that_are_no_text(content: bytes, charset: str | None, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        decode(content, charset)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_utf_8_is_never_taken_for_something_else(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode(), None) == text


def test_plain_text_is_kept_but_for_control_characters(tmp_path: Path) -> None:
    sections = parsed(plain.parse, tmp_path / "a.txt", b"One  \r\n\r\n\r\n  two\x07\x0cthree")
    assert sections == [Section("One  \n\n\n  two\nthree", None)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("# Clay\n\nWet.  \nCold.\n", "# Clay\n\nWet.  \nCold.\n"),
        ("---\ntitle: Clay\n---\n\nWet.", "# Clay\n\nWet."),
        ('+++\ntitle = "Clay"\ndraft = false\n+++\nWet.', "# Clay\n\nWet."),
        ("---\ntitle: 'Clay: wet'\ntags: [a]\n...\nWet.", "# Clay: wet\n\nWet."),
        ("---\ntitle: Other\n---\n# Clay\n\nWet.", "# Clay\n\nWet."),
        ("---\ntitle: Other\n---\nClay\n====\nWet.", "# Clay\nWet."),
        ("---\nlayout: page\n---\nWet.", "Wet."),
        ("---\nA rule above\n---\nanother.", "---\n## A rule above\nanother."),
        ("---\ntitle: never closed\nWet.", "---\ntitle: never closed\nWet."),
    ],
)
def test_markdown_is_kept_but_for_its_front_matter(tmp_path: Path, text: str, kept: str) -> None:
    assert parsed(markdown.parse, tmp_path / "a.md", text.encode()) == [Section(kept, None)]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            "Report of May\n\nName,Value\na,1\n",
            "Report of May\n\n| Name | Value |\n| --- | --- |\n| a | 1 |",
        ),
        (
            "All fees;\nin euros;\nBerth;Fee\nB1;7\n",
            "All fees\nin euros\n\n| Berth | Fee |\n| --- | --- |\n| B1 | 7 |",
        ),
        ("Name\nAda,1\nBob,2\n", "| Name |  |\n| --- | --- |\n| Ada | 1 |\n| Bob | 2 |"),
        ("a b\nc d\n", "| a b |\n| --- |\n| c d |"),
    ],
)
def test_a_title_above_a_csv_table_is_no_header(tmp_path: Path, content: str, text: str) -> None:
    [section] = parsed(delimited.parse, tmp_path / "a.csv", content.encode())
    assert section.text.strip() == text


def test_a_row_of_a_very_wide_table_has_the_names_of_its_values(tmp_path: Path) -> None:
    names = ",".join(["Berth", "", *(f"Day {day}" for day in range(1, 500))])
    rows = [
        ",".join([f"B{at}", "deep", *(f"{at * day}" for day in range(1, 500))]) for at in (1, 2)
    ]
    content = "\n".join([names, *rows, ",,7"])
    [section] = parsed(delimited.parse, tmp_path / "a.csv", content.encode())
    first, second, last = section.text.split("### ")[1:]
    assert first.startswith("B1\n\nBerth: B1\ncolumn 2: deep\nDay 1: 1\n")
    assert "\nDay 250: 500\n" in second
    assert last == "Row 4\n\nDay 1: 7"


FEES = "| Region | Fee |\n| --- | --- |\n| North | 5 |"
BERTHS = "| Berth | Ship | Depth |\n| --- | --- | --- |\n| B1 | Anna | 7 |"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Region,Fee\nNorth,5\n\nBerth,Ship,Depth\nB1,Anna,7\n", f"{FEES}\n\n{BERTHS}"),
        (
            "Fees of May\nRegion;Fee\nNorth;5\n;;\nBerths of May;;\nBerth;Ship;Depth\nB1;Anna;7\n",
            f"Fees of May\n\n{FEES}\n\nBerths of May\n\n{BERTHS}",
        ),
        ("Region,Fee\n\nNorth,5\n\nSouth,6\n", f"{FEES}\n| South | 6 |"),
        ("Region,Fee\nNorth,5\n\nSouth,6,late\nEast,7,\n", None),
    ],
    ids=["two tables", "two tables with titles", "empty lines", "a longer row is no header"],
)
def test_tables_that_empty_lines_part_are_several(
    tmp_path: Path, content: str, text: str | None
) -> None:
    [section] = parsed(delimited.parse, tmp_path / "a.csv", content.encode())
    assert section.text.count("| --- |") >= 1
    if text:
        assert section.text == text
    else:
        assert section.text.count("\n\n") == 0


@pytest.mark.parametrize(
    "content",
    [
        'name,note\nAnn,"wet, cold"\nBob,"two\nlines"\n',
        "name;note\nAnn;wet, cold\n\nBob;two lines\n",
        "name\tnote\r\nAnn\twet, cold\r\n , \r\nBob\ttwo lines\r\n".replace(" , ", "\t"),
        "name|note\nAnn|wet, cold\nBob|two lines",
    ],
)
def test_csv_is_a_table_whatever_its_delimiter(tmp_path: Path, content: str) -> None:
    [section] = parsed(delimited.parse, tmp_path / "a.csv", content.encode())
    assert (
        section.text == "| name | note |\n| --- | --- |\n| Ann | wet, cold |\n| Bob | two lines |"
    )


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        # decimal commas, and commas of prose
        ("Preis, EUR;Gewicht, kg\n1,20;3,50\n", [["Preis, EUR", "Gewicht, kg"], ["1,20", "3,50"]]),
        (
            "Tag;Betrag\n01.02.;1.234,50\n02.02.;99,00",
            [["Tag", "Betrag"], ["01.02.", "1.234,50"], ["02.02.", "99,00"]],
        ),
        ("id;text\n1;a, b, c\n2;d, e\n", [["id", "text"], ["1", "a, b, c"], ["2", "d, e"]]),
        ("x\ty\n1,5\t2,5\n", [["x", "y"], ["1,5", "2,5"]]),
        ("1,2\n3,4\n5,6,7\n", [["1", "2"], ["3", "4"], ["5", "6", "7"]]),
        ("Name, City\nAnn, Oslo\n", [["Name", " City"], ["Ann", " Oslo"]]),
        ("a, b, c\n1, 2, 3\n4, 5\n", [["a", " b", " c"], ["1", " 2", " 3"], ["4", " 5"]]),
        # one column
        (
            "Comment\nGood, fast, cheap\nBad, slow, dear\n",
            [["Comment"], ["Good, fast, cheap"], ["Bad, slow, dear"]],
        ),
        ("Note\nOnly so; or so.\n", [["Note"], ["Only so; or so."]]),
        ("Price\n1,20\n3,50\n", [["Price"], ["1,20"], ["3,50"]]),
        (
            "A title, long\nOne, two, three.\nNone.\n",
            [["A title, long"], ["One, two, three."], ["None."]],
        ),
        # a title above the table
        (
            "Report\n\nname,city\nAnn,Oslo\nBen,Rome\n",
            [["Report"], ["name", "city"], ["Ann", "Oslo"], ["Ben", "Rome"]],
        ),
        # Excel's own line
        ("sep=;\nName;Stadt\nAnna;Köln\n", [["Name", "Stadt"], ["Anna", "Köln"]]),
        ('"sep=,"\r\na;b,c\r\n', [["a;b", "c"]]),
        # quotes
        ('a, "b, c"\nd, "e, f"\n', [["a", "b, c"], ["d", "e, f"]]),
        ('a,b\n"x \\"q\\" y",z\n', [["a", "b"], ['x "q" y', "z"]]),
        ('a,b\r"two\rlines",z\r', [["a", "b"], ["two\rlines", "z"]]),
    ],
)
def test_cells_are_parted_as_their_author_parted_them(content: str, rows: list[list[str]]) -> None:
    assert list(delimited.read(content)) == rows


def test_only_tabs_part_the_cells_of_a_tsv_file(tmp_path: Path) -> None:
    [section] = parsed(tsv.parse, tmp_path / "a.tsv", b"name\tnote\nAnn; Lee\twet, cold\n")
    assert section.text == "| name | note |\n| --- | --- |\n| Ann; Lee | wet, cold |"


def test_rows_of_unlike_length_are_filled(tmp_path: Path) -> None:
    [section] = parsed(delimited.parse, tmp_path / "a.csv", b"a,b\n1\n1,2,3\n")
    assert section.text.splitlines() == [
        "| a | b |  |",
        "| --- | --- | --- |",
        "| 1 |  |  |",
        "| 1 | 2 | 3 |",
    ]


def test_a_cell_may_be_huge(tmp_path: Path) -> None:
    cell = "x" * 1_000_000
    [section] = parsed(delimited.parse, tmp_path / "a.csv", f"a,b\n1,{cell}\n".encode())
    assert section.text.endswith(f"| 1 | {cell} |")


RECORDS = b"id,note,day,place\n1,Wet clay.,Mon,Rome\n2,,Tue,Oslo\n3,Dry sand.,,Bonn\n"


@pytest.mark.parametrize(
    ("records", "metadata"),
    [
        (
            Records("note"),
            [{"id": "1", "day": "Mon", "place": "Rome"}, {"id": "3", "place": "Bonn"}],
        ),
        (Records("note", ("place",)), [{"place": "Rome"}, {"place": "Bonn"}]),
        (Records("note", None, ("id", "day")), [{"place": "Rome"}, {"place": "Bonn"}]),
    ],
)
def test_records_are_a_section_each(
    tmp_path: Path, records: Records, metadata: list[dict[str, str]]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(RECORDS)
    sections = list(delimited.parse(Document(path, records=records)))
    assert [section.text for section in sections] == ["Wet clay.", "Dry sand."]
    assert [section.metadata for section in sections] == metadata


@pytest.mark.parametrize(
    "records", [Records("text"), Records("note", ("text",)), Records("note", None, ("text",))]
)
def test_a_column_that_is_not_there_is_named(tmp_path: Path, records: Records) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(RECORDS)
    with pytest.raises(Unreadable, match=r"column 'text'.*it has id, note, day, place"):
        list(delimited.parse(Document(path, records=records)))
