"""One document to the chunks that a store takes: fetched, parsed, cut, and each told its origin.

What one document may take, beside the limits of `parse`: MOST_CHUNKS chunks.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.local.bedrock_agent.knowledge_bases.fetch import (
    ETags,
    Fetch,
    Fetched,
    Origin,
)
from app.local.bedrock_agent.knowledge_bases.queue import CUSTOM, Task
from app.local.engine.chunk import Chunking, Piece, Semantic, chunk
from app.local.engine.encoder import TextEncoder
from app.local.engine.parsers import Section, SectionParser, TooSlow, Unreadable
from app.local.engine.store import Chunk, Metadata

SOURCE_URI = "x-amz-bedrock-kb-source-uri"
DATA_SOURCE = "x-amz-bedrock-kb-data-source-id"
CHUNK = "x-amz-bedrock-kb-chunk-id"
PAGE = "x-amz-bedrock-kb-document-page-number"
MOST_CHUNKS = 50_000
STRETCH = 1_000_000  # characters of a section that are cut at a time: it bounds the memory
SEMANTIC = 64  # times the work: semantic chunking embeds each sentence to find where to cut


class SetAside(Exception):
    """A document would hold up others: it is to be read apart from them."""


@dataclass(frozen=True)
class Pace:
    """What a document may take where others wait for it.

    Attributes:
        seconds: of parsing.
        characters: of text, or bytes of its file.
    """

    seconds: float
    characters: int


@dataclass(frozen=True)
class Drafts:
    """A document's chunks, all but their vectors.

    Attributes:
        etags: what of the document they are.
        chunks: in the order of the text.
        texts: what to embed, by the place of its chunk; parents have none. It begins with the
            attributes that ask to be embedded, which no one is shown.
    """

    etags: ETags
    chunks: list[Chunk]
    texts: Mapping[int, str]


def draft(
    task: Task,
    origin: Origin,
    data: bytes | None,
    fetch: Fetch,
    parser: SectionParser,
    encoder: TextEncoder,
    pace: Pace | None = None,
) -> Drafts:
    """Read a document and cut it.

    Raises:
        Unreadable: with the reason, for a person.
        SetAside: it takes more than the pace allows.
    """
    etags = fetch.etags(origin, data)
    with fetch.document(origin, data) as file:
        sidecar = file.sidecar
        sections = _parsed(file, parser, task.chunking, pace)
    pieces = chunk(_stretches(sections), task.chunking, encoder)
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
                metadata={**sidecar.attributes, **piece.metadata, **_bedrocks(task, piece, own)},
                vector=None,
                parent=None if piece.parent is None else ids[piece.parent],
            )
            for own, piece in zip(ids, pieces, strict=True)
        ],
        {
            number: sidecar.prefix + piece.text
            for number, piece in enumerate(pieces)
            if number not in parents
        },
    )


def _parsed(
    file: Fetched, parser: SectionParser, chunking: Chunking, pace: Pace | None
) -> list[Section]:
    if pace is None:
        return parser.parse(
            file.path, file.name, charset=file.charset, records=file.sidecar.records
        )
    most = pace.characters // (SEMANTIC if isinstance(chunking, Semantic) else 1)
    if file.path.stat().st_size > most:
        raise SetAside
    try:
        sections = parser.parse(
            file.path,
            file.name,
            charset=file.charset,
            records=file.sidecar.records,
            seconds=pace.seconds,
        )
    except TooSlow as error:
        raise SetAside from error
    if sum(len(section.text) for section in sections) > most:
        raise SetAside
    return sections


def _stretches(sections: Sequence[Section]) -> list[Section]:
    """The sections, one that is longer than STRETCH in several: cut at a paragraph, or a line, or a
    word, or anywhere.
    """
    return [
        section if len(section.text) <= STRETCH else replace(section, text=text)
        for section in sections
        for text in _cut(section.text)
    ]


def _cut(text: str) -> Iterator[str]:
    """The text in parts of at most STRETCH characters; joined, they are the text."""
    start = 0
    while len(text) - start > STRETCH:
        middle, last = start + STRETCH // 2, start + STRETCH
        places = (text.rfind(sign, middle, last) for sign in ("\n\n", "\n", " "))
        end = next((place for place in places if place >= 0), last)
        yield text[start:end]
        start = end
    yield text[start:]


def _id(task: Task, number: int, piece: Piece) -> str:
    """A chunk's id: the same whenever the same document is cut the same way."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{task.document}#{number}\n{piece.text}"))


def _bedrocks(task: Task, piece: Piece, chunk_id: str) -> Metadata:
    """The attributes that Bedrock gives a chunk."""
    page = {} if piece.page is None else {PAGE: piece.page}
    uri = task.uri.removeprefix(CUSTOM)
    return {SOURCE_URI: uri, DATA_SOURCE: task.source, CHUNK: chunk_id, **page}
