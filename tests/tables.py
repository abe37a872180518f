"""A table of measurements, as it is printed and as it stands in docs/."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """Rows of cells under a title.

    >>> print(Table("Speed", ("engine", "ms"), (("ours", "1.0"), ("theirs", "2.0"))))
    ### Speed
    <BLANKLINE>
    | engine | ms |
    | --- | --- |
    | ours | 1.0 |
    | theirs | 2.0 |
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default=())

    def __str__(self) -> str:
        lines = [f"### {self.title}", ""]
        lines += [_row(self.columns), _row(["---"] * len(self.columns))]
        lines += [_row(row) for row in self.rows]
        for note in self.notes:
            lines += ["", note]
        return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
