"""A table of Markdown -> its rows, and what is said of each."""

from itertools import zip_longest

from app.local import lazy_re as re
from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates.blocks import Block
from app.local.engine.writer.candidates.plain import plain
from app.local.engine.writer.question.phrases import is_verb


class Headers:
    """The headers of the tables that were read, by document and number of columns."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], list[str]] = {}

    def learn(self, name: str, header: list[str]) -> None:
        self._known.setdefault((name, len(header)), header)

    def of(self, name: str, columns: int) -> list[str]:
        return self._known.get((name, columns), []) if name else []


def rows_of(block: Block) -> list[list[str]]:
    """The words of each cell, row by row; the rule below a header is a row as well."""
    return [[plain(cell) for cell in cells(line)] for line in block.lines]


def cells(line: str) -> list[str]:
    r"""The cells of a row; an escaped bar is no border.

    >>> cells(r"| a | b \| c |")
    ['a', 'b | c']
    """
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]


def row_words(header: list[str], row: list[str]) -> str:
    """A row in words: "first cell: the others", each under its column's name if there are several.

    >>> row_words(["Region", "Quota", "Price"], ["Ohio", "100", "2"])
    'Ohio: Quota 100, Price 2'
    """
    first, *others = row
    columns = header[1 : len(row)] if len(header) > 2 else []
    columns = ["" if _is_mere_verb(name) else name for name in columns]
    named = zip_longest(columns, others[: len(header) - 1 if columns else None], fillvalue="")
    words = [f"{name} {cell}".strip() for name, cell in named if cell]
    return ": ".join(filter(None, (first, ", ".join(words))))


def _is_mere_verb(name: str) -> bool:
    """Whether the name of a column only makes a sentence of its row, and nothing of it is said
    before a cell: "says", "is".

    >>> [_is_mere_verb(name) for name in ("says", "Is", "Fee", "kept for", "")]
    [True, True, False, False, False]
    """
    return name.isalpha() and (is_verb(name) or not terms(name))
