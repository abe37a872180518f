"""PDF: the order of columns, tables, turned pages, and sentences across pages."""

from collections.abc import Sequence
from itertools import zip_longest
from math import cos, radians, sin
from pathlib import Path

import pytest

from app.local.engine.parsers.pdf import parse
from tests.local.engine.parsers.documents import Placed, parsed, pdf

CLAY = (
    "The committee reviewed the annual",
    "report of the harbour office and",
    "found that the cranes on the north",
    "quay are old and should be sold.",
)
SAND = (
    "The canteen is open from seven",
    "until three on working days and",
    "stays closed in August, when the",
    "kitchen is cleaned and painted.",
)
SILT = (
    "Nobody may enter the boiler room",
    "without a helmet and gloves, and",
    "visitors follow the engineer who",
    "is on duty in the night shift.",
)
COLUMNS = (CLAY, SAND, SILT)


def text(path: Path, *pages: Sequence[Placed | str]) -> list[str]:
    return [section.text for section in parsed(parse, path / "a.pdf", pdf(pages))]


def column(lines: Sequence[str], left: float, top: float = 600) -> list[Placed]:
    return [(left, top - 12 * at, 10, line) for at, line in enumerate(lines)]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("shift", [0, 5], ids=["level", "shifted"])
def test_columns_that_are_drawn_row_by_row_are_read_one_after_the_other(
    tmp_path: Path, count: int, shift: float
) -> None:
    columns = [
        column(lines, 40 + 185 * at, 600 - shift * at) for at, lines in enumerate(COLUMNS[:count])
    ]
    rows = [line for row in zip_longest(*columns) for line in row if line]
    heading: Placed = (40, 640, 10, "The news of the week, for all who work on the quays.")
    [page] = text(tmp_path, [heading, *rows])
    expected = [heading[3], *(" ".join(lines) for lines in COLUMNS[:count])]
    assert page.split("\n\n") == expected


@pytest.mark.parametrize("count", [1, 2, 3])
def test_lines_that_are_drawn_from_below_are_read_from_above(tmp_path: Path, count: int) -> None:
    columns = [column(lines, 40 + 185 * at) for at, lines in enumerate(COLUMNS[:count])]
    rows = [line for row in zip_longest(*columns) for line in row if line]
    [page] = text(tmp_path, rows[::-1])
    columns_read = page.replace("\n", " ").split("  ")
    assert columns_read == [" ".join(lines) for lines in COLUMNS[:count]]


def test_columns_that_are_drawn_one_after_the_other_stay(tmp_path: Path) -> None:
    [page] = text(tmp_path, [*column(CLAY, 40), *column(SAND, 300)])
    assert page.replace("\n", " ").split("  ") == [" ".join(CLAY), " ".join(SAND)]


def test_columns_with_footnotes_below_them_are_no_table(tmp_path: Path) -> None:
    columns = [column(lines, 40 + 185 * at) for at, lines in enumerate(COLUMNS[:2])]
    notes: list[Placed] = [(40, 520, 8, "1 By ship."), (225, 520, 8, "2 In winter at noon.")]
    [page] = text(tmp_path, [*columns[0], *columns[1], *notes])
    *paragraphs, below = page.split("\n\n")
    assert [" ".join(one.split()) for one in paragraphs] == [*map(" ".join, COLUMNS[:2])]
    assert below == "1 By ship. 2 In winter at noon."


def test_a_sentence_goes_on_in_the_next_column(tmp_path: Path) -> None:
    left = (*CLAY[:3], "quay are old, and it asked the city")
    right = ("council for three new ones, which", *SAND[1:])
    rows = [row for pair in zip(column(left, 40), column(right, 300), strict=True) for row in pair]
    [page] = text(tmp_path, rows)
    assert "it asked the city council for three new ones" in page


def test_lines_that_are_drawn_out_of_order_are_sorted(tmp_path: Path) -> None:
    lines = column(
        [f"Line {at} of a text that fills the width of the page." for at in range(6)], 40
    )
    [page] = text(tmp_path, [lines[at] for at in (1, 0, 3, 2, 5, 4)])
    assert page.replace("\n", " ") == " ".join(line[3] for line in lines)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_text_is_read_as_one_who_turns_the_page_does(tmp_path: Path, angle: int) -> None:
    a, b = round(cos(radians(angle))), round(sin(radians(angle)))
    lines = [
        "The feed pump is started only after valve seven has been opened by the leader",
        "of the shift, who signs the log book with the time of day and the pressure.",
        "Then the boiler is heated.",
    ]
    x, y = {90: (200, 100), 180: (550, 300), 270: (300, 700)}[angle]
    shown = [
        f"BT /F 10 Tf {a} {b} {-b} {a} {x + 12 * at * b} {y - 12 * at * a} Tm ({line}) Tj ET"
        for at, line in enumerate(lines)
    ]
    upright: Placed = (72, 40, 10, "Seite 7")
    assert text(tmp_path, shown) == [" ".join(lines[:2]) + "\n" + lines[2]]
    [page] = text(tmp_path, [upright, *shown])
    assert page.startswith(" ".join(lines[:2]))
    assert page.endswith("Seite 7")


def test_a_page_that_is_shown_turned_is_read_upright(tmp_path: Path) -> None:
    content = pdf([column(CLAY, 72)]).replace(b"/MediaBox", b"/Rotate  90 /MediaBox")
    [section] = parsed(parse, tmp_path / "a.pdf", content)
    assert section.text.replace("\n", " ") == " ".join(CLAY)


def test_a_sentence_across_pages_is_whole_on_the_page_of_its_beginning(tmp_path: Path) -> None:
    first = column(
        ["Ropes are kept dry.", "The maximum load of the gantry crane at quay nine is"], 72
    )
    second = column(["fourteen tons in calm weather. The other cranes are smaller."], 72)
    assert text(tmp_path, first, second) == [
        f"Ropes are kept dry.\n{first[1][3]} fourteen tons in calm weather.",
        "The other cranes are smaller.",
    ]


def test_a_word_that_the_end_of_a_page_breaks_is_whole(tmp_path: Path) -> None:
    first = column(["Around the harbour there is a wall against floods, and around the ware-"], 72)
    second = column(["houses a fence. It is green."], 72)
    assert text(tmp_path, first, second)[0].endswith("around the warehouses a fence.")


@pytest.mark.parametrize(
    ("end", "beginning"),
    [
        ("The load of the gantry crane at quay nine is fourteen tons.", "the rest is silence"),
        ("The following are the rules of the gantry crane at quay nine:", "no smoking there"),
        ("The load of the gantry crane at quay nine is", "1. Fourteen tons"),
        ("Contents", "the load of the gantry crane at quay nine"),
    ],
)
def test_what_is_no_rest_of_a_sentence_stays_on_its_page(
    tmp_path: Path, end: str, beginning: str
) -> None:
    assert text(tmp_path, column([end], 72), column([beginning], 72)) == [end, beginning]


def test_a_cell_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    page: list[Placed] = [
        (72, 700, 10, "Part"), (150, 700, 10, "What it is for"),
        (72, 680, 10, "Valve"), (150, 680, 10, "It lets the water into the boiler"),
        (150, 668, 10, "from the upper tank,"),
        (150, 656, 10, "and is opened by hand."),
        (72, 636, 10, "Pump"), (150, 636, 10, "It is started after the valve."),
        (72, 616, 10, "Gauge"), (150, 616, 10, "It shows the pressure in bar."),
    ]  # fmt: skip
    assert text(tmp_path, page)[0].splitlines() == [
        "| Part | What it is for |",
        "| --- | --- |",
        "| Valve | It lets the water into the boiler from the upper tank, and is opened by hand. |",
        "| Pump | It is started after the valve. |",
        "| Gauge | It shows the pressure in bar. |",
    ]


def cells(top: float, lefts: Sequence[float], words: Sequence[str]) -> list[Placed]:
    return [(left, top, 10, word) for left, word in zip(lefts, words, strict=True) if word]


LEFTS = (70, 150, 230, 310, 390)
DATA = [
    *cells(600, LEFTS, ("6", "OTSL", "0.965", "0.934", "2.73")),
    *cells(586, LEFTS, ("4", "HTML", "0.938", "0.904", "1.97")),
    *cells(572, LEFTS, ("2", "OTSL", "0.923", "0.897", "1.91")),
]


@pytest.mark.parametrize("order", [1, -1])
def test_labels_at_several_heights_are_a_tables_header(tmp_path: Path, order: int) -> None:
    labels: list[Placed] = [
        *((66, 629, 10, "Layers"), (64, 616, 10, "in all")),
        (146, 622, 10, "Language"),
        *((272, 629, 10, "Score"), (228, 616, 10, "simple"), (306, 616, 10, "complex")),
        *((391, 629, 10, "Time"), (388, 616, 10, "(secs)")),
    ]
    above: Placed = (66, 668, 10, "The results of the whole experiment stand in this table.")
    [page] = text(tmp_path, [above, *labels[::order], *DATA])
    header = "| Layers in all | Language | Score simple | Score complex | Time (secs) |"
    assert page.split("\n\n")[0] == above[3]
    assert page.split("\n\n")[1].splitlines()[::2] == [
        header,
        "| 6 | OTSL | 0.965 | 0.934 | 2.73 |",
        "| 2 | OTSL | 0.923 | 0.897 | 1.91 |",
    ]


@pytest.mark.parametrize(
    "above",
    [
        "Table 1. Rates of all languages.",
        "quarter.",
        "Results",
        "The results of the whole experiment stand in the table that is right below.",
    ],
)
def test_a_caption_is_no_header(tmp_path: Path, above: str) -> None:
    [page] = text(tmp_path, [(66, 616, 10, above), *DATA])
    assert page.split("\n\n")[0] == above
    assert page.split("\n\n")[1].startswith("| 6 | OTSL |")


def test_check_marks_of_a_row_stand_in_their_columns(tmp_path: Path) -> None:
    def row(top: float, name: str, *gaps: int) -> str:
        marks = " ".join(f"(X) {-100 * gap}" for gap in gaps)
        return f"BT /F 10 Tf 70 {top} Td [({name} ) -8000 {marks}] TJ ET"

    rows = [row(600, "read", 30, 30, 30), row(586, "seek", 30, 60), row(572, "scan", 60, 30)]
    [page] = text(tmp_path, rows)
    assert page.splitlines()[::2] == ["| read | X | X | X |", "| seek | X | X |  |"]
    assert page.splitlines()[3] == "| scan | X |  | X |"


@pytest.mark.parametrize(
    ("signs", "is_list"),
    [(("-", "-", "-"), True), (("1.", "2.", "3."), True), (("1", "2", "3"), False)],
)
def test_signs_in_a_column_of_their_own_make_a_list_and_numbers_a_table(
    tmp_path: Path, signs: Sequence[str], is_list: bool
) -> None:
    texts = ("clay, which is wet", "sand, which is dry", "loam, which is best")
    rows: list[Placed | str] = [(40, 700, 10, "The soils of the county are of these kinds:")]
    for at, (sign, words) in enumerate(zip(signs, texts, strict=True)):
        rows += [(60, 660 - 20 * at, 10, sign), (100, 660 - 20 * at, 10, words)]
    [page] = text(tmp_path, rows)
    listed = "\n".join(f"{sign} {words}" for sign, words in zip(signs, texts, strict=True))
    assert (listed in page) == is_list
    assert ("| --- |" in page) != is_list
