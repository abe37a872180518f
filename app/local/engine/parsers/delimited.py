"""CSV: a table, or a record for each row where the document's sidecar says so."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from app.local.engine.parsers import (
    Document,
    Records,
    Section,
    Unreadable,
)
from app.local.engine.parsers.plain import decode
from app.local.engine.parsers.render import line, table, tidy

_DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024  # characters from which the delimiter is inferred


def parse(document: Document) -> Iterator[Section]:
    rows = read(decode(document.path.read_bytes(), document.charset))
    if document.records is None:
        yield Section(table(rows), None)
    else:
        yield from _records(rows, document.records)


def read(text: str) -> Iterator[list[str]]:
    r"""Yield the rows that are not blank.

    >>> list(read('name;note\n\nAnn;"a; b"\n'))
    [['name', 'note'], ['Ann', 'a; b']]
    """
    csv.field_size_limit(
        max(csv.field_size_limit(), len(text) + 1)
    )  # the limit is global to the process
    for row in csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text[:_SAMPLE])):
        if any(cell.strip() for cell in row):
            yield row


def _delimiter(sample: str) -> str:
    """The delimiter that cuts the sample's rows into equal numbers of cells, and into the most
    cells.

    `csv.Sniffer` takes any letter for a delimiter, and needs minutes for long cells.
    """

    def fit(delimiter: str) -> tuple[float, int]:
        rows = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
        widths = Counter(len(row) for row in rows if row)
        usual = max(widths, key=widths.__getitem__, default=1)
        return (widths[usual] / widths.total() if usual > 1 else 0.0, usual)

    return max(_DELIMITERS, key=fit)


def _records(rows: Iterator[list[str]], records: Records) -> Iterator[Section]:
    header = [line(cell) for cell in next(rows, [])]
    metadata_columns = {records.content, *(records.include or ()), *records.exclude}
    if missing := metadata_columns.difference(header):
        raise Unreadable(
            f"The sidecar names the column {sorted(missing)[0]!r}, which the CSV file's first row "
            f"does not have; it has {', '.join(header)}."
        )
    columns = set(header if records.include is None else records.include).difference(
        records.exclude
    )
    for row in rows:
        record = dict(zip(header, map(tidy, row), strict=False))
        text = record.pop(records.content, "")
        if text.strip():
            metadata = {key: value for key, value in record.items() if value and key in columns}
            yield Section(text, None, metadata)
