"""CSV: a table, or a record for each row where the document's sidecar says so."""

from collections.abc import Iterator
from itertools import chain, groupby, islice

from app.local.engine.parsers import (
    Document,
    Records,
    Section,
    Unreadable,
)
from app.local.engine.parsers.dialects import CellDialect, dialect_of
from app.local.engine.parsers.plain import read_text
from app.local.engine.parsers.render import line, tidy, wide

_LONGEST_TITLE = 5  # lines


def parse(document: Document) -> Iterator[Section]:
    text = read_text(document)
    yield from sections(read(text, keeps_blank=True), document.records)


def sections(rows: Iterator[list[str]], records: Records | None) -> Iterator[Section]:
    """The rows as tables, or each as a record of its own."""
    if records is None:
        yield Section("\n\n".join(block for part in _tables(rows) for block in _blocks(part)), None)
    else:
        yield from _records(filter(any, rows), records)


def _blocks(rows: Iterator[list[str]]) -> Iterator[str]:
    """The title of a table, if it has one, and the table."""
    title, rows = _title(rows)
    yield from filter(None, ("\n".join(title), wide(list(rows))))


def _tables(rows: Iterator[list[str]]) -> Iterator[Iterator[list[str]]]:
    """The rows of each table. After a blank row, another table begins if its header has another
    number of cells than the table before, or a title stands above it.
    """
    parts: list[list[list[str]]] = [[]]
    blocks = [list(block) for has_text, block in groupby(rows, any) if has_text]
    for block in blocks:
        above = parts[-1]
        if above and _begins_table(block, above):
            parts.append(block)
        else:
            above += block
    return map(iter, parts)


def _begins_table(block: list[list[str]], above: list[list[str]]) -> bool:
    header = next((row for row in block[: _LONGEST_TITLE + 1] if _width(row) > 1), [])
    labels = [cell for cell in header if cell.strip()]
    has_rows = len(block) > block.index(header) + 1 if header else False
    is_header = has_rows and not any(any(map(str.isdigit, label)) for label in labels)
    widest = max(map(_width, above[: _LONGEST_TITLE + 1]))
    is_other = widest > 1 and (_width(header) != widest or header is not block[0])
    return is_header and is_other


def _width(row: list[str]) -> int:
    """The number of cells up to the last one with text."""
    return max((at for at, cell in enumerate(row, start=1) if cell.strip()), default=0)


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


def read(
    text: str, dialect: CellDialect | None = None, *, keeps_blank: bool = False
) -> Iterator[list[str]]:
    r"""Yield the rows that are not blank; or those too, without cells.

    >>> list(read('name;note\n\nAnn;"a; b"\n'))
    [['name', 'note'], ['Ann', 'a; b']]
    """
    if dialect is None:
        dialect = dialect_of(text)
    for row in dialect.rows(text):
        if any(cell.strip() for cell in row):
            yield row
        elif keeps_blank:
            yield []


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
