"""The cells of a spreadsheet, as tables: what its reader sees of them.

Hidden rows and columns are left out, and a blank row or blank columns part two tables.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from app.local import lazy_re as re
from app.local.engine.parsers.render import linked, wide
from app.local.engine.parsers.sheets.references import Place, Range

_LINK_END = re.compile(r"\]\([^()\s]{1,200}\)\s*+\Z")  # of a cell that has its link
_LONGEST_ADDRESS = 200  # characters; a longer one is for tracking
_MOST_LINKS = 1000  # cells of one link
_MOST_LINKED = 100_000  # cells of all links of a sheet
_MOST_NAMED = 8  # sheets that a warning names
_MOST_CELLS_OF_A_RANGE = 10_000  # cells, of one merged range
_MOST_PLACES = 10_000_000  # of a table, most of them empty
_MOST_MERGED = 1_000_000  # cells, of all merged ranges of a sheet


@dataclass
class Sheet:
    """A sheet as its file stores it.

    Attributes:
        title: its name.
        rows: the texts of each row by their columns.
        merged: ranges that show their first cell.
        hidden_rows: by number.
        hidden_columns: ranges of them, first and last.
        header, footer: what is printed above and below each page.
        white: the number of cells that were removed.
        shows_other_rows: whether rows are shown of which the file says nothing.
    """

    title: str
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    shows_other_rows: bool = True
    header: str = ""
    footer: str = ""
    white: int = 0
    _linked: int = 0

    def remove(self, places: Iterable[Place]) -> None:
        """Remove the texts of cells that are white on white."""
        for row, column in places:
            if self.rows.get(row, {}).pop(column, ""):
                self.white += 1

    def link(self, place: Range, address: str) -> None:
        """Make the texts of a range links to an address, unless they name it themselves."""
        (top, left), (bottom, right) = place
        self._linked += (bottom - top + 1) * (right - left + 1)
        if (
            self._linked > _MOST_LINKED
            or len(address) > _LONGEST_ADDRESS
            or (bottom - top) * (right - left) > _MOST_LINKS
        ):
            return
        for row in self.rows.keys() & set(range(top, min(bottom, top + _MOST_LINKS) + 1)):
            for column in self.rows[row].keys() & set(range(left, right + 1)):
                text = self.rows[row][column]
                if address.removeprefix("mailto:") != text and not _LINK_END.search(text):
                    self.rows[row][column] = linked(text, address)

    def shows_column(self, column: int) -> bool:
        return not any(first <= column <= last for first, last in self.hidden_columns)

    def shows(self, place: Place) -> bool:
        row, column = place
        return row not in self.hidden_rows and self.shows_column(column)

    def warning(self) -> str:
        """What is left out of this sheet, as a sentence; empty if nothing is."""
        rows = sum(1 for row in self.hidden_rows if any(self.rows.get(row, {}).values()))
        columns = {column for row in self.rows.values() for column, text in row.items() if text}
        gone = sum(1 for column in columns if not self.shows_column(column))
        counts = [
            (rows, "hidden row", "hidden rows"),
            (gone, "hidden column", "hidden columns"),
            (self.white, "cell in white letters", "cells in white letters"),
        ]
        words = " and ".join(
            f"{count} {one if count == 1 else more}" for count, one, more in counts if count
        )
        verb = "is" if rows + gone + self.white == 1 else "are"
        return f"Sheet {self.title!r}: {words} {verb} left out." if words else ""

    def tables(self) -> Iterator[str]:
        """A table for each block of cells between blank rows or blank columns."""
        anchors = self._anchors()
        columns = self._columns(anchors)
        for block in self._blocks(anchors):
            if len(block) * len(columns) > _MOST_PLACES:
                yield "\n".join(self._sparse(row) for row in block)
                continue
            grid = [self._texts(row, columns, anchors) for row in block]
            grid = _with_one_header(grid, [_widths(row, columns, anchors) for row in block])
            for part in _side_by_side([row for row in grid if any(row)]):
                yield wide(part) if len(part[0]) > 1 else "\n".join(text for [text] in part)

    def _sparse(self, row: int) -> str:
        """The texts of a row of a table that is all but empty."""
        cells = sorted(self.rows.get(row, {}).items())
        return " | ".join(text for column, text in cells if text and self.shows_column(column))

    def _anchors(self) -> dict[Place, Place]:
        """Each cell of a merged range -> its first cell, which holds the text."""
        anchors: dict[Place, Place] = {}
        cells = 0
        for (top, left), (bottom, right) in self.merged:
            size = (right - left + 1) * (bottom - top + 1)
            cells += size
            if (
                size <= _MOST_CELLS_OF_A_RANGE
                and cells <= _MOST_MERGED
                and self.rows.get(top, {}).get(left)
            ):
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        anchors[row, column] = (top, left)
        return anchors

    def _columns(self, anchors: Mapping[Place, Place]) -> list[int]:
        """The columns with text that are shown, and 0 for blank ones in between."""
        used = {column for row in self.rows.values() for column, text in row.items() if text}
        used |= {column for _, column in anchors}
        shown = sorted(column for column in used if self.shows_column(column))
        columns = shown[:1]
        for before, column in pairwise(shown):
            if any(self.shows_column(between) for between in range(before + 1, column)):
                columns.append(0)
            columns.append(column)
        return columns

    def _blocks(self, anchors: Mapping[Place, Place]) -> Iterator[list[int]]:
        """The rows with text that are shown, parted where blank ones are shown in between."""
        used = {row for row, cells in self.rows.items() if any(cells.values())}
        used |= {row for row, _ in anchors}
        shown = sorted(used - self.hidden_rows)
        block = shown[:1]
        for before, row in pairwise(shown):
            between = range(before + 1, row)
            if self.shows_other_rows and any(each not in self.hidden_rows for each in between):
                yield block
                block = []
            block.append(row)
        if block:
            yield block

    def _texts(self, row: int, columns: Iterable[int], anchors: Mapping[Place, Place]) -> list[str]:
        """The texts of a row. The text of a merged range stands in each place that it covers; but
        if it is all that a row has, it is a title, and stands in its first place only.
        """
        texts, places = [], []
        for column in columns:
            place = anchors.get((row, column), (row, column))
            texts.append(self.rows.get(place[0], {}).get(place[1], ""))
            places.append(place)
        shown = {place for place, text in zip(places, texts, strict=True) if text}
        if len(shown) == 1:
            [(top, _)] = shown
            first = texts.index(next(filter(None, texts)))
            is_title = top == row or top in self.hidden_rows
            return [text if is_title and at == first else "" for at, text in enumerate(texts)]
        return texts


def _widths(row: int, columns: Sequence[int], anchors: Mapping[Place, Place]) -> list[int]:
    """For each cell of a row, how many of the columns it covers."""
    places = [anchors.get((row, column), (row, column)) for column in columns]
    counts = Counter(places)
    return [counts[place] for place in places]


def _with_one_header(grid: list[list[str]], widths: Sequence[Sequence[int]]) -> list[list[str]]:
    """The rows, the two of a header as one where labels stand above several columns. They are two
    of a header if each other column has one label in both: in a data row it would have a value.

    >>> rows = [["Area", "2024", "2024"], ["Area", "Q1", "Q2"], ["North", "10", "20"]]
    >>> _with_one_header(rows, [[1, 2, 2], [1, 1, 1], [1, 1, 1]])[0]
    ['Area', '2024 Q1', '2024 Q2']
    >>> rows[1] = ["South", "11", "21"]
    >>> _with_one_header(rows, [[1, 2, 2], [1, 1, 1], [1, 1, 1]]) == rows
    True
    """
    top = next((at for at, row in enumerate(grid) if sum(map(bool, row)) > 1), len(grid))
    if top + 2 >= len(grid):
        return grid
    labels = [
        tuple(dict.fromkeys(filter(None, pair))) for pair in zip(*grid[top : top + 2], strict=True)
    ]
    is_wide = [width > 1 for width in widths[top]]
    others = [label for label, covers in zip(labels, is_wide, strict=True) if label and not covers]
    under = [label for label, covers in zip(labels, is_wide, strict=True) if label and covers]
    if not others or not under or any(len(label) > 1 for label in others):
        return grid
    if any(len(label) < 2 for label in under):
        return grid
    return [*grid[:top], [" ".join(label) for label in labels], *grid[top + 2 :]]


def warning_of_hidden(titles: Sequence[str]) -> str:
    """The warning that sheets are left out."""
    named = ", ".join(map(repr, titles[:_MOST_NAMED])) + (", ..." if titles[_MOST_NAMED:] else "")
    return f"Hidden sheets are left out: {named}."


def _side_by_side(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    """The blocks between blank columns, if each is at least two columns wide."""
    if not rows:
        return
    has_text = [any(row[column] for row in rows) for column in range(len(rows[0]))]
    runs = [
        list(run) for used, run in groupby(range(len(rows[0])), key=has_text.__getitem__) if used
    ]
    if any(len(run) < 2 for run in runs):
        runs = [[column for run in runs for column in run]]
    for run in runs:
        block = [[row[column] for column in run] for row in rows]
        yield [row for row in block if any(row)]
