"""CSV: a table, or a record for each row where the document's sidecar says so."""

from collections.abc import Iterator
from itertools import chain, islice

from app.local.engine.parsers import (
    Document,
    Records,
    Section,
    Unreadable,
)
from app.local.engine.parsers.dialects import CellDialect, dialect_of
from app.local.engine.parsers.plain import read_text
from app.local.engine.parsers.render import line, table, tidy

_LONGEST_TITLE = 5  # lines


def parse(document: Document) -> Iterator[Section]:
    text = read_text(document)
    yield from sections(read(text), document.records)


def sections(rows: Iterator[list[str]], records: Records | None) -> Iterator[Section]:
    """The rows as one table, or each as a record of its own."""
    if records is None:
        title, rows = _title(rows)
        yield Section("\n\n".join(filter(None, ("\n".join(title), table(rows)))), None)
    else:
        yield from _records(rows, records)


def _title(rows: Iterator[list[str]]) -> tuple[list[str], Iterator[list[str]]]:
    """The lines above a table that have one cell of several words, and the rows."""
    first = list(islice(rows, _LONGEST_TITLE + 2))
    counts = [sum(bool(cell.strip()) for cell in row) for row in first]
    length = next((place for place, count in enumerate(counts) if count > 1), 0)
    title = [row[0].strip() for row in first[:length]]
    is_title = counts[length + 1 : length + 2] != [1] and any(" " in cell for cell in title)
    if not is_title or not all(title):
        return [], chain(first, rows)
    return title, chain(first[length:], rows)


def read(text: str, dialect: CellDialect | None = None) -> Iterator[list[str]]:
    r"""Yield the rows that are not blank.

    >>> list(read('name;note\n\nAnn;"a; b"\n'))
    [['name', 'note'], ['Ann', 'a; b']]
    """
    if dialect is None:
        dialect = dialect_of(text)
    for row in dialect.rows(text):
        if any(cell.strip() for cell in row):
            yield row


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
