"""How a CSV file parts its cells: by commas, semicolons, tabs or bars, or not at all.

`csv.Sniffer` takes any letter for a delimiter, and needs minutes for long cells.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from app.local import lazy_re as re

_DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024  # characters from which the dialect is inferred
_SEP = re.compile(
    r"\A\ufeff?\"?sep=(.)\"?[ \t]*(?:\r\n|\r|\n|\Z)", re.IGNORECASE
)  # Excel's own line
_ESCAPED_QUOTE = re.compile(r'\\"')
_DOUBLED_QUOTE = re.compile(r'[^,;\t|\s]""')
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_END = "\ufdd2"  # a noncharacter of Unicode, on a line after the last one
_MOST_STRAY = 10  # quotes that nothing closes, each of which is read as a sign of its line
_PROSE = 0.5  # the share of delimiters as in prose, from which they are taken for prose
_REGULAR = 0.5  # the least share of rows of the usual width


@dataclass(frozen=True)
class CellDialect:
    """How the cells are parted.

    Attributes:
        delimiter: the character between them; None if each line is one cell.
        is_spaced: whether blanks after it belong to it.
        has_backslashes: whether a quote within quotes has a backslash before it.
        start: where the rows begin.
    """

    delimiter: str | None
    is_spaced: bool = False
    has_backslashes: bool = False
    start: int = 0

    def rows(self, text: str) -> Iterator[list[str]]:
        csv.field_size_limit(
            max(csv.field_size_limit(), len(text) + 1)
        )  # the limit is global to the process
        lines = list(StringIO(text[self.start :], newline=""))
        place = 0
        for attempt in range(_MOST_STRAY + 1):
            ends: list[int] = []  # the number of lines up to the end of each row
            *rows, last = self._read([*lines[place:], _END], ends)
            yield from rows
            if last == [_END]:
                return
            place += ends[-2] if rows else 0
            if attempt == _MOST_STRAY:
                yield [cell.removesuffix(_END) for cell in last]
            else:
                yield from self._read(lines[place : place + 1], [], quoting=csv.QUOTE_NONE)
                place += 1

    def _read(
        self, lines: Iterable[str], ends: list[int], quoting: int = csv.QUOTE_MINIMAL
    ) -> Iterator[list[str]]:
        reader = csv.reader(
            lines,
            delimiter=self.delimiter or "\0",  # which no text holds
            skipinitialspace=self.is_spaced,
            escapechar="\\" if self.has_backslashes else None,
            doublequote=not self.has_backslashes,
            quoting=quoting,  # type: ignore[arg-type]  # one of two constants
        )
        for row in reader:
            ends.append(reader.line_num)
            yield row


def dialect_of(text: str) -> CellDialect:
    r"""The dialect of a file: that of its line "sep=;", or else the one in which its rows are most
    regular.

    A comma or semicolon is no delimiter if it mostly stands as in prose or in a decimal number, and
    the rows are irregular or another one fits too; nor is one that the first row does not have.

    >>> dialect_of("Preis, EUR;Gewicht, kg\n1,20;3,50\n").delimiter
    ';'
    >>> dialect_of("Comment\nGood, fast, cheap\nBad, slow, dear\n").delimiter is None
    True
    """
    if match := _SEP.match(text):
        return CellDialect(match[1], start=match.end())
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    candidates = [_candidate(delimiter, sample) for delimiter in _DELIMITERS]
    scores = {each: score for each in candidates if (score := _score(each, sample)) > (0.0, 0)}
    return max(scores, key=scores.__getitem__, default=CellDialect(None))


def _candidate(delimiter: str, sample: str) -> CellDialect:
    spaced = f'{delimiter} "' in sample
    backslashes = _ESCAPED_QUOTE.search(sample) and not _DOUBLED_QUOTE.search(sample)
    return CellDialect(delimiter, is_spaced=spaced, has_backslashes=bool(backslashes))


def _score(dialect: CellDialect, sample: str) -> tuple[float, int]:
    """How well the dialect fits: by the share of rows of the usual width, then by that width."""
    rows = [row for row in dialect.rows(sample) if any(cell.strip() for cell in row)]
    widths = Counter(map(len, rows))
    usual = max(widths, key=lambda width: (widths[width], width), default=1)
    if usual < 2:
        return (0.0, 0)
    regular = widths[usual] / widths.total()
    spaced, decimal = _prose(dialect.delimiter or "", rows)
    if len(rows[0]) < 2 and (spaced + decimal > 0 or regular < _REGULAR):
        return (0.0, 0)  # the heading of one column, and not the title of a table
    if spaced >= _PROSE and regular < 1 and any(map(_is_sentence, rows)):
        return (0.0, 0)
    return (regular / 2 if spaced + decimal >= _PROSE else regular, usual)


def _is_sentence(row: list[str]) -> bool:
    return len(row) < 2 or row[-1].rstrip().endswith((".", "!", "?"))


def _prose(delimiter: str, rows: list[list[str]]) -> tuple[float, float]:
    """The share of delimiters that a blank follows, and of those within a decimal number."""
    if delimiter not in ",;":
        return (0.0, 0.0)
    text = "\n".join(delimiter.join(cell.replace(delimiter, " ") for cell in row) for row in rows)
    all_ = text.count(delimiter)
    decimals = len(_DECIMAL.findall(text)) if delimiter == "," else 0
    return text.count(f"{delimiter} ") / all_, decimals / all_
