"""The status of a document, by what the bucket and the Knowledge Base say of it.

in the bucket, not in the Knowledge Base,     UPLOADED, its event is on the way
or an older version of it
in both                                       Bedrock's status: PENDING, ..., INDEXED or FAILED
not in the bucket, still in the other         DELETING
in neither, and Retrieve finds none of it     gone
in the bucket, by a name that direct          REFUSED: it can be removed, and put under another name
ingestion cannot take
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from app.documents.bucket import Bucket, Object
from app.documents.knowledge_base import REFUSED, Detail, KnowledgeBase
from app.documents.names import document_id, key_of, sidecar_of
from app.errors import NotFound

UPLOADED, DELETING, INDEXED = "UPLOADED", "DELETING", "INDEXED"
GIVEN_UP = timedelta(hours=4)
"""For so long an upload may be on its way: longer than the ingest function's queue tries. What the
Knowledge Base says of an older one is of a sync of the whole bucket."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document and its status.

    Attributes:
        size: in bytes; None once it has left the bucket.
        modified: when it came into the bucket.
        updated: when the Knowledge Base last took it on, or was done with it.
        status: UPLOADED, DELETING, REFUSED, or one of Bedrock's DocumentStatus.
        reason: of FAILED and REFUSED, what is wrong with the document.
    """

    id: str
    name: str
    uri: str
    size: int | None
    modified: datetime | None
    updated: datetime | None
    status: str
    reason: str | None = None


def listing(
    bucket: Bucket, knowledge_base: KnowledgeBase, limit: int, cursor: str | None = None
) -> tuple[list[Document], str | None]:
    """A page of the documents, by name, and the cursor of the next page, if there is one.

    A document that was just replaced is UPLOADED if the Knowledge Base has not dealt with it since.
    Whether that was for the new version, `find` looks closer: a list makes no call a document.
    """
    # Twice, so that one call does where every document has its sidecar.
    objects = list(islice(bucket.documents(after=cursor or "", page=2 * (limit + 1)), limit + 1))
    page = objects[:limit]
    details = knowledge_base.details([bucket.uri(item.key) for item in page])
    documents = [
        _document(bucket, item.key, item, details.get(bucket.uri(item.key))) for item in page
    ]
    return documents, page[-1].key if len(objects) > limit else None


def find(bucket: Bucket, knowledge_base: KnowledgeBase, identifier: str) -> Document:
    """One document.

    Raises:
        NotFound: it is gone, verified: neither side has it, and Retrieve does not find it.
    """
    key = key_of(identifier)
    uri = bucket.uri(key)
    item = bucket.head(key)
    detail = knowledge_base.details([uri]).get(uri)
    known = detail is not None and detail.status != REFUSED
    if not item and not known and not knowledge_base.finds(uri):
        raise NotFound(f"There is no document {key!r}.", field="id")
    if item and detail and known and not _is_of(bucket, item, detail):
        return replace(_document(bucket, key, item, detail), status=UPLOADED, reason=None)
    return _document(bucket, key, item, detail)


def is_indexed(bucket: Bucket, knowledge_base: KnowledgeBase, item: Object) -> bool:
    """Whether an object is indexed just as it lies in the bucket."""
    uri = bucket.uri(item.key)
    detail = knowledge_base.details([uri]).get(uri)
    return detail is not None and detail.status == INDEXED and _is_of(bucket, item, detail)


def remove(bucket: Bucket, knowledge_base: KnowledgeBase, identifier: str) -> Document:
    """Take a document out of the bucket; the Knowledge Base follows, by the bucket's event.

    Raises:
        NotFound: there is no such document.
    """
    document = find(bucket, knowledge_base, identifier)
    bucket.delete(document.name)
    bucket.delete(sidecar_of(document.name))
    return _document(bucket, document.name, None, None)


def _document(bucket: Bucket, key: str, item: Object | None, detail: Detail | None) -> Document:
    status = detail.status if detail and not _is_older(detail, item) else UPLOADED
    return Document(
        id=document_id(key),
        name=key,
        uri=bucket.uri(key),
        size=item.size if item else None,
        modified=item.modified if item else None,
        updated=detail.updated if detail else None,
        status=status if item else DELETING,
        reason=detail.reason if detail else None,
    )


def _is_of(bucket: Bucket, item: Object, detail: Detail) -> bool:
    """Whether what the Knowledge Base says is about this version of a document.

    Times alone do not tell: the Knowledge Base may be done with the version before it just after
    this one came. So the ingest function notes at the object what it asked for.
    """
    if item.attributes is None:  # came by other ways than our forms; nobody waits for it
        return not _is_older(detail, item)
    if bucket.requested(item):
        return True
    return detail.updated is not None and detail.updated > item.modified + GIVEN_UP


def _is_older(detail: Detail, item: Object | None) -> bool:
    """Whether the Knowledge Base has not looked at a document since it came into the bucket. A file
    that was copied into the laptop's bucket may well bear a time that is yet to come.
    """
    if item is None or detail.updated is None or detail.status == REFUSED:
        return False
    return detail.updated < item.modified <= datetime.now(UTC)
