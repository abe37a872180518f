"""Presigned forms: the holder of one may upload one document of one name, for a short time.

The bucket itself enforces the form's conditions: this key, these attributes, at most this many
bytes, before it expires. No byte of a document passes through the application.
"""

import base64
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.documents.attributes import NONE, stage
from app.documents.bucket import ATTRIBUTES, Bucket, Object
from app.documents.knowledge_base import KnowledgeBase
from app.documents.names import check_name, document_id, sidecar_of
from app.documents.status import is_indexed
from app.events import MetadataValue
from app.resources import LARGEST_DOCUMENT

LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Upload:
    """A form to POST as multipart/form-data: every field, then the document as `file`.

    Attributes:
        replaces: whether there is a document of this name already.
        unchanged: whether that document has this content and these attributes, and is indexed, so
            that an upload is not needed. Known only if the caller sends the content's SHA-256.
    """

    id: str
    url: str
    fields: Mapping[str, str]
    expires: datetime
    replaces: bool
    unchanged: bool


def offer(
    bucket: Bucket,
    knowledge_base: KnowledgeBase,
    name: str,
    metadata: Mapping[str, MetadataValue] | None = None,
    sha256: str | None = None,
    charset: str | None = None,
) -> Upload:
    """A form for the document `name`, whose upload replaces an existing document as a whole.

    Nothing changes before the form is used.

    Args:
        metadata: attributes to filter by. Without any, the document will have none.
        sha256: the content's digest, in hexadecimal; the form then accepts no other content.
        charset: the encoding of a text that is not in UTF-8, for the object's content type.

    Raises:
        InvalidRequest: the name or the metadata breaks a rule.
    """
    check_name(name, bucket.name)
    attributes = stage(bucket, metadata)
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if charset:
        content_type += f"; charset={charset}"
    fields = {
        "Content-Type": content_type,
        f"x-amz-meta-{ATTRIBUTES}": attributes,
    }
    if sha256:
        fields["x-amz-checksum-sha256"] = base64.b64encode(bytes.fromhex(sha256)).decode()
    url, signed_fields = bucket.form(
        name,
        fields=fields,
        conditions=[["content-length-range", 1, LARGEST_DOCUMENT]],
        lifetime=LIFETIME,
    )
    existing = bucket.head(name)
    version = (sha256, attributes, charset)
    same = existing and (existing.sha256, existing.attributes, existing.charset) == version
    return Upload(
        document_id(name),
        url,
        signed_fields,
        datetime.now(UTC) + LIFETIME,
        replaces=existing is not None,
        unchanged=bool(existing and sha256 and same and _is_done(bucket, knowledge_base, existing)),
    )


def _is_done(bucket: Bucket, knowledge_base: KnowledgeBase, document: Object) -> bool:
    """Whether a document is indexed with the content and the attributes of its upload."""
    sidecar = bucket.head(sidecar_of(document.key))
    attributes = sidecar.attributes if sidecar else NONE
    return document.attributes == attributes and is_indexed(bucket, knowledge_base, document)
