"""Where an answer comes from: passages that were found, and the quotes and places in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

MetadataValue = str | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that Retrieve has found.

    Attributes:
        number: its place in the prompt, from 1, by which the model cites it.
        text: the chunk, word for word.
        uri: the address of its document, `s3://bucket/key`.
        score: how well it fits the query, 0 to 1; comparable within one retrieval only.
        page: the page of a PDF on which it begins, from 1, if the Knowledge Base has it.
        metadata: the document's own attributes, from its sidecar.
        own_title: the title that the document gives itself, if it is known.
        page_label: what the PDF calls the page, such as iii or A-3; None if that is its number, or
            if the Knowledge Base does not have it.
    """

    number: int
    text: str
    uri: str
    score: float
    page: int | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    own_title: str | None = None
    page_label: str | None = None

    @property
    def document(self) -> str:
        """The document's path: its key in the bucket; of one that is not in S3, its address.

        >>> Passage(1, "", "s3://docs/guides/setup.md", 0.5).document
        'guides/setup.md'
        """
        bucket, _, key = self.uri.removeprefix("s3://").partition("/")
        return key if key and self.uri.startswith("s3://") and bucket else self.uri

    @property
    def title(self) -> str:
        """The document's own title, or else its file's name."""
        return self.own_title or self.document.rstrip("/").rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document that comes near a question, though it does not answer it.

    Attributes:
        document: the document's path, as in a citation.
        title: the document's own title, or else its file's name.
        section: the nearest heading above what is nearest to the question, if there is one.
        page: the page of a PDF, from 1.
        score: the passage's score.
        page_label: what the PDF calls the page, if that is not its number.
    """

    document: str
    title: str
    uri: str
    page: int | None
    section: str | None
    score: float
    page_label: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A mark `[number]` in the answer, resolved to a quote from a passage.

    Attributes:
        number: the number in the answer's brackets: 1 for the first passage cited, 2 for the next.
        document: the document's path: its key in the bucket.
        title: the document's own title, or else its file's name.
        uri: the document's address.
        page: the page of a PDF, from 1.
        section: the nearest heading above the quote, if the passage has one.
        start: the place of the quote in the passage, in characters (Unicode code points) from 0.
        end: the place after it; `passage[start:end]` is the quote.
        text: the quote.
        passage: the whole passage.
        score: the passage's score.
        mark: the place of the mark in the answer, in characters. An answer may hold numbers in
            brackets that are no marks: code, or numbers that a document has itself.
        mark_utf16: the same in UTF-16 code units, as JavaScript counts.
        headings: the headings of the sections of the passage that the quote is in, outermost first.
        table_header: the header of the table, if the quote is one of its rows.
        supported: whether the words of the quote and its passage support the sentence before the
            mark; None if that is not known.
        page_label: what the PDF calls the page, if that is not its number.
    """

    kind: ClassVar[str] = "citation"
    number: int
    document: str
    title: str
    uri: str
    page: int | None
    section: str | None
    start: int
    end: int
    text: str
    passage: str
    score: float
    mark: int | None = None  # None in turns that older versions have stored
    mark_utf16: int | None = None
    headings: tuple[str, ...] = ()
    table_header: str | None = None
    supported: bool | None = None
    page_label: str | None = None

    @property
    def start_utf16(self) -> int:
        """`start` in UTF-16 code units: `passage.slice(startUtf16, endUtf16)` in JavaScript."""
        return utf16_length(self.passage[: self.start])

    @property
    def end_utf16(self) -> int:
        return self.start_utf16 + utf16_length(self.passage[self.start : self.end])


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 code units, as JavaScript, Java and C# count.

    >>> utf16_length("rate"), utf16_length("🎉")
    (4, 2)
    """
    return len(text) if text.isascii() else len(text) + sum(sign > "\uffff" for sign in text)
