"""The bytes and attributes of a document, from a bucket or from a request.

Two ETags identify the state of a document: that of the content and that of the metadata. Both are
taken before anything is read, so the index is never older than its ETags say. A document that
changes in between is indexed once more than needed, and never missed.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from app.local.bedrock_agent.knowledge_bases import sidecar
from app.local.bedrock_agent.knowledge_bases.sidecar import Sidecar
from app.local.control.records import digest
from app.local.engine.parsers import Unreadable
from app.local.wire import JSON

SIDECAR = ".metadata.json"
PLAIN_TEXT = "text/plain"

# The formats that a Knowledge Base reads, by the MIME type of inline data.
SUFFIXES = {
    PLAIN_TEXT: ".txt",
    "text/markdown": ".md",
    "text/html": ".html",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "text/tab-separated-values": ".tsv",
}


class Object(Protocol):
    """An object of S3, as far as ingestion uses it."""

    @property
    def key(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def etag(self) -> str: ...

    @property
    def content_type(self) -> str: ...


class Buckets(Protocol):
    """S3, as far as ingestion uses it. An unknown bucket or key is a KeyError."""

    def list(self, bucket: str, prefix: str = "") -> Iterator[Object]: ...

    def head(self, bucket: str, key: str) -> Object: ...

    def path(self, bucket: str, key: str) -> Path: ...


@dataclass(frozen=True)
class Origin:
    """The places of a document's content and attributes.

    Attributes:
        content: its S3 URI; None if the caller sent the data.
        mime_type: of data that the caller sent.
        sidecar: the S3 URI of its attributes.
        attributes: Bedrock's MetadataAttributes that the caller sent.
    """

    content: str | None = None
    mime_type: str | None = None
    sidecar: str | None = None
    attributes: list[JSON] | None = None


@dataclass(frozen=True)
class ETags:
    """The state of a document. `metadata` is None if it has no attributes."""

    content: str
    metadata: str | None


@dataclass(frozen=True)
class FetchedDocument:
    """A document that is ready to be parsed.

    Attributes:
        path: the file of its bytes.
        name: its file name, whose suffix tells the format.
        charset: the encoding that its content type names, if any.
        sidecar: its attributes.
    """

    path: Path
    name: str
    charset: str | None
    sidecar: Sidecar


class Fetch:
    """Fetches documents from their origins."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    def etags(self, origin: Origin, data: bytes | None) -> ETags:
        """The present state of a document.

        Raises:
            Unreadable: there is no such object.
        """
        if origin.content:
            content = self._head(origin.content).etag
        else:
            content = digest([origin.mime_type, data])
        if origin.sidecar:
            return ETags(content, self._head(origin.sidecar).etag)
        return ETags(content, digest(origin.attributes) if origin.attributes else None)

    def size(self, origin: Origin) -> int:
        """The size of a content in a bucket, in bytes; 0 for inline data and missing objects."""
        try:
            return self._head(origin.content).size if origin.content else 0
        except (Unreadable, OSError):
            return 0

    @contextmanager
    def document(self, origin: Origin, data: bytes | None) -> Iterator[FetchedDocument]:
        """The document, as long as the block lasts.

        Raises:
            Unreadable: there is no such object, or the metadata breaks a rule.
        """
        attributes = self._attributes(origin)
        if origin.content:
            name = origin.content.rpartition("/")[2]
            charset = _charset(self._head(origin.content).content_type)
            try:
                yield FetchedDocument(self._path(origin.content), name, charset, attributes)
            except FileNotFoundError as error:
                raise _missing(origin.content) from error
            return
        with tempfile.NamedTemporaryFile(prefix="outcrop-") as file:
            file.write(data or b"")
            file.flush()
            mime_type = origin.mime_type or PLAIN_TEXT
            yield FetchedDocument(
                Path(file.name), _name(mime_type), _charset(mime_type), attributes
            )

    def _attributes(self, origin: Origin) -> Sidecar:
        try:
            if origin.sidecar:
                return sidecar.read(self._path(origin.sidecar).read_bytes())
            return sidecar.read_inline(origin.attributes or [])
        except ValueError as error:
            raise Unreadable(f"The document's metadata is not valid: {error}") from error

    def _head(self, uri: str) -> Object:
        try:
            return self._buckets.head(*split_uri(uri))
        except KeyError:
            raise _missing(uri) from None

    def _path(self, uri: str) -> Path:
        try:
            return self._buckets.path(*split_uri(uri))
        except KeyError:
            raise _missing(uri) from None


def _missing(uri: str) -> Unreadable:
    return Unreadable(f"There is no object {uri}.")


def split_uri(uri: str) -> tuple[str, str]:
    """The bucket and the key of an S3 URI.

    >>> split_uri("s3://docs/guides/a.pdf")
    ('docs', 'guides/a.pdf')
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _name(mime_type: str) -> str:
    """A file name for inline data, with the suffix of its MIME type.

    >>> _name("text/markdown; charset=utf-8")
    'document.md'
    """
    return "document" + SUFFIXES.get(mime_type.partition(";")[0].strip().lower(), "")


def _charset(content_type: str) -> str | None:
    """The encoding that a content type names.

    >>> _charset('text/html; charset="iso-8859-1"')
    'iso-8859-1'
    """
    message = EmailMessage()
    message["Content-Type"] = content_type
    return message.get_content_charset()
