"""From a document to the chunks of its store: fetched, parsed, cut, and labelled with their origin.

Beside the parser's limits, a document may have MOST_CHUNKS chunks.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from app.local import lazy_re as re
from app.local.bedrock_agent.knowledge_bases.fetch import (
    ETags,
    Fetch,
    FetchedDocument,
    Origin,
)
from app.local.bedrock_agent.knowledge_bases.queue import CUSTOM, Task
from app.local.engine.chunk import Chunking, Piece, Semantic, chunk
from app.local.engine.chunk.headings import with_context
from app.local.engine.chunk.tables import open_header
from app.local.engine.encoder import TextEncoder
from app.local.engine.parsers import ParsedDocument, Section, SectionParser, TooSlow, Unreadable
from app.local.engine.store import Chunk, Metadata

SOURCE_URI = "x-amz-bedrock-kb-source-uri"
DATA_SOURCE = "x-amz-bedrock-kb-data-source-id"
CHUNK = "x-amz-bedrock-kb-chunk-id"
PAGE = "x-amz-bedrock-kb-document-page-number"
PAGE_LABEL = "outcrop-page-label"  # Bedrock has none: what the PDF calls the page, such as iii
MOST_CHUNKS = 50_000
STRETCH = 1_000_000  # characters of a section that are cut at a time, which bounds the memory
SEMANTIC = 16  # times the work of other chunking: semantic chunking embeds each sentence


class SetAside(Exception):
    """A document would hold up others: it has to be read in the slow lane."""


@dataclass(frozen=True)
class Pace:
    """The limits of a document in the quick lane, where others wait for it.

    Attributes:
        seconds: of parsing.
        characters: of text, or bytes of its file.
    """

    seconds: float
    characters: int


@dataclass(frozen=True)
class Drafts:
    """A document's chunks without their vectors.

    Attributes:
        etags: the state of the document that they were made of.
        chunks: in the order of the text.
        texts: the texts to embed, by the places of their chunks; parents have none. A text begins
            with the attributes whose sidecar asks that they be embedded, and with the title and
            headings over the chunk; no hit shows those.
        warnings: what of the document's text is in no chunk.
    """

    etags: ETags
    chunks: list[Chunk]
    texts: Mapping[int, str]
    warnings: tuple[str, ...] = ()


def draft(
    task: Task,
    origin: Origin,
    data: bytes | None,
    fetch: Fetch,
    parser: SectionParser,
    encoder: TextEncoder,
    pace: Pace | None = None,
) -> Drafts:
    """Read a document and cut it into chunks.

    Raises:
        Unreadable: with the reason, for a person.
        SetAside: it exceeds the pace.
    """
    etags = fetch.etags(origin, data)
    with fetch.document(origin, data) as file:
        sidecar = file.sidecar
        document = _parse(file, parser, task.chunking, pace)
        title = title_of_file(file.name)
    pieces = chunk(_stretches(document.sections), task.chunking, encoder, title)
    if not pieces:
        raise Unreadable("The document holds no text.")
    if len(pieces) > MOST_CHUNKS:
        raise Unreadable(
            f"The document makes {len(pieces):,} chunks, and {MOST_CHUNKS:,} is the most: split it "
            "into smaller ones, or have the data source make larger chunks."
        )
    ids = [_id(task, number, piece) for number, piece in enumerate(pieces)]
    parents = {piece.parent for piece in pieces}
    return Drafts(
        etags,
        [
            Chunk(
                id=own,
                text=piece.text,
                metadata={
                    **sidecar.attributes,
                    **piece.metadata,
                    **_bedrock_attributes(task, piece, own),
                },
                vector=None,
                parent=None if piece.parent is None else ids[piece.parent],
                context=piece.context,
                neighbours=piece.neighbours,
            )
            for own, piece in zip(ids, pieces, strict=True)
        ],
        {
            number: sidecar.prefix + with_context(piece.context, piece.text)
            for number, piece in enumerate(pieces)
            if number not in parents
        },
        document.warnings,
    )


def title_of_file(name: str) -> str:
    """The title of a document that has no heading, by its file name; "" if that has no words.

    >>> title_of_file("guides/berth-fees_2024.csv"), title_of_file("07.md")
    ('berth fees 2024', '')
    """
    words = re.sub(r"[\W_]+", " ", PurePosixPath(name).stem).strip()
    return words if re.search(r"[^\W\d]{3}", words) else ""


def _parse(
    file: FetchedDocument, parser: SectionParser, chunking: Chunking, pace: Pace | None
) -> ParsedDocument:
    if pace is None:
        return parser.parse(
            file.path, file.name, charset=file.charset, records=file.sidecar.records
        )
    most = pace.characters // (SEMANTIC if isinstance(chunking, Semantic) else 1)
    if file.path.stat().st_size > most:
        raise SetAside
    try:
        document = parser.parse(
            file.path,
            file.name,
            charset=file.charset,
            records=file.sidecar.records,
            seconds=pace.seconds,
        )
    except TooSlow as error:
        raise SetAside from error
    if sum(len(section.text) for section in document.sections) > most:
        raise SetAside
    return document


def _stretches(sections: Sequence[Section]) -> list[Section]:
    """The sections; one that is longer than STRETCH is split at a paragraph, or else at a line, at
    a word, or anywhere. A table that is split has its header in both parts.
    """
    return [
        section if len(section.text) <= STRETCH else replace(section, text=text)
        for section in sections
        for text in _with_headers(_cut(section.text))
    ]


def _with_headers(texts: Iterable[str]) -> Iterator[str]:
    header = ""
    for text in texts:
        whole = f"{header}\n{text.lstrip()}" if header and text.lstrip()[:1] == "|" else text
        yield whole
        header = open_header(whole)


def _cut(text: str) -> Iterator[str]:
    """The text in parts of at most STRETCH characters; joined, they are the text again."""
    start = 0
    while len(text) - start > STRETCH:
        middle, last = start + STRETCH // 2, start + STRETCH
        places = (text.rfind(sign, middle, last) for sign in ("\n\n", "\n", " "))
        end = next((place for place in places if place >= 0), last)
        yield text[start:end]
        start = end
    yield text[start:]


def _id(task: Task, number: int, piece: Piece) -> str:
    """The id of a chunk: the same whenever the same document is cut the same way."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{task.document}#{number}\n{piece.text}"))


def _bedrock_attributes(task: Task, piece: Piece, chunk_id: str) -> Metadata:
    """The attributes that Bedrock adds to a chunk, and the label of its page."""
    page = {} if piece.page is None else {PAGE: piece.page}
    label = {} if piece.page_label is None else {PAGE_LABEL: piece.page_label}
    uri = task.uri.removeprefix(CUSTOM)
    return {SOURCE_URI: uri, DATA_SOURCE: task.source, CHUNK: chunk_id, **page, **label}
