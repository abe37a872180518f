"""Brings the Knowledge Base in line with the bucket, after events.

    keys -- documents -- look at the bucket -- align the sidecar -- ingest or delete
                               |                                         |
                               '---- changed ---- look again ------------'
                                                      |
                                                    done

An event only names an object. Events come late, twice and in any order, so the action depends on
what the bucket holds now: if the document exists, ingest it; if not, delete it. Two events of one
document may be processed at the same time: between the look and the call of one, the bucket may
change and the other may already have made its call. So each looks again after its call. Whoever
calls last sees that its call matches the bucket.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from app.documents.attributes import Snapshot, align
from app.documents.bucket import Bucket, Glance, Object
from app.documents.knowledge_base import KnowledgeBase
from app.documents.names import sidecar_of, subject_of
from app.errors import OutcropError, Unavailable
from app.resources import STAGING

LOOKS = 4  # at a document that keeps changing, before it has to be tried again
LISTED = 5  # documents; so many are looked at by a listing, and fewer one by one
ROWS = 8  # of a listing, for each document: it has a sidecar, perhaps, and neighbours
NO_GLANCE = Glance(after="", etags={}, last="")

log = logging.getLogger(__name__)


def sync(
    bucket: Bucket, knowledge_base: KnowledgeBase, keys: Iterable[str]
) -> dict[str, OutcropError]:
    """Bring the Knowledge Base in line with these objects of the bucket.

    A document that direct ingestion cannot name is logged and skipped: to try again would not help.

    Args:
        keys: changed objects; documents and sidecars alike.

    Returns:
        The documents, by key, that have to be tried again, and why. The others are done.
    """
    return _Sync(bucket, knowledge_base).run(subjects(keys))


def subjects(keys: Iterable[str]) -> list[str]:
    """The documents of these objects; an object that stands for a folder has none."""
    documents = {subject_of(key) for key in keys if not key.startswith(STAGING)}
    return sorted(key for key in documents if key and not key.endswith("/"))


class _Sync:
    """One run over some documents. Documents that fail are dropped and listed in `failures`."""

    def __init__(self, bucket: Bucket, knowledge_base: KnowledgeBase) -> None:
        self._bucket, self._base = bucket, knowledge_base
        self.failures: dict[str, OutcropError] = {}

    def run(self, keys: Iterable[str]) -> dict[str, OutcropError]:
        snapshots = self._drop_done(self._look([key for key in keys if self._is_nameable(key)]))
        for _ in range(LOOKS):
            if not snapshots:
                return self.failures
            snapshots = self._finish_unchanged(self._request(self._align(snapshots)))
        for key in snapshots:
            self.failures[key] = Unavailable(f"{key!r} changes faster than it can be ingested.")
        return self.failures

    def _is_nameable(self, key: str) -> bool:
        rule = self._base.refusal(self._bucket.uri(key))
        if rule:
            log.error("%r is not ingested, and not tried again. %s", key, rule)
        return rule is None

    def _drop_done(self, snapshots: dict[str, Snapshot]) -> dict[str, Snapshot]:
        """Drop the documents that the Knowledge Base was already asked for in this version: their
        event came twice, or was that of the sidecar. Their status is looked up too, because another
        run may have reversed that request, and ended before it looked again.
        """
        done_keys = {self._bucket.uri(key) for key, snapshot in snapshots.items() if snapshot.done}
        try:
            details = self._base.details(sorted(done_keys))
        except OutcropError as error:
            log.warning("Documents are ingested again, although some may be current: %s", error)
            return snapshots
        known_uris = {uri for uri, detail in details.items() if detail.kept}
        return {
            key: snapshot
            for key, snapshot in snapshots.items()
            if self._bucket.uri(key) not in known_uris
        }

    def _look(self, keys: Iterable[str]) -> dict[str, Snapshot]:
        snapshots = {}
        keys = list(keys)
        glance = self._glance(keys)
        for key in keys:
            try:
                document = self._object(key, glance)
                sidecar = self._object(sidecar_of(key), glance)
                requested = document is not None and self._bucket.requested(document)
                snapshots[key] = Snapshot(document, sidecar, requested)
            except OutcropError as error:
                self.failures[key] = error
        return snapshots

    def _look_again(self, before: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        """Look at documents whose snapshots before the call are given.

        An object whose ETag is still the same is not asked for again, but for two: a document that
        came with attributes, which another upload of the same content may have changed, and a
        sidecar without a document, which is deleted if it came with an upload.
        """
        snapshots = {}
        glance = self._glance(list(before))
        for key, known in before.items():
            sidecar = known.sidecar if known.document else None
            document = known.document
            if document and document.attributes is not None:
                document = None
            try:
                snapshots[key] = Snapshot(
                    self._object(key, glance, document),
                    self._object(sidecar_of(key), glance, sidecar),
                )
            except OutcropError as error:
                self.failures[key] = error
        return snapshots

    def _glance(self, keys: Sequence[str]) -> Glance:
        """What one listing tells of these documents. Each has a key of its own, so what it does not
        tell is asked for one by one, as all of it is where they are few: a listing is paid like a
        dozen of such calls.
        """
        if len(keys) >= LISTED:
            try:
                return self._bucket.glance(min(keys), ROWS * len(keys))
            except OutcropError as error:
                log.warning("Documents are looked at one by one: %s", error)
        return NO_GLANCE

    def _object(self, key: str, glance: Glance, known: Object | None = None) -> Object | None:
        """An object as it is now; None: there is none.

        Args:
            known: the object as it was, if it is that still while it has the same ETag.
        """
        if glance.covers(key):
            etag = glance.etags.get(key)
            if etag is None:
                return None
            if known and known.etag == etag:
                return known
        return self._bucket.head(key)

    def _align(self, snapshots: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        aligned_snapshots = {}
        for key, snapshot in snapshots.items():
            try:
                aligned_snapshots[key] = align(self._bucket, key, snapshot)
            except OutcropError as error:
                self.failures[key] = error
        return aligned_snapshots

    def _request(self, snapshots: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        uri = self._bucket.uri
        sidecars = {
            uri(key): uri(sidecar_of(key)) if snapshot.sidecar else None
            for key, snapshot in snapshots.items()
            if snapshot.document
        }
        deleted_keys = [uri(key) for key, snapshot in snapshots.items() if not snapshot.document]
        failures = self._base.ingest(sidecars) | self._base.delete(deleted_keys)
        self.failures |= {key: failures[uri(key)] for key in snapshots if uri(key) in failures}
        return {key: snapshot for key, snapshot in snapshots.items() if uri(key) not in failures}

    def _finish_unchanged(self, snapshots: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        """Look again, and finish the documents that have not changed; return the others."""
        changed_snapshots = {}
        for key, now in self._look_again(snapshots).items():
            try:
                again = self._finish(key, now) if now.is_same(snapshots[key]) else now
            except OutcropError as error:
                self.failures[key] = error
                continue
            if again:
                changed_snapshots[key] = Snapshot(again.document, again.sidecar)
        return changed_snapshots

    def _finish(self, key: str, snapshot: Snapshot) -> Snapshot | None:
        """Record in the document's tag that this version was requested; delete a sidecar that has
        lost its document. Return a new snapshot if the document has changed meanwhile.
        """
        if snapshot.document and snapshot.document.attributes:
            self._bucket.request(snapshot.document)
        elif snapshot.document is None and snapshot.sidecar and snapshot.sidecar.attributes:
            self._bucket.delete(sidecar_of(key))
            if document := self._bucket.head(key):
                return Snapshot(document, None)
        return None
