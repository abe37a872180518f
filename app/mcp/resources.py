"""The documents as resources, which a client lists and reads: everybody who may search them may
read them.

A text is read as it is in the bucket, piece by piece judged by the guard as passages are. Another
file, such as a PDF, is read as its bytes. Where a guardrail judges passages it cannot judge those:
then it is read as the passages that the Knowledge Base has of it, judged.
"""

import base64
import mimetypes
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from mcp_types import (
    Annotations,
    BlobResourceContents,
    ListResourcesResult,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from app.documents import Bucket
from app.documents.bucket import Object
from app.documents.names import document_id, key_of
from app.errors import InvalidRequest, NotFound, TooLarge, Unavailable
from app.events import Guardrail, Passage
from app.mcp import results
from app.mcp.uris import TEMPLATE, is_document, key_of_uri, resource_uri
from app.resources import SOURCE_URI
from app.retrieval import Retriever
from app.settings import Settings

PAGE = 100
"""Documents on a page of the list."""
TEXTS = (
    ".md", ".txt", ".csv", ".tsv", ".html", ".htm", ".rst", ".adoc", ".asciidoc", ".json",
    ".jsonl", ".ipynb",
)  # fmt: skip
"""The suffixes of documents that are text as they are."""
LARGEST_TEXT = 1_000_000  # bytes
LARGEST_FILE = 20_000_000  # bytes
PIECE = 5000  # characters, of a text that the guard judges
MOST_PASSAGES = 100  # Retrieve's own limit
LEFT_OUT = "[The guardrail leaves out a part of the document here.]\n"
SMALLER = "Use search_documents to find what it says."


class DocumentResources:
    """The documents of one deployment.

    Args:
        retriever_of: makes a retriever on the account of a principal.
    """

    def __init__(
        self, bucket: Bucket, settings: Settings, retriever_of: Callable[[str], Retriever]
    ) -> None:
        self._bucket, self._settings, self._retriever_of = bucket, settings, retriever_of
        self._is_judged = bool(settings.guardrail_id) and settings.guardrail_passages

    def page(self, cursor: str | None) -> ListResourcesResult:
        """A page of the list, by name; `cursor` is that of the page before. It blocks.

        Raises:
            InvalidRequest: there is no such cursor.
        """
        try:
            after = key_of(cursor) if cursor else ""
        except NotFound:
            raise InvalidRequest(
                "cursor: it is none that a list has returned.", field="cursor"
            ) from None
        keys = self._bucket.documents(after=after, page=2 * (PAGE + 1))
        objects = list(islice((item for item in keys if is_document(item.key)), PAGE + 1))
        page = objects[:PAGE]
        return ListResourcesResult(
            resources=[_resource(item) for item in page],
            next_cursor=document_id(page[-1].key) if len(objects) > PAGE else None,
        )

    def read(self, uri: str, principal: str) -> ReadResourceResult:
        """The content of a document. It blocks.

        Raises:
            NotFound: no document has this URI.
            TooLarge: it has too many bytes for a message.
        """
        key = key_of_uri(uri, self._settings.documents_bucket)
        item = None if key is None else self._bucket.head(key)
        if item is None:
            raise NotFound(f"There is no document {uri[:300]!r}.", field="uri")
        is_text = item.key.lower().endswith(TEXTS)
        if not is_text and self._is_judged:
            return self._passages_of(uri, item, principal)
        largest = LARGEST_TEXT if is_text else LARGEST_FILE
        if item.size > largest:
            raise TooLarge(
                f"{item.key!r} has {item.size:,} bytes; {largest:,} are the most that are read at "
                f"once. {SMALLER}",
                field="uri",
            )
        content = self._bucket.read(item.key)
        if content is None:
            raise NotFound(f"There is no document {uri[:300]!r} any more.", field="uri")
        if is_text:
            return self._text_of(uri, item, content, principal)
        blob = base64.b64encode(content).decode()
        contents = BlobResourceContents(uri=uri, mime_type=_type_of(item.key), blob=blob)
        return ReadResourceResult(contents=[contents])

    def _text_of(
        self, uri: str, item: Object, content: bytes, principal: str
    ) -> ReadResourceResult:
        address = self._bucket.uri(item.key)
        pieces = [
            Passage(number, text, address, 1.0)
            for number, text in enumerate(_pieces(_decoded(content, item.charset)), start=1)
        ]
        guard = self._retriever_of(principal).guard
        verdicts = guard.passages(pieces)
        text = "".join(LEFT_OUT if verdict.blocked else verdict.text for verdict in verdicts)
        interventions = [
            event
            for verdict in verdicts
            if verdict.intervened
            for event in verdict.events("passage", subject=address)
        ]
        return _result(uri, _type_of(item.key), text, interventions)

    def _passages_of(self, uri: str, item: Object, principal: str) -> ReadResourceResult:
        """The passages that the Knowledge Base has of a document, by their pages."""
        screening = self._retriever_of(principal).passages(
            item.key,
            limit=MOST_PASSAGES,
            search_type=self._settings.searches,
            retrieval_filter={"equals": {"key": SOURCE_URI, "value": self._bucket.uri(item.key)}},
            is_reranked=False,
        )
        if not screening.passages and not screening.interventions:
            raise Unavailable(f"{item.key!r} is not indexed yet.")
        passages = sorted(screening.passages, key=lambda passage: passage.page or 0)
        text = "\n\n".join(
            f"[page {passage.page}]\n{passage.text}" if passage.page else passage.text
            for passage in passages
        )
        return _result(uri, "text/plain", text, screening.interventions)


def templates() -> Sequence[ResourceTemplate]:
    """The template of all documents' URIs."""
    return [
        ResourceTemplate(
            name="document",
            title="A document",
            uri_template=TEMPLATE,
            description="A document by its path, as search_documents names it.",
        )
    ]


def _resource(item: Object) -> Resource:
    return Resource(
        uri=resource_uri(item.key),
        name=item.key,
        title=item.key.rsplit("/", 1)[-1],
        mime_type=_type_of(item.key),
        size=item.size,
        annotations=Annotations(last_modified=item.modified.isoformat()),
    )


def _result(
    uri: str, mime_type: str, text: str, verdicts: Sequence[Guardrail]
) -> ReadResourceResult:
    contents = TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    return ReadResourceResult(contents=[contents], _meta=results.meta(verdicts))


def _type_of(key: str) -> str:
    return mimetypes.guess_type(key)[0] or "application/octet-stream"


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8-sig", errors="replace")
    except LookupError:  # no encoding has this name
        return content.decode(errors="replace")


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces, cut behind lines where that is possible.

    >>> [len(piece) for piece in _pieces("a" * 4000 + chr(10) + "b" * 7000)]
    [4001, 5000, 2000]
    """
    piece = ""
    for line in text.splitlines(keepends=True):
        if piece and len(piece) + len(line) > PIECE:
            yield piece
            piece = ""
        while len(line) > PIECE:
            yield line[:PIECE]
            line = line[PIECE:]  # noqa: PLW2901 - what is left of it
        piece += line
    if piece:
        yield piece
