"""EXTERNAL_SOURCES: a document that comes with the request or lies in S3, read for it alone.

    bytes -- parser -- chunks -- by the words of the question, by its meaning -- the best, as hits

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_ExternalSource.html
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from math import log
from pathlib import Path, PurePath
from tempfile import NamedTemporaryFile
from typing import Protocol

import numpy as np

from app.local.control.errors import invalid
from app.local.engine import Engine
from app.local.engine.chunk import DEFAULT, Piece, chunk
from app.local.engine.languages import ENGLISH, tell
from app.local.engine.parsers import Section, Unreadable
from app.local.engine.store import Hit
from app.local.engine.store.analysis import terms
from app.local.wire import JSON

MOST_BYTES = 10 * 2**20
"""Of a document, as the API has it for those that come with the request."""

PARSING_SECONDS = 60.0  # the caller waits
MOST_READ = 100  # chunks that are compared with the question by meaning
RESULTS = 10  # chunks that the model is shown

# The formats that Bedrock reads, by MIME type. The API's pattern has no room for the longest types:
# of application/octet-stream the identifier's suffix tells the format.
SUFFIXES = {
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/html": ".html",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
}
OCTETS = "application/octet-stream"


class ReadableBuckets(Protocol):
    """S3, as far as external sources use it. An unknown bucket or key is a KeyError."""

    def path(self, bucket: str, key: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class ExternalDocument:
    """A document, as it comes with a request.

    Attributes:
        field: the request's member that it is.
        name: of its file, whose suffix tells the format.
        data: its bytes; None where it lies in S3.
        uri: its place in S3; empty where it comes with the request.
        identifier: what the caller calls it; empty where it lies in S3.
    """

    engine: Engine
    buckets: ReadableBuckets
    field: str
    name: str
    data: bytes | None
    uri: str = ""
    identifier: str = ""

    def hits(self, question: str) -> list[Hit]:
        """The chunks that fit a question best.

        Raises:
            ServiceError: ValidationException: the document is not there, too large or unreadable.
        """
        pieces = chunk(self._sections(), DEFAULT, self.engine.encoder, PurePath(self.name).stem)
        pieces = _by_words(question, pieces)[:MOST_READ]
        scores = self._scores(question, [piece.text for piece in pieces])
        order = sorted(range(len(pieces)), key=lambda place: -scores[place])[:RESULTS]
        return [self._hit(pieces[place], scores[place], place) for place in order]

    def reference(self, hit: Hit) -> JSON:
        """Where a document lies is told as for a Knowledge Base's. How Bedrock tells it of one that
        comes with the request is not documented.
        """
        if self.uri:
            location: JSON = {"type": "S3", "s3Location": {"uri": self.uri}}
        else:
            location = {"type": "CUSTOM", "customDocumentLocation": {"id": self.identifier}}
        metadata = {"metadata": dict(hit.metadata)} if hit.metadata else {}
        return {"content": {"type": "TEXT", "text": hit.text}, "location": location, **metadata}

    def title(self, _: Hit) -> str:
        return self.name

    def _sections(self) -> list[Section]:
        data = self.data
        if data is None:
            bucket, _, key = self.uri.removeprefix("s3://").partition("/")
            try:
                data = self.buckets.path(bucket, key).read_bytes()
            except (KeyError, OSError):
                raise invalid(self.field, f"there is no object {self.uri}.") from None
        if len(data) > MOST_BYTES:
            raise invalid(self.field, f"must be of at most {MOST_BYTES:,} bytes.")
        with (
            NamedTemporaryFile(suffix=PurePath(self.name).suffix) as copy,
            closing(self.engine.new_parser()) as parser,
        ):
            copy.write(data)
            copy.flush()
            try:
                return parser.parse(Path(copy.name), self.name, seconds=PARSING_SECONDS).sections
            except Unreadable as error:
                raise invalid(self.field, f"cannot be read. {error}") from error

    def _scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits the question, in its language."""
        if not texts:
            return []
        if (tell(question) or ENGLISH) is ENGLISH:
            return self.engine.rerank(question, texts)
        vectors = self.engine.multilingual.encode([question, *texts])
        return [float(score) for score in np.clip(vectors[1:] @ vectors[0], 0, 1)]

    def _hit(self, piece: Piece, score: float, place: int) -> Hit:
        metadata: JSON = {"x-amz-bedrock-kb-source-uri": self.uri} if self.uri else {}
        if piece.page is not None:
            metadata["x-amz-bedrock-kb-document-page-number"] = piece.page
        return Hit(str(place), self.name, piece.text, metadata, score, None, piece.context)


def external_document(
    engine: Engine, buckets: ReadableBuckets, where: str, sources: Sequence[JSON]
) -> ExternalDocument:
    """Check the sources of a configuration, the request's member `where`.

    Raises:
        ServiceError: ValidationException, naming the member and the rule.
    """
    if not sources:  # of a session that goes on without a configuration
        raise invalid(where, "must come with each request.")
    source, field = sources[0], f"{where}.0"
    members = {"S3": "s3Location", "BYTE_CONTENT": "byteContent"}
    member = members[source["sourceType"]]
    if source.get(member) is None:
        raise invalid(f"{field}.{member}", f"is required for the type {source['sourceType']}.")
    if member == "s3Location":
        uri = source[member]["uri"]
        name = uri.rpartition("/")[2]
        return ExternalDocument(engine, buckets, f"{field}.{member}.uri", name, None, uri)
    content = source[member]
    name = _file_name(f"{field}.{member}.contentType", content)
    return ExternalDocument(
        *(engine, buckets, f"{field}.{member}", name, bytes(content["data"])),
        identifier=content["identifier"],
    )


def _file_name(field: str, content: JSON) -> str:
    name = PurePath(content["identifier"]).name
    kind = content["contentType"].partition(";")[0].strip().lower()
    suffix = PurePath(name).suffix if kind == OCTETS else SUFFIXES.get(kind)
    if not suffix:
        raise invalid(
            field,
            f"must be one of {', '.join(sorted(SUFFIXES))}; or {OCTETS}, if the identifier has the "
            "suffix of the format.",
        )
    return name if name.lower().endswith(suffix) else f"{name}{suffix}"


def _by_words(question: str, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, those first that hold most of the question's words, of which the rare ones count
    more.
    """
    if len(pieces) <= MOST_READ:
        return list(pieces)
    needs = set(terms(question))
    held = [needs & set(terms(f"{piece.context}\n{piece.text}")) for piece in pieces]
    counts = Counter(term for one in held for term in one)
    weights = {term: log(1 + len(pieces) / count) for term, count in counts.items()}
    order = sorted(
        range(len(pieces)), key=lambda place: -sum(weights[term] for term in held[place])
    )
    return [pieces[place] for place in order]
