"""What the bucket says changed -> what the Knowledge Base is told.

An event says only *where to look*. Events come late, twice and in any order, so what is done is
decided by what the bucket holds now: the document is there, ingest it; it is not, delete it. Doing
this twice, or in the wrong order, ends the same.
"""

from collections.abc import Iterable

from app.documents.bucket import Bucket
from app.documents.knowledge_base import KnowledgeBase
from app.documents.names import sidecar_of, subject_of


def sync(bucket: Bucket, knowledge_base: KnowledgeBase, keys: Iterable[str]) -> None:
    """Bring the Knowledge Base in line with these objects of the bucket.

    Args:
        keys: what changed; documents and sidecars alike.

    Raises:
        BackendError: a part, or nothing, was taken on. The same keys can be given again.
    """
    documents = sorted({subject_of(key) for key in keys})
    there = [key for key in documents if bucket.head(key)]
    gone = [key for key in documents if key not in there]
    knowledge_base.ingest({bucket.uri(key): _sidecar(bucket, key) for key in there})
    knowledge_base.delete([bucket.uri(key) for key in gone])


def _sidecar(bucket: Bucket, key: str) -> str | None:
    return bucket.uri(sidecar_of(key)) if bucket.head(sidecar_of(key)) else None
