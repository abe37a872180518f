"""Documents to text, one file a format.

    plain       .txt     how bytes become text, for every format that is text
    markdown    .md      as it is
    hypertext   .html    as Markdown
    delimited   .csv     a table, or a record a row
    pdf         .pdf     a section a page
    docx        .docx    by way of HTML
    pptx        .pptx    a section a slide
    xlsx        .xlsx    a section a sheet

The modules of the formats are imported by the worker process alone (`__main__`), which `process`
starts and limits; so are the libraries that they stand on. Each has one function of a kind:
`parse(document)` yields the document's sections, or raises Unreadable.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

LONGEST_TEXT = 50_000_000  # characters of one document
OUT_OF_MEMORY = 86  # the worker's exit status


@dataclass(frozen=True)
class Section:
    """A part of a document that no chunk reaches beyond.

    Attributes:
        text: what a reader would read, headings as Markdown's `#` lines, tables a row a line.
        page: the page of a PDF or the slide of a presentation, from 1.
        metadata: the columns of a CSV record that its sidecar names as metadata.
    """

    text: str
    page: int | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Records:
    """Which columns of a CSV file are what, where each row is a record of its own.

    Attributes:
        content: the column that is read as the record's text.
        include: the columns that become its metadata; None means all the others.
        exclude: columns that do not.
    """

    content: str
    include: Collection[str] | None = None
    exclude: Collection[str] = ()


@dataclass(frozen=True)
class Document:
    """What is to be parsed.

    Attributes:
        path: where its bytes lie.
        charset: what its text is encoded in, where its content type says so.
        records: how to read a CSV file row by row, where its sidecar says so.
    """

    path: Path
    charset: str | None = None
    records: Records | None = None


class SectionParser(Protocol):
    """Reads documents, one at a time. `process.Parser` is one."""

    def parse(
        self,
        path: Path,
        name: str,
        *,
        charset: str | None = None,
        records: Records | None = None,
        seconds: float | None = None,
    ) -> list[Section]:
        """The document's text; no section is blank.

        Args:
            path: where its bytes lie.
            name: its file name, whose suffix says what it is.
            charset: what its text is encoded in, where its content type says so.
            records: how to read a CSV file row by row, where its sidecar says so.
            seconds: how long it may take, where that is less than the parser's own limit.

        Raises:
            Unreadable: with the reason, for a person; TooSlow, where it took too long.
        """
        ...

    def close(self) -> None:
        """End at once. A document that is being read, or that comes later, is Unreadable."""
        ...


class Unreadable(Exception):
    """The document cannot be read; `str(error)` tells a person why, and what would help."""


class TooSlow(Unreadable):
    """Parsing took longer than it may. The next document is not affected."""
