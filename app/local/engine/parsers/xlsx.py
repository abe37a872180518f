"""Excel: a section for each sheet, with a table for each block of rows and for each chart.

Values are as Excel last computed them. Hidden sheets are left out, because a reader does not see
them. A sheet has no page number: its name is the heading of its section.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby

from openpyxl import Workbook, load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils import range_boundaries

from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.charts import chart
from app.local.engine.parsers.package import Package, open_package
from app.local.engine.parsers.render import heading, line, table

_MAIN = "xl/workbook.xml"
_MERGE_REFERENCE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*ref=\"([A-Z]+\d+:[A-Z]+\d+)\"")
_MOST_CELLS_OF_A_RANGE = 10_000  # cells, of one range

_Row = tuple[ReadOnlyCell | EmptyCell, ...]
_Place = tuple[int, int]  # row and column, from 1


def parse(document: Document) -> Iterator[Section]:
    with open_package(document.path) as package:
        main = package.main("workbook", _MAIN)
        with document.path.open("rb") as file:  # with a path, openpyxl would check the suffix
            workbook = load_workbook(file, read_only=True, data_only=True)
            for title, part in _visible(package, main):
                blocks = [*_cells(workbook, title, package, part), *_charts(package, part)]
                if blocks:
                    yield Section("\n\n".join([heading(title, 2), *blocks]), None)


def _visible(package: Package, main: str) -> Iterator[tuple[str, str]]:
    """The name and part of each sheet that is not hidden."""
    parts = package.relationships(main)
    for sheet in package.tree(main).iterfind("{*}sheets/{*}sheet"):
        relation = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        if sheet.get("state", "visible") == "visible" and relation in parts:
            yield sheet.get("name", ""), parts[relation].target


def _cells(workbook: Workbook, title: str, package: Package, part: str) -> Iterator[str]:
    """A sheet's tables; a sheet that is a chart has none."""
    for sheet in workbook.worksheets:
        if sheet.title == title:
            sheet.reset_dimensions()  # a stored size that is too small would cut it off
            yield from _tables(sheet.iter_rows(), _anchors(package, part))


def _anchors(package: Package, part: str) -> dict[_Place, _Place]:
    """Each cell that is merged into another -> that other cell, which holds the value."""
    anchors = {}
    for reference in _MERGE_REFERENCE.findall(package.read(part)):
        left, top, right, bottom = range_boundaries(reference.decode())
        if (right - left + 1) * (bottom - top + 1) <= _MOST_CELLS_OF_A_RANGE:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    anchors[row, column] = (top, left)
    return anchors


def _tables(rows: Iterable[_Row], anchors: Mapping[_Place, _Place]) -> Iterator[str]:
    """A table for each block of cells between blank rows or blank columns."""
    anchor_texts: dict[_Place, str] = {}
    grid = (_texts(number, row, anchors, anchor_texts) for number, row in enumerate(rows, start=1))
    for filled_rows, run in groupby(grid, key=any):
        if filled_rows:
            for block in _side_by_side(list(run)):
                yield table(block) if len(block[0]) > 1 else "\n".join(text for [text] in block)


def _texts(
    number: int,
    row: _Row,
    anchors_by_cell: Mapping[_Place, _Place],
    anchor_texts: dict[_Place, str],
) -> list[str]:
    """The texts of a row. The text of a merged cell stands in each place that it covers; but if it
    covers the whole row, it is a title, and stands there once.
    """
    texts, anchors = [], []
    for column, cell in enumerate(row, start=1):
        anchor = anchors_by_cell.get((number, column), (number, column))
        text = anchor_texts.get(anchor, "") if anchor in anchor_texts else _text(cell)
        if (number, column) in anchors_by_cell:
            anchor_texts.setdefault(anchor, text)
        texts.append(text)
        anchors.append(anchor)
    headers = {anchor for anchor, text in zip(anchors, texts, strict=True) if text}
    if len(headers) == 1:
        first = texts.index(next(filter(None, texts)))
        return [text if column <= first else "" for column, text in enumerate(texts)]
    return texts


def _side_by_side(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    """The blocks between blank columns, if each is at least two columns wide."""
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    has_text = [any(row[column] for row in rows) for column in range(width)]
    runs = [list(run) for used, run in groupby(range(width), key=has_text.__getitem__) if used]
    if any(len(run) < 2 for run in runs):
        runs = [[column for run in runs for column in run]]
    for run in runs:
        block = [[row[column] for column in run] for row in rows]
        yield [row for row in block if any(row)]


def _text(cell: ReadOnlyCell | EmptyCell) -> str:
    """A cell about as Excel shows it: dates as in ISO 8601, percentages with a percent sign.

    Numbers have the 15 digits that Excel keeps, without those that come of binary arithmetic.
    """
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int() | float():
            percent = cell.number_format.endswith("%")
            return f"{value * 100:.15g}%" if percent else f"{value:.15g}"
        case datetime():
            return value.isoformat(" ").removesuffix(" 00:00:00")
        case _:
            return line(str(value))


def _charts(package: Package, part: str) -> Iterator[str]:
    for drawing in package.related(part, "drawing"):
        for target in package.related(drawing, "chart"):
            yield chart(package.tree(target))
