"""Documents and their uploads."""

from datetime import datetime

from pydantic import Field

from app.events import MetadataValue
from app.web.schemas.base import Schema


class NewDocument(Schema):
    """A document to upload."""

    name: str = Field(description="A relative path, as in guides/setup.md.", max_length=1024)
    metadata: dict[str, MetadataValue] | None = Field(
        default=None,
        description="Attributes that searches can be filtered by. They replace those of the "
        "document before it, as does an upload without any.",
    )
    sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="The document's digest. The form then accepts this content only, and "
        "`unchanged` in the response says whether it is indexed already.",
    )
    charset: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,39}$",
        description="The encoding of a text that is not in UTF-8, such as windows-1250. It becomes "
        "a part of the object's content type, which the laptop's Knowledge Base reads. AWS "
        "documents no such thing for its own: there, upload UTF-8.",
    )


class Upload(Schema):
    """A form: POST every field, then the document as `file`, as multipart/form-data, to `url`.

    Attributes:
        replaces: whether the upload replaces a document of this name.
        unchanged: whether that document has this content (`sha256`) and these attributes, and is
            indexed.
    """

    id: str
    url: str
    fields: dict[str, str]
    expires: datetime
    replaces: bool
    unchanged: bool


class Document(Schema):
    """A document and its status: UPLOADED, DELETING, REFUSED, or Bedrock's DocumentStatus.

    Attributes:
        reason: why it is FAILED or REFUSED.
        warnings: of an indexed document, which of its text searches do not find, and why.
        attributes: by which searches can be filtered, as its sidecar has them now; null unless the
            request asks for them.
    """

    id: str
    name: str
    uri: str
    size: int | None
    modified: datetime | None
    updated: datetime | None
    status: str
    reason: str | None
    warnings: list[str]
    attributes: dict[str, MetadataValue] | None


class DocumentContent(Schema):
    """Where a document can be read until `expires`, by whoever has the address."""

    url: str
    content_type: str
    expires: datetime


class Documents(Schema):
    """A page of documents, by name."""

    items: list[Document]
    next_cursor: str | None
