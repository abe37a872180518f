"""What the bucket says changed -> what the Knowledge Base is told.

    keys -- documents -- look at the bucket -- align the sidecar -- ingest or delete
                              |                                           |
                              '---- changed ---- look again --------------'
                                                     |
                                                   done

An event says only *where to look*. Events come late, twice and in any order, so what is done is
decided by what the bucket holds now: the document is there, ingest it; it is not, delete it. Two
events of one document may be dealt with at the same time: between the look and the call of one, the
bucket may change and the other may have called already. So each looks again after its call, and
whoever calls last has seen that what it said is still so.
"""

import logging
from collections.abc import Iterable, Mapping

from app.documents.attributes import Snapshot, align
from app.documents.bucket import Bucket
from app.documents.knowledge_base import KnowledgeBase
from app.documents.names import sidecar_of, subject_of
from app.errors import OutcropError, Unavailable
from app.resources import STAGING

LOOKS = 4  # at a document that keeps changing, before it has to come again

log = logging.getLogger(__name__)


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
    return _Sync(bucket, knowledge_base).run(subjects(keys))


def subjects(keys: Iterable[str]) -> list[str]:
    """The documents that objects are about; what stands for a folder is about none."""
    documents = {subject_of(key) for key in keys if not key.startswith(STAGING)}
    return sorted(key for key in documents if key and not key.endswith("/"))


class _Sync:
    """One run over some documents. What fails leaves it, and is in `failures`."""

    def __init__(self, bucket: Bucket, knowledge_base: KnowledgeBase) -> None:
        self._bucket, self._base = bucket, knowledge_base
        self.failures: dict[str, OutcropError] = {}

    def run(self, keys: Iterable[str]) -> dict[str, OutcropError]:
        snapshots = self._drop_done(self._look([key for key in keys if self._is_nameable(key)]))
        for _ in range(LOOKS):
            if not snapshots:
                return self.failures
            snapshots = self._finish_unchanged(self._tell(self._align(snapshots)))
        for key in snapshots:
            self.failures[key] = Unavailable(f"{key!r} changes faster than it can be ingested.")
        return self.failures

    def _is_nameable(self, key: str) -> bool:
        rule = self._base.refusal(self._bucket.uri(key))
        if rule:
            log.error("%r is not ingested, and not tried again. %s", key, rule)
        return rule is None

    def _drop_done(self, snapshots: dict[str, Snapshot]) -> dict[str, Snapshot]:
        """Drop the documents that the Knowledge Base has been asked for as they are: their event
        came twice, or is that of the sidecar that we wrote. The Knowledge Base's status of them is
        looked up too: what it was told may have been taken back since, by a run that ended before
        it looked again.
        """
        done = {self._bucket.uri(key) for key, snapshot in snapshots.items() if snapshot.done}
        try:
            details = self._base.details(sorted(done))
        except OutcropError as error:
            log.warning("Documents are told again, perhaps in vain: %s", error)
            return snapshots
        known_uris = {uri for uri, detail in details.items() if detail.kept}
        return {
            key: snapshot
            for key, snapshot in snapshots.items()
            if self._bucket.uri(key) not in known_uris
        }

    def _look(self, keys: Iterable[str]) -> dict[str, Snapshot]:
        snapshots = {}
        for key in keys:
            try:
                document = self._bucket.head(key)
                sidecar = self._bucket.head(sidecar_of(key))
                requested = document is not None and self._bucket.requested(document)
                snapshots[key] = Snapshot(document, sidecar, requested)
            except OutcropError as error:
                self.failures[key] = error
        return snapshots

    def _align(self, snapshots: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        aligned = {}
        for key, snapshot in snapshots.items():
            try:
                aligned[key] = align(self._bucket, key, snapshot)
            except OutcropError as error:
                self.failures[key] = error
        return aligned

    def _tell(self, snapshots: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        uri = self._bucket.uri
        sidecars = {
            uri(key): uri(sidecar_of(key)) if snapshot.sidecar else None
            for key, snapshot in snapshots.items()
            if snapshot.document
        }
        gone = [uri(key) for key, snapshot in snapshots.items() if not snapshot.document]
        failures = self._base.ingest(sidecars) | self._base.delete(gone)
        self.failures |= {key: failures[uri(key)] for key in snapshots if uri(key) in failures}
        return {key: snapshot for key, snapshot in snapshots.items() if uri(key) not in failures}

    def _finish_unchanged(self, snapshots: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        """Look again, and finish the documents that have not changed since; return the others."""
        changed = {}
        for key, now in self._look(snapshots).items():
            try:
                again = self._finish(key, now) if now.is_same(snapshots[key]) else now
            except OutcropError as error:
                self.failures[key] = error
                continue
            if again:
                changed[key] = Snapshot(again.document, again.sidecar)
        return changed

    def _finish(self, key: str, snapshot: Snapshot) -> Snapshot | None:
        """Note at the document that this version of it was told; leave no sidecar of ours without
        its document. Answers with what is there if even that took too long.
        """
        if snapshot.document and snapshot.document.attributes:
            self._bucket.request(snapshot.document)
        elif snapshot.document is None and snapshot.sidecar and snapshot.sidecar.attributes:
            self._bucket.delete(sidecar_of(key))
            if document := self._bucket.head(key):
                return Snapshot(document, None)
        return None
