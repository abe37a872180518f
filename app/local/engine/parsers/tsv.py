"""TSV: as CSV, with tabs between the cells."""

from collections.abc import Iterator

from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.delimited import read, sections
from app.local.engine.parsers.dialects import CellDialect
from app.local.engine.parsers.plain import read_text


def parse(document: Document) -> Iterator[Section]:
    text = read_text(document)
    yield from sections(read(text, CellDialect("\t"), keeps_blank=True), document.records)
