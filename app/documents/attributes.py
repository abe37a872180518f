"""A document's attributes, on their way from the upload into the sidecar beside the document.

    requested   they are stored in the bucket, under a name made of their digest: `stage`
    uploaded    the object's own header has that digest. The form allows no other, so that text
                and attributes come together or not at all
    ingested    they are written to the sidecar, before the Knowledge Base ingests it: `align`

A form that is never used changes nothing. An upload without attributes removes those of the
document before it. Attributes that are staged and not used expire by the bucket's lifecycle.

A sidecar that a person puts into the bucket stays as it is, and one that a person removes stays
away, until the document is uploaded again.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from app.documents.bucket import Bucket, Object
from app.documents.names import SIDECAR, is_unicode, sidecar_of
from app.errors import InvalidRequest, Unavailable
from app.events import MetadataValue
from app.resources import STAGING

LARGEST = 10 * 1024  # Bedrock's limit for a sidecar, in bytes
LONGEST_NAME = 200  # characters, as of Bedrock's MetadataAttribute
RESERVED = "x-amz-bedrock"
NONE = "none"  # in place of a digest, for no attributes
FRESH = timedelta(days=1)  # younger staged attributes do not expire before their form does


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document and its sidecar at one moment.

    Attributes:
        requested: whether the Knowledge Base was asked to ingest this version.
    """

    document: Object | None
    sidecar: Object | None
    requested: bool = False

    def is_same(self, other: "Snapshot") -> bool:
        """Whether two snapshots are of the same versions."""
        return _version(self.document) == _version(other.document) and (
            _version(self.sidecar) == _version(other.sidecar)
        )

    @property
    def done(self) -> bool:
        """Whether the Knowledge Base was asked for this document, with these attributes."""
        return self.requested and self.aligned

    @property
    def aligned(self) -> bool:
        """Whether the sidecar has the attributes of the upload."""
        if self.document is None or self.document.attributes is None:
            return False
        return self.document.attributes == (self.sidecar.attributes if self.sidecar else NONE)


def stage(bucket: Bucket, metadata: Mapping[str, MetadataValue] | None) -> str:
    """Store the attributes of an upload in the bucket; their digest.

    Raises:
        InvalidRequest: naming the attribute and the rule that it breaks.
    """
    if not metadata:
        return NONE
    content = _sidecar(metadata)
    digest = sha256(content).hexdigest()
    staged = bucket.head(_staging_key(digest))
    if staged is None or staged.modified < datetime.now(UTC) - FRESH:
        bucket.put(_staging_key(digest), content, digest)
    return digest


def align(bucket: Bucket, key: str, snapshot: Snapshot) -> Snapshot:
    """Write the attributes of the upload to the sidecar; the snapshot after that."""
    document, sidecar = snapshot.document, snapshot.sidecar
    if document is None or document.attributes is None or snapshot.aligned:
        return snapshot
    if sidecar is None and snapshot.requested:
        return snapshot  # a person has removed it
    if sidecar and sidecar.attributes is None and _came_after(sidecar, document, snapshot):
        return snapshot  # a person has put it there
    if document.attributes == NONE:
        bucket.delete(sidecar_of(key))
        return Snapshot(document, None)
    content = bucket.read(_staging_key(document.attributes))
    if content is None:
        raise Unavailable(
            f"The attributes that {key!r} was uploaded with are no longer in the bucket: it was "
            "copied, perhaps. Upload it again, or put its sidecar beside it."
        )
    return Snapshot(document, bucket.put(sidecar_of(key), content, document.attributes))


def _came_after(sidecar: Object, document: Object, snapshot: Snapshot) -> bool:
    """Whether a sidecar is newer than its document."""
    return snapshot.requested or sidecar.modified >= document.modified


def _staging_key(digest: str) -> str:
    return STAGING + digest + SIDECAR


def _version(item: Object | None) -> tuple[str, str | None] | None:
    return (item.etag, item.attributes) if item else None


def _sidecar(metadata: Mapping[str, MetadataValue]) -> bytes:
    for name, value in metadata.items():
        if rule := _broken_rule(name, value):
            raise InvalidRequest(f"The attribute {name!r} cannot be: {rule}.", field="metadata")
    content = json.dumps({"metadataAttributes": metadata}, ensure_ascii=False, sort_keys=True)
    encoded = content.encode()
    if len(encoded) > LARGEST:
        raise InvalidRequest(
            f"The metadata takes {len(encoded)} bytes; {LARGEST} are allowed.", field="metadata"
        )
    return encoded


def _broken_rule(name: str, value: MetadataValue) -> str | None:
    texts = [name, value] if isinstance(value, str) else [name]
    texts += value if isinstance(value, list) else []
    rules = {
        f"names have 1 to {LONGEST_NAME} characters": not 1 <= len(name) <= LONGEST_NAME,
        f"names do not begin with {RESERVED!r}, which is Bedrock's own": name.startswith(RESERVED),
        "a number is finite": isinstance(value, float) and not math.isfinite(value),
        "text is Unicode, without lone surrogates": not all(map(is_unicode, texts)),
    }
    return next((rule for rule, is_broken in rules.items() if is_broken), None)
