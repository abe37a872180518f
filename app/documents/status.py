"""The status of a document, by the bucket and by the Knowledge Base.

in the bucket; not in the Knowledge Base,     UPLOADED, its event is on the way
or there in an older version
in both                                       Bedrock's status: PENDING, ..., INDEXED or FAILED
in the Knowledge Base only                    DELETING
in neither, and Retrieve finds none of it     not found
in the bucket, by a name that direct          REFUSED: delete it, and upload it under another name
ingestion cannot take
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from app.documents.bucket import Bucket, Object
from app.documents.knowledge_base import REFUSED, Detail, KnowledgeBase
from app.documents.names import document_id, key_of, sidecar_of
from app.errors import NotFound
from app.events import MetadataValue

UPLOADED, DELETING, INDEXED = "UPLOADED", "DELETING", "INDEXED"
FOUND_BY_SEARCHES = (INDEXED, "PARTIALLY_INDEXED")
MOST_LOOKED_AT = 1000  # documents, for the latest of them: one request
LONGEST_ON_ITS_WAY = timedelta(hours=4)
"""The longest that an upload can be on its way: longer than the ingest function's queue tries. The
Knowledge Base's status of an older one comes from a sync of the whole bucket."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document and its status.

    Attributes:
        size: in bytes; None once it is deleted from the bucket.
        modified: the time of its upload.
        updated: the time of the last change of its status in the Knowledge Base.
        status: UPLOADED, DELETING, REFUSED, or one of Bedrock's DocumentStatus.
        reason: of FAILED and REFUSED, what is wrong with the document.
        warnings: of an indexed document, which of its text searches do not find, and why.
        attributes: by which searches can be filtered; None where they were not read.
    """

    id: str
    name: str
    uri: str
    size: int | None
    modified: datetime | None
    updated: datetime | None
    status: str
    reason: str | None = None
    warnings: tuple[str, ...] = ()
    attributes: Mapping[str, MetadataValue] | None = None


def listing(
    bucket: Bucket, knowledge_base: KnowledgeBase, limit: int, cursor: str | None = None
) -> tuple[list[Document], str | None]:
    """A page of the documents, by name, and the cursor of the next page, if there is one.

    A document that was just replaced is UPLOADED until the Knowledge Base reports on it again. Only
    `find` checks whether that report is for the new version: a list makes no call for each
    document.
    """
    # Twice the limit, so that one call is enough if every document has a sidecar.
    objects = list(islice(bucket.documents(after=cursor or "", page=2 * (limit + 1)), limit + 1))
    page = objects[:limit]
    details = knowledge_base.details([bucket.uri(item.key) for item in page])
    documents = [
        _document(bucket, item.key, item, details.get(bucket.uri(item.key))) for item in page
    ]
    return documents, page[-1].key if len(objects) > limit else None


def latest(bucket: Bucket, knowledge_base: KnowledgeBase, limit: int) -> list[Document]:
    """The latest documents that searches find, the newest first: of a thousand, at most so many."""
    objects = sorted(
        islice(bucket.documents(), MOST_LOOKED_AT), key=lambda item: (item.modified, item.key)
    )
    page = objects[::-1][: 2 * limit]
    details = knowledge_base.details([bucket.uri(item.key) for item in page])
    documents = (
        _document(bucket, item.key, item, details.get(bucket.uri(item.key))) for item in page
    )
    return [one for one in documents if one.status in FOUND_BY_SEARCHES][:limit]


def find(bucket: Bucket, knowledge_base: KnowledgeBase, identifier: str) -> Document:
    """One document.

    Raises:
        NotFound: neither side has it, and Retrieve does not find it.
    """
    key = key_of(identifier)
    uri = bucket.uri(key)
    item = bucket.head(key)
    detail = knowledge_base.details([uri]).get(uri)
    is_known = detail is not None and detail.status != REFUSED
    if not item and not is_known and not knowledge_base.finds(uri):
        raise NotFound(f"There is no document {key!r}.", field="id")
    if item and detail and is_known and not _is_of(bucket, item, detail):
        return replace(
            _document(bucket, key, item, detail), status=UPLOADED, reason=None, warnings=()
        )
    return _document(bucket, key, item, detail)


def is_indexed(bucket: Bucket, knowledge_base: KnowledgeBase, item: Object) -> bool:
    """Whether this version of an object is indexed."""
    uri = bucket.uri(item.key)
    detail = knowledge_base.details([uri]).get(uri)
    return detail is not None and detail.status == INDEXED and _is_of(bucket, item, detail)


def remove(bucket: Bucket, knowledge_base: KnowledgeBase, identifier: str) -> Document:
    """Delete a document from the bucket; the bucket's event deletes it from the Knowledge Base.

    Raises:
        NotFound: there is no such document.
    """
    document = find(bucket, knowledge_base, identifier)
    bucket.delete(document.name)
    bucket.delete(sidecar_of(document.name))
    return _document(bucket, document.name, None, None)


def _document(bucket: Bucket, key: str, item: Object | None, detail: Detail | None) -> Document:
    status = detail.status if detail and not _is_older(detail, item) else UPLOADED
    reason = detail.reason if detail else None
    warns = bool(item) and status in FOUND_BY_SEARCHES
    return Document(
        id=document_id(key),
        name=key,
        uri=bucket.uri(key),
        size=item.size if item else None,
        modified=item.modified if item else None,
        updated=detail.updated if detail else None,
        status=status if item else DELETING,
        reason=None if warns else reason,
        warnings=tuple((reason or "").splitlines()) if warns else (),
    )


def _is_of(bucket: Bucket, item: Object, detail: Detail) -> bool:
    """Whether the Knowledge Base's detail is about this version of a document.

    Times do not tell: the Knowledge Base may have finished the version before just after this one
    was uploaded. So the ingest function records the version that it asked for in a tag of the
    object.
    """
    if item.attributes is None:  # it was not uploaded by a form, so nobody waits for it
        return not _is_older(detail, item)
    if bucket.requested(item):
        return True
    return detail.updated is not None and detail.updated > item.modified + LONGEST_ON_ITS_WAY


def _is_older(detail: Detail, item: Object | None) -> bool:
    """Whether the detail is older than the document's upload. A file that was copied into the
    laptop's bucket may have a time in the future.
    """
    if item is None or detail.updated is None or detail.status == REFUSED:
        return False
    return detail.updated < item.modified <= datetime.now(UTC)
