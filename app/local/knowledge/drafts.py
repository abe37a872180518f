"""One document to the chunks that a store takes: fetched, parsed, cut, and each told its origin."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.local.knowledge.chunk import Encoder, Piece, chunk
from app.local.knowledge.fetch import ETags, Fetch, Origin
from app.local.knowledge.parse import Records, Section, Unreadable
from app.local.knowledge.queue import CUSTOM, Task
from app.local.store import Chunk, Metadata

SOURCE_URI = "x-amz-bedrock-kb-source-uri"
DATA_SOURCE = "x-amz-bedrock-kb-data-source-id"
CHUNK = "x-amz-bedrock-kb-chunk-id"
PAGE = "x-amz-bedrock-kb-document-page-number"


class Parser(Protocol):
    """What reading needs of `parse.Parser`."""

    def parse(
        self, path: Path, name: str, *, charset: str | None = None, records: Records | None = None
    ) -> list[Section]: ...

    def close(self) -> None: ...


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
    task: Task, origin: Origin, data: bytes | None, fetch: Fetch, parser: Parser, encoder: Encoder
) -> Drafts:
    """Read a document and cut it.

    Raises:
        Unreadable: with the reason, for a person.
    """
    etags = fetch.etags(origin, data)
    with fetch.document(origin, data) as file:
        sidecar = file.sidecar
        sections = parser.parse(file.path, file.name, charset=file.charset, records=sidecar.records)
    pieces = chunk(sections, task.chunking, encoder)
    if not pieces:
        raise Unreadable("The document holds no text.")
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


def _id(task: Task, number: int, piece: Piece) -> str:
    """A chunk's id: the same whenever the same document is cut the same way."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{task.document}#{number}\n{piece.text}"))


def _bedrocks(task: Task, piece: Piece, chunk_id: str) -> Metadata:
    """The attributes that Bedrock gives a chunk."""
    page = {} if piece.page is None else {PAGE: piece.page}
    uri = task.uri.removeprefix(CUSTOM)
    return {SOURCE_URI: uri, DATA_SOURCE: task.source, CHUNK: chunk_id, **page}
