"""The paragraphs and tables of one story of an RTF file: of its text, a header, a note."""

from dataclasses import dataclass, field

from app.local.engine.parsers.render import heading, line, table

PAGE_NUMBER = "\ufdd0"  # a noncharacter of Unicode, which stands for the number of a page
_MOST_LETTERS = 9  # of "Page" and "of" in any language

Spans = list[tuple[bool, bool]]  # whether a cell goes on with the one beside it, or above it


@dataclass
class RtfStory:
    """Takes text, and makes blocks of Markdown.

    Attributes:
        level: of the paragraph as a heading; 0 for none.
        depth: of the paragraph in a list, from 0.
        in_table: whether the paragraph stands in a cell.
        paragraph: the text of the paragraph so far.
        label: what Word shows before the paragraph, such as a number or a bullet.
        count: of the paragraphs that have ended.
    """

    level: int = 0
    depth: int = 0
    in_table: bool = False
    paragraph: str = ""
    label: str = ""
    count: int = 0
    spans: Spans = field(default_factory=list)  # of the cells of the row, where it is defined
    _blocks: list[str] = field(default_factory=list)
    _after: list[str] = field(default_factory=list)  # what follows the paragraph
    _cell: list[str] = field(default_factory=list)
    _row: list[str] = field(default_factory=list)
    _rows: list[list[str]] = field(default_factory=list)
    _ends_with_item: bool = False

    def reset(self) -> None:
        """Begin with the properties of a plain paragraph."""
        self.level = self.depth = 0
        self.in_table = False

    def end_paragraph(self) -> None:
        text = "\n".join(line(each) for each in _whole(self.paragraph).split("\n")).strip("\n")
        label, self.paragraph, self.label = line(self.label), "", ""
        self.count += 1
        if self.in_table:
            self._cell += filter(None, [f"{label} {text}".strip()])
            return
        self.end_table()
        if text and label:
            mark = label if any(map(str.isalnum, label)) else "-"
            item = f"{'  ' * self.depth}{mark} {text}"
            if self._ends_with_item:
                self._blocks[-1] += f"\n{item}"
            else:
                self._blocks.append(item)
        elif text:
            self._blocks.append(heading(text, self.level) if self.level else text)
        if text:
            self._ends_with_item = bool(label)
        if self._after:
            self._blocks += self._after
            self._after, self._ends_with_item = [], False

    def end_cell(self) -> None:
        self.in_table = True
        self.end_paragraph()
        self._row.append(" ".join(self._cell))
        self._cell = []

    def end_row(self) -> None:
        """The row is written, with the text of merged cells in each place that they cover."""
        above = self._rows[-1] if self._rows else []
        for at, (beside, below) in enumerate(self.spans[: len(self._row)]):
            if beside and at:
                self._row[at] = self._row[at] or self._row[at - 1]
            elif below and at < len(above):
                self._row[at] = self._row[at] or above[at]
        if any(self._row):
            self._rows.append(self._row)
        self._row = []

    def end_table(self) -> None:
        if self._cell or self._row:
            self._row.append(" ".join(self._cell))
            self.end_row()
        if self._rows:
            self._blocks.append(table(self._rows))
        self._cell, self._rows = [], []

    def add_after(self, block: str) -> None:
        """Add a block that follows the paragraph."""
        self._after.append(block)

    def blocks(self) -> list[str]:
        """All blocks; the story has ended."""
        self.end_paragraph()
        self.end_table()
        return self._blocks


def without_page_number(text: str) -> str:
    """A header or footer without the number of the page, and without the words for it alone."""
    if PAGE_NUMBER not in text:
        return text
    rest = line(text.replace(PAGE_NUMBER, ""))
    letters = [sign for sign in rest if sign.isalnum()]
    return rest if len(letters) > _MOST_LETTERS or any(map(str.isdigit, letters)) else ""


def _whole(text: str) -> str:
    """The text with surrogates joined to characters: RTF writes each half as a number."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
