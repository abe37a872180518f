"""The changes of an ingestion job: the bucket, compared with the index.

A scan is one transaction. After a crash before its end it is done again; after a crash behind it,
the worker goes on with the rows that it wrote.
"""

from collections.abc import Mapping

from app.local.bedrock_agent.knowledge_bases import jobs, queue, sources
from app.local.bedrock_agent.knowledge_bases.fetch import (
    SIDECAR,
    Buckets,
    ETags,
    Object,
    Origin,
)
from app.local.bedrock_agent.knowledge_bases.state import State


def scan(state: State, buckets: Buckets, job: str) -> None:
    """List the bucket of a STARTING job, and request all documents that have changed."""
    with state.transaction() as db:
        source = db.execute(
            "SELECT data_sources.* FROM data_sources"
            " JOIN ingestion_jobs ON source = data_sources.id WHERE ingestion_jobs.id = ?",
            (job,),
        ).fetchone()
    bucket, prefix = sources.bucket(source)
    try:
        objects = {item.key: item for item in buckets.list(bucket, prefix)}
    except KeyError:
        with state.transaction() as db:
            jobs.change(db, job, "FAILED", [f"The bucket {bucket} does not exist."])
        return
    with state.transaction() as db:
        if jobs.find(db, source["id"], job)["status"] != "STARTING":
            return  # it was stopped
        changes = _changes(bucket, objects, queue.indexed_states(db, source["id"]))
        for uri, origin in changes.items():
            if origin:
                queue.request(db, source["id"], uri, origin, job=job)
            else:
                queue.request_removal(db, source["id"], uri, job=job)
        documents = sum(map(_is_document, objects))
        indexing = sum(origin is not None for origin in changes.values())
        jobs.change(db, job, "IN_PROGRESS")
        jobs.count(
            db,
            job,
            {
                "scanned": documents,
                "metadata_scanned": sum(key.endswith(SIDECAR) for key in objects),
                "skipped": documents - indexing,
            },
        )
        jobs.settle(db)


def _changes(
    bucket: str, objects: Mapping[str, Object], indexed: Mapping[str, ETags | None]
) -> dict[str, Origin | None]:
    """The documents that changed, by URI: the origin of each; None for one that has to be
    removed.
    """
    changes: dict[str, Origin | None] = dict.fromkeys(indexed)
    for key in filter(_is_document, objects):
        uri, sidecar = f"s3://{bucket}/{key}", objects.get(key + SIDECAR)
        if indexed.get(uri) == ETags(objects[key].etag, sidecar.etag if sidecar else None):
            del changes[uri]
        else:
            changes[uri] = Origin(uri, sidecar=uri + SIDECAR if sidecar else None)
    return changes


def _is_document(key: str) -> bool:
    """Whether an object is a document: no sidecar, and no empty object that stands for a folder."""
    return not key.endswith((SIDECAR, "/"))
