"""Headers of a spreadsheet's tables that take two rows."""

import pytest

from app.local.engine.parsers.sheets import Sheet
from app.local.engine.parsers.sheets.references import Range

YEARS: tuple[Range, ...] = (((2, 2), (2, 3)), ((2, 4), (2, 5)))
AREA: Range = ((2, 1), (3, 1))
BELOW = ("", "Q1", "Q2", "Q1", "Q2")
ONE_HEADER = "| Area | 2024 Q1 | 2024 Q2 | 2025 Q1 | 2025 Q2 |"


def text_of(below: tuple[str, ...], merged: tuple[Range, ...]) -> list[str]:
    lines = (
        ("Sales of the year", "", "", "", ""),
        ("Area", "2024", "", "2025", ""),
        below,
        ("South", "11", "21", "31", "41"),
    )
    rows = {at: dict(enumerate(line, start=1)) for at, line in enumerate(lines, start=1)}
    [table] = Sheet("Sales", rows, list(merged)).tables()
    return table.splitlines()


@pytest.mark.parametrize("merged", [YEARS, (AREA, *YEARS)], ids=["blank", "merged"])
def test_labels_above_several_columns_are_one_with_those_below(merged: tuple[Range, ...]) -> None:
    assert text_of(BELOW, merged)[2:] == [ONE_HEADER, "| South | 11 | 21 | 31 | 41 |"]


@pytest.mark.parametrize(
    ("below", "merged"),
    [
        (("North", "10", "20", "30", "40"), YEARS),
        (BELOW, ()),
        (("", "Q1", "", "Q1", "Q2"), YEARS),
    ],
    ids=["a row of data", "labels above one column", "a column without a label of its own"],
)
def test_other_rows_stay_as_they_are(below: tuple[str, ...], merged: tuple[Range, ...]) -> None:
    lines = text_of(below, merged)
    assert len(lines) == 5
    assert lines[3] == f"| {' | '.join(below)} |"
