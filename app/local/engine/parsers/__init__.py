"""Documents to text, one module or package for each format.

    plain           .txt             decodes bytes, for every format that is text
    markdown        .md              as it is read
    hypertext       .html            to Markdown
    delimited, tsv  .csv, .tsv       a table, or a record for each row
    pdf             .pdf             a section for each page
    docx            .docx            to HTML, and on to Markdown
    pptx            .pptx            a section for each slide
    xlsx, xls       .xlsx, .xls      a section for each sheet
    opendocument    .odt .ods .odp   as docx, xlsx and pptx
    rtf             .rtf             to Markdown
    epub            .epub            a section for each chapter
    mail, outlook   .eml, .msg       the headers and the text

What formats share: `encodings` tells how bytes are text, `render` writes Markdown, `archive` and
`package` open what is a ZIP file, `drawings` and `sheets` read what stands in files of several
kinds, as `numbering`, `word_fields` and `slide_order` do.

The worker process (`__main__`), which `process` starts and limits, is alone in importing the
formats' modules and their libraries. Each module has `parse(document)`, which yields the document's
sections or raises Unreadable, and calls `document.warn` for text that it cannot read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
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
        page_label: what the PDF calls the page, such as iii or A-3; None if that is its number.
    """

    text: str
    page: int | None
    metadata: Mapping[str, str] = field(default_factory=dict)
    page_label: str | None = None


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
        seconds: the time limit; a parser of pictures stops before it.
        warnings: what of its text the parser could not read.
    """

    path: Path
    charset: str | None = None
    records: Records | None = None
    seconds: float | None = None
    warnings: list[str] = field(default_factory=list)

    def warn(self, warning: str) -> None:
        """Add a warning, once: a sentence for a person that says which text is missing, where it
        is in the document, and if there is a way, how to mend it. The rest is indexed all the same.
        """
        warning = " ".join(warning.split())  # Bedrock's statusReason has one on each line
        if warning not in self.warnings:
            self.warnings.append(warning)


@dataclass(frozen=True)
class ParsedDocument:
    """The text of a document.

    Attributes:
        sections: none of them is blank.
        warnings: a sentence for each kind of text that is in the document and not in its sections.
    """

    sections: list[Section]
    warnings: tuple[str, ...] = ()


def recognizes_pictures() -> bool:
    """Whether the optional packages for text recognition are installed."""
    return find_spec("rapidocr") is not None


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
    ) -> ParsedDocument:
        """Parse a document.

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
