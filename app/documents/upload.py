"""A name -> a presigned form: its holder may put that one document into the bucket, soon.

The bucket itself enforces what the form says: this key, at most this many bytes, before it
expires. Nothing of a document passes through the application.
"""

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.documents.bucket import Bucket
from app.documents.names import check_name, document_id, sidecar_of
from app.errors import InvalidRequest
from app.events import MetadataValue

LARGEST = 50 * 1024 * 1024  # Bedrock's limit for a document, in bytes
LARGEST_METADATA = 10 * 1024  # Bedrock's limit for a sidecar, in bytes
LIFETIME = timedelta(minutes=5)
RESERVED = "x-amz-bedrock"


@dataclass(frozen=True, slots=True)
class Upload:
    """A form to POST as multipart/form-data: every field, then the document as `file`."""

    id: str
    url: str
    fields: Mapping[str, str]
    expires: datetime


def offer(bucket: Bucket, name: str, metadata: Mapping[str, MetadataValue] | None = None) -> Upload:
    """A form for the document `name`; one that is there already will be replaced.

    Args:
        metadata: attributes to filter by, written beside the document before it comes.

    Raises:
        InvalidRequest: the name or the metadata cannot be.
    """
    check_name(name, bucket.name)
    if metadata is not None:
        bucket.put(sidecar_of(name), _sidecar(metadata))
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    url, fields = bucket.form(
        name,
        fields={"Content-Type": content_type},
        conditions=[["content-length-range", 1, LARGEST]],
        lifetime=LIFETIME,
    )
    return Upload(document_id(name), url, fields, datetime.now(UTC) + LIFETIME)


def _sidecar(metadata: Mapping[str, MetadataValue]) -> bytes:
    for key in metadata:
        if not key or key.startswith(RESERVED):
            raise InvalidRequest(
                f"{key!r} cannot be an attribute: names are not empty and do not begin with "
                f"{RESERVED!r}.",
                field="metadata",
            )
    sidecar = json.dumps({"metadataAttributes": dict(metadata)}, ensure_ascii=False).encode()
    if len(sidecar) > LARGEST_METADATA:
        raise InvalidRequest(
            f"The metadata takes {len(sidecar)} bytes; {LARGEST_METADATA} are allowed.",
            field="metadata",
        )
    return sidecar
