"""PDF: tables that are drawn column by column or cell by cell, and tables over several pages."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.local.engine.parsers.pdf import parse
from tests.local.engine.parsers.documents import Placed, parsed, pdf
from tests.local.engine.parsers.test_pdf_order import CLAY, SAND, SILT, column

ABOVE: Placed = (72, 700, 10, "The berths of the eastern quay and what they cost in a year.")
BELOW: Placed = (72, 480, 10, "The end of it.")
BERTHS = [
    ["Berth", "Owner", "Fee", "Depth"],
    ["B1", "Cleo Marsh", "120 euros", "4.5 m"],
    ["B2", "Dora Pike", "", "6.1 m"],
    ["B3", "Emil Stone", "75 euros", "3.2 m"],
]
PARTS = [
    [["Part"], ["What it is for"], ["Checked"]],
    [["Valve"], ["It lets the water into", "the upper tank."], ["monthly"]],
    [["Pump"], ["It drives the water to", "the radiators and", "the baths."], ["by the", "guard"]],
    [["Gauge"], ["It shows the pressure."], ["daily"]],
]


def text(path: Path, *pages: Sequence[Placed]) -> list[str]:
    return [section.text for section in parsed(parse, path / "a.pdf", pdf(pages))]


def markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def by_columns(rows: Sequence[Sequence[str]], drop: float, width: float = 110) -> list[Placed]:
    return [
        (72 + width * at, 640 - drop * number, 10, row[at])
        for at in range(len(rows[0]))
        for number, row in enumerate(rows)
        if row[at]
    ]


def cell_by_cell(rows: Sequence[Sequence[Sequence[str]]], gap: float) -> list[Placed]:
    placed: list[Placed] = []
    top = 640.0
    for row in rows:
        for at, cell in enumerate(row):
            placed += [(72 + 130 * at, top - 12 * n, 10, line) for n, line in enumerate(cell)]
        top -= 12 * max(map(len, row)) + gap
    return placed


@pytest.mark.parametrize("drop", [12, 18, 24])
@pytest.mark.parametrize("columns", [(0, 1, 2, 3), (0, 3), (0, 1, 3)])
def test_a_table_that_is_drawn_column_by_column_is_read_row_by_row(
    tmp_path: Path, drop: float, columns: Sequence[int]
) -> None:
    rows = [[row[at] for at in columns] for row in BERTHS]
    [page] = text(tmp_path, [ABOVE, *by_columns(rows, drop), BELOW])
    assert page == f"{ABOVE[3]}\n\n{markdown(rows)}\n\n{BELOW[3]}"


def test_a_table_stands_where_it_is_though_it_is_drawn_first_or_last(tmp_path: Path) -> None:
    table = by_columns(BERTHS, 18)
    for page in ([*table, ABOVE, BELOW], [ABOVE, BELOW, *table]):
        assert text(tmp_path, page) == [f"{ABOVE[3]}\n\n{markdown(BERTHS)}\n\n{BELOW[3]}"]


@pytest.mark.parametrize("gap", [2, 8])
def test_a_cell_of_several_lines_is_whole_in_a_table_that_is_drawn_cell_by_cell(
    tmp_path: Path, gap: float
) -> None:
    [page] = text(tmp_path, [ABOVE, *cell_by_cell(PARTS, gap), BELOW])
    rows = [[" ".join(cell) for cell in row] for row in PARTS]
    assert page == f"{ABOVE[3]}\n\n{markdown(rows)}\n\n{BELOW[3]}"


@pytest.mark.parametrize(
    "columns",
    [
        [CLAY, SAND],
        [["1. Ropes", "2. Chains", "3. Nets"], ["4. Buoys", "5. Oars", "6. Sails"]],
        [["anchor, 12", "buoy, 7", "chain, 3"], ["lamp, 5", "net, 8", "oar, 1"]],
        [["Ann Lee", "5 Pier Road", "Hull"], ["Ben Moss", "Quay House", "Leeds"]],
    ],
    ids=["prose", "list", "index", "addresses"],
)
def test_what_goes_on_in_the_next_column_is_no_table(
    tmp_path: Path, columns: Sequence[Sequence[str]]
) -> None:
    placed = [each for at, lines in enumerate(columns) for each in column(lines, 72 + 250 * at)]
    [page] = text(tmp_path, placed)
    assert page.split() == " ".join(line for lines in columns for line in lines).split()


def test_paragraphs_side_by_side_are_no_cells(tmp_path: Path) -> None:
    upper = [*column(CLAY, 60, 700), *column(SAND, 320, 700)]
    caption: Placed = (60, 630, 10, "Figure 3. The old cranes of the north quay in the summer.")
    lower = [*column(SILT, 60, 590), *column(CLAY, 320, 590)]
    [page] = text(tmp_path, [*upper, caption, *lower])
    words = " ".join([*CLAY, *SAND, caption[3], *SILT, *CLAY])
    assert page.split() == words.split()


LONG = [["Berth", "Owner", "Fee"], *([f"B{n}", f"Owner{n}", f"{n}0 euros"] for n in range(1, 31))]


@pytest.mark.parametrize("repeats", [True, False])
def test_a_table_that_goes_on_on_the_next_page_has_its_header_there(
    tmp_path: Path, repeats: bool
) -> None:
    first, rest = LONG[:21], LONG[21:]
    second = [LONG[0], *rest] if repeats else rest
    pages = text(tmp_path, by_columns(first, 18), [*by_columns(second, 18), (72, 80, 10, "End.")])
    assert pages == [markdown(first), f"{markdown([LONG[0], *rest])}\n\nEnd."]


def test_another_table_on_the_next_page_keeps_its_own_header(tmp_path: Path) -> None:
    other = [["Crane", "Load", "Year"], ["K1", "5 tons", "1971"], ["K2", "9 tons", "1984"]]
    pages = text(tmp_path, by_columns(LONG[:21], 18), by_columns(other, 18))
    assert pages[1] == markdown(other)
