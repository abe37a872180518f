"""Documents to text, one file a format.

    plain       .txt     how bytes become text, for every format that is text
    markdown    .md      as it is
    hypertext   .html    as Markdown
    delimited   .csv     a table, or a record a row
    pdf         .pdf     a section a page
    docx        .docx    by way of HTML
    pptx        .pptx    a section a slide
    xlsx        .xlsx    a section a sheet

This is the code of the worker process that a Knowledge Base's ingestion starts. Nothing else
imports these modules, nor the libraries that they stand on. Each has one function of a kind:
`parse(document)` yields the document's sections, or raises Unreadable.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

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


class Unreadable(Exception):
    """The document cannot be read; `str(error)` tells a person why, and what would help."""
