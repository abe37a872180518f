"""The lines of a PDF page, and the parts of a page that they make: runs of lines, and tables."""

from dataclasses import dataclass
from functools import cached_property

GUTTER = 1.5  # times the size: a wider gap parts two stretches of text
PIECE = 0.4  # times the size: a gap that may be a part of a gap between columns
SPACE = 0.25  # times the size: the width of a space

Span = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line of a page. Lengths are in points; heights count from the bottom of the page.

    Attributes:
        text: never empty; a space at its end tells that a word ends there.
        size: the height of its first letter's font.
        left: its left edge.
        right: its right edge.
        top: the height of its lower edge.
        bottom: the same of the second line, where a hyphenated word joins two.
        word: the width of its first word.
        gap: the widest space between two of its words.
        pieces: its parts between gaps that may part columns, if there are such gaps.
        is_vertical: whether it is written downwards. It has the place then that it would have if it
            were written from left to right: see `vertical`.
    """

    text: str
    size: float
    left: float
    right: float
    top: float
    bottom: float
    word: float
    gap: float
    pieces: tuple["Line", ...] = ()
    is_vertical: bool = False

    @property
    def parts(self) -> tuple["Line", ...]:
        return self.pieces or (self,)

    @cached_property
    def span(self) -> Span:
        """Its left and right edge: the line of a script from right to left begins at the right."""
        return min(self.left, self.right), max(self.left, self.right)

    def runs_on(self, following: "Line", margin: float) -> bool:
        """Whether the first word of the following line would not have fitted on this one."""
        return self.right + following.word + SPACE * self.size > margin


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes:
        rows: its cells; all rows have the same number of cells.
        columns: the spans of the columns.
        lines: what it was made of.
    """

    rows: tuple[tuple[str, ...], ...]
    columns: tuple[Span, ...]
    lines: tuple[Line, ...]

    def goes_on_from(self, above: "Grid") -> bool:
        """Whether it has the columns of a table at the end of the page before, and no header: its
        first row has numbers where that one's header has words.
        """
        if len(self.columns) != len(above.columns) or len(above.rows) < 2:
            return False
        pairs = zip(self.columns, above.columns, strict=True)
        are_same = all(own[0] < other[1] and own[1] > other[0] for own, other in pairs)
        has_number = [any(map(str.isdigit, cell)) for cell in self.rows[0]]
        return are_same and any(has_number) and not any(map(str.isdigit, "".join(above.rows[0])))


@dataclass(frozen=True)
class Run:
    """Lines that follow each other; of a column of prose, or of a page."""

    lines: list[Line]
    is_column: bool = False


Part = Run | Grid
