"""Documents to text, one module for each format.

    plain       .txt     decodes bytes, for every format that is text
    markdown    .md      as it is
    hypertext   .html    to Markdown
    delimited   .csv     a table, or a record for each row
    pdf         .pdf     a section for each page
    docx        .docx    to HTML, and on to Markdown
    pptx        .pptx    a section for each slide
    xlsx        .xlsx    a section for each sheet

The worker process (`__main__`), which `process` starts and limits, is alone in importing the
formats' modules and their libraries. Each module has `parse(document)`, which yields the document's
sections or raises Unreadable.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

LONGEST_TEXT = 50_000_000  # characters of one document
OUT_OF_MEMORY = 86  # the worker's exit status


@dataclass(frozen=True)
class Section:
    """A part of a document. A chunk lies within one section.

    Attributes:
        text: the text that a reader sees: headings as Markdown's `#` lines, a row of a table on a
            line.
        page: the page of a PDF or the slide of a presentation, from 1.
        metadata: the columns of a CSV record that its sidecar names as metadata.
    """

    text: str
    page: int | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Records:
    """How to read a CSV file of which each row is a record of its own.

    Attributes:
        content: the column of the record's text.
        include: the columns of its metadata; None means all the others.
        exclude: columns that are left out of its metadata.
    """

    content: str
    include: Collection[str] | None = None
    exclude: Collection[str] = ()


@dataclass(frozen=True)
class Document:
    """A document for a parser.

    Attributes:
        path: the file of its bytes.
        charset: the encoding that its content type names, if any.
        records: how to read a CSV file row by row, if its sidecar says so.
    """

    path: Path
    charset: str | None = None
    records: Records | None = None


class SectionParser(Protocol):
    """Parses documents, one at a time. `process.Parser` implements it."""

    def parse(
        self,
        path: Path,
        name: str,
        *,
        charset: str | None = None,
        records: Records | None = None,
        seconds: float | None = None,
    ) -> list[Section]:
        """The document's sections; none of them is blank.

        Args:
            path: the file of its bytes.
            name: its file name, whose suffix tells the format.
            charset: the encoding that its content type names, if any.
            records: how to read a CSV file row by row, if its sidecar says so.
            seconds: a time limit, if it is shorter than the parser's own.

        Raises:
            Unreadable: with the reason, for a person. TooSlow: the time limit has passed.
        """
        ...

    def close(self) -> None:
        """End at once. A document that is being parsed, or comes later, is Unreadable."""
        ...


class Unreadable(Exception):
    """The document cannot be parsed. The message tells a person why, and how to mend it."""


class TooSlow(Unreadable):
    """Parsing took longer than its limit. The next document is not affected."""
