"""What became of a document.

in the bucket, not in the Knowledge Base      UPLOADED, its event is on the way
in both                                       Bedrock's status: PENDING, ..., INDEXED or FAILED
not in the bucket, still in the other         DELETING
in neither, and Retrieve finds none of it     gone
in the bucket, by a name that direct          REFUSED: it can be removed, and put under another name
ingestion cannot take
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from app.documents.bucket import Bucket, Object
from app.documents.knowledge_base import REFUSED, Detail, KnowledgeBase
from app.documents.names import document_id, key_of, sidecar_of
from app.errors import NotFound

UPLOADED, DELETING = "UPLOADED", "DELETING"


@dataclass(frozen=True, slots=True)
class Document:
    """A document, and what became of it.

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
    """A page of the documents, by name, and the cursor of the next page, if there is one."""
    found = list(islice(bucket.documents(after=cursor or "", page=limit + 1), limit + 1))
    page = found[:limit]
    details = knowledge_base.details([bucket.uri(item.key) for item in page])
    documents = [
        _document(bucket, item.key, item, details.get(bucket.uri(item.key))) for item in page
    ]
    return documents, page[-1].key if len(found) > limit else None


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
    return _document(bucket, key, item, detail)


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
    known = detail.status if detail else UPLOADED
    return Document(
        id=document_id(key),
        name=key,
        uri=bucket.uri(key),
        size=item.size if item else None,
        modified=item.modified if item else None,
        updated=detail.updated if detail else None,
        status=known if item else DELETING,
        reason=detail.reason if detail else None,
    )
