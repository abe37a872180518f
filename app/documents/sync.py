"""What the bucket says changed -> what the Knowledge Base is told.

    keys -- documents -- look at the bucket -- ingest or delete -- look again -- done, or once more

An event says only *where to look*. Events come late, twice and in any order, so what is done is
decided by what the bucket holds now: the document is there, ingest it; it is not, delete it. Two
events of one document may be dealt with at the same time: between the look and the call of one, the
bucket may change and the other may have called already. So each looks again after its call, and
whoever calls last has seen that what it said is still so.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from app.documents.bucket import Bucket, Object
from app.documents.knowledge_base import KnowledgeBase
from app.documents.names import sidecar_of, subject_of
from app.errors import OutcropError, Unavailable

LOOKS = 4  # at a document that keeps changing, before it has to come again

log = logging.getLogger(__name__)

State = tuple[Object | None, Object | None]
"""A document and its sidecar, as they lie in the bucket."""


def sync(
    bucket: Bucket, knowledge_base: KnowledgeBase, keys: Iterable[str]
) -> dict[str, OutcropError]:
    """Bring the Knowledge Base in line with these objects of the bucket.

    A document that direct ingestion cannot name is logged and left: to try again would not help.

    Args:
        keys: what changed; documents and sidecars alike.

    Returns:
        The documents, by key, that have to come again, and why. They do no harm to the others.
    """
    failures: dict[str, OutcropError] = {}
    seen = _look(bucket, [key for key in subjects(keys) if _nameable(bucket, knowledge_base, key)])
    for _ in range(LOOKS):
        failures |= _errors(seen)
        states = {key: state for key, state in seen.items() if not isinstance(state, OutcropError)}
        failures |= _tell(bucket, knowledge_base, states)
        again = _look(bucket, [key for key in states if key not in failures])
        seen = {key: state for key, state in again.items() if state != states[key]}
        if not seen:
            return failures
    return failures | {
        key: Unavailable(f"{key!r} changes faster than it can be ingested.") for key in seen
    }


def subjects(keys: Iterable[str]) -> list[str]:
    """The documents that objects are about; what stands for a folder is about none."""
    documents = {subject_of(key) for key in keys}
    return sorted(key for key in documents if key and not key.endswith("/"))


def _look(bucket: Bucket, keys: Sequence[str]) -> dict[str, State | OutcropError]:
    return {key: _state(bucket, key) for key in keys}


def _state(bucket: Bucket, key: str) -> State | OutcropError:
    try:
        document = bucket.head(key)
        return document, bucket.head(sidecar_of(key)) if document else None
    except OutcropError as error:
        return error


def _errors(seen: Mapping[str, State | OutcropError]) -> dict[str, OutcropError]:
    return {key: error for key, error in seen.items() if isinstance(error, OutcropError)}


def _tell(
    bucket: Bucket, knowledge_base: KnowledgeBase, states: Mapping[str, State]
) -> dict[str, OutcropError]:
    sidecars = {
        bucket.uri(key): bucket.uri(sidecar_of(key)) if sidecar else None
        for key, (document, sidecar) in states.items()
        if document
    }
    gone = [bucket.uri(key) for key, (document, _) in states.items() if not document]
    failures = knowledge_base.ingest(sidecars) | knowledge_base.delete(gone)
    return {key: failures[bucket.uri(key)] for key in states if bucket.uri(key) in failures}


def _nameable(bucket: Bucket, knowledge_base: KnowledgeBase, key: str) -> bool:
    rule = knowledge_base.refusal(bucket.uri(key))
    if rule:
        log.error("%r is not ingested, and not tried again. %s", key, rule)
    return rule is None
