"""Plain text."""

from collections.abc import Iterator

from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.encodings import decode
from app.local.engine.parsers.render import clean


def parse(document: Document) -> Iterator[Section]:
    yield Section(clean(read_text(document)), None)


def read_text(document: Document) -> str:
    """The text of a document whose bytes are text."""
    return decode(document.path.read_bytes(), document.charset, document.warn)
