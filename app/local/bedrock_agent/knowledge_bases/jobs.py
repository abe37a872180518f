"""Ingestion jobs: they bring the index in line with the bucket.

    STARTING      the bucket has to be listed and compared with the index    scan.py
    IN_PROGRESS   its changes are rows of `documents`, which the worker processes
    COMPLETE      every row is processed; some documents may have failed
    FAILED        the bucket could not be listed
    STOPPING      the rows that the worker had not claimed are taken back
    STOPPED       the worker has processed the rows that it had claimed

The statistics add up. Every document scanned is, in the end, one of four things:

    scanned == new + modified + failed + skipped

Modified are the documents that were indexed before and whose content or sidecar changed;
`numberOfMetadataDocumentsModified` counts the sidecars among those changes, added, changed or
removed. Documents that left the bucket are not scanned: they are `numberOfDocumentsDeleted`.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from sqlite3 import Connection, Row

from app.local.bedrock_agent.knowledge_bases import bases, queue, sources
from app.local.control import pages
from app.local.control.errors import conflict, invalid, not_found
from app.local.control.records import new_id
from app.local.wire import JSON, ServiceError

STATISTICS = {
    "numberOfDocumentsScanned": "scanned",
    "numberOfMetadataDocumentsScanned": "metadata_scanned",
    "numberOfNewDocumentsIndexed": "new",
    "numberOfModifiedDocumentsIndexed": "modified",
    "numberOfMetadataDocumentsModified": "metadata_modified",
    "numberOfDocumentsDeleted": "deleted",
    "numberOfDocumentsFailed": "failed",
    "numberOfDocumentsSkipped": "skipped",
}
MAX_REASON = 2048


def start(db: Connection, params: JSON) -> JSON:
    source = sources.usable(db, params["knowledgeBaseId"], params["dataSourceId"])
    if sources.kind(source) == "CUSTOM":
        raise invalid(
            "dataSourceId",
            "a data source of type CUSTOM has nothing to sync; "
            "send its documents with IngestKnowledgeBaseDocuments.",
        )
    _check_alone(db, source)
    job, now = new_id(), datetime.now(UTC).isoformat()
    db.execute(
        "INSERT INTO ingestion_jobs (id, base, source, status, description, started_at, updated_at)"
        " VALUES (?, ?, ?, 'STARTING', ?, ?, ?)",
        (job, source["base"], source["id"], params.get("description"), now, now),
    )
    return {"ingestionJob": describe(find(db, source["id"], job))}


def get(db: Connection, params: JSON) -> JSON:
    source = sources.find(db, params["knowledgeBaseId"], params["dataSourceId"])
    return {"ingestionJob": describe(find(db, source["id"], params["ingestionJobId"]))}


def page(db: Connection, params: JSON) -> JSON:
    """A page of a data source's jobs, the latest first unless `sortBy` is sent."""
    source = sources.find(db, params["knowledgeBaseId"], params["dataSourceId"])["id"]
    filters = [set(condition["values"]) for condition in params.get("filters", [])]
    rows = [
        row
        for row in db.execute("SELECT * FROM ingestion_jobs WHERE source = ?", (source,))
        if all(row["status"] in values for values in filters)
    ]
    by = params.get("sortBy", {"attribute": "STARTED_AT", "order": "DESCENDING"})
    selection, more = pages.page(
        "ListIngestionJobs",
        params,
        rows,
        key=lambda row: [row[by["attribute"].lower()], row["started_at"], row["id"]],
        descending=by["order"] == "DESCENDING",
    )
    return {"ingestionJobSummaries": [_summary(describe(row)) for row in selection], **more}


def stop(db: Connection, params: JSON) -> JSON:
    source = sources.find(db, params["knowledgeBaseId"], params["dataSourceId"])["id"]
    job = find(db, source, params["ingestionJobId"])
    if job["status"] not in ("STARTING", "IN_PROGRESS", "STOPPING"):
        raise conflict(f"The ingestion job has ended: it is {job['status']}.")
    change(db, job["id"], "STOPPING")
    answer = {"ingestionJob": describe(find(db, source, job["id"]))}
    queue.take_back(db, job["id"])
    settle(db)
    return answer


def find(db: Connection, source: str, job: str) -> Row:
    row: Row | None = db.execute(
        "SELECT * FROM ingestion_jobs WHERE source = ? AND id = ?", (source, job)
    ).fetchone()
    if row is None:
        raise not_found("Ingestion job", job)
    return row


def settle(db: Connection) -> None:
    """End the jobs whose documents are all processed."""
    rows = db.execute(
        "SELECT id, status FROM running_jobs WHERE status != 'STARTING'"
        " AND NOT EXISTS (SELECT 1 FROM unsettled WHERE job = running_jobs.id)"
    ).fetchall()
    for job in rows:
        status = "COMPLETE" if job["status"] == "IN_PROGRESS" else "STOPPED"
        change(db, job["id"], status, list(_failure_reasons(db, job["id"])))


def change(db: Connection, job: str, status: str, reasons: list[str] | None = None) -> None:
    db.execute(
        "UPDATE ingestion_jobs SET status = ?, updated_at = ?, failure_reasons = ? WHERE id = ?",
        (status, datetime.now(UTC).isoformat(), json.dumps(reasons or []), job),
    )


def count(db: Connection, job: str, changes: Mapping[str, int]) -> None:
    """Add to a job's statistics."""
    counts = {column: changes.get(column, 0) for column in STATISTICS.values()}
    db.execute(_COUNT, {"id": job, "now": datetime.now(UTC).isoformat(), **counts})


def is_running(db: Connection, source: str) -> bool:
    """Whether an ingestion job of a data source is running."""
    return bool(db.execute("SELECT 1 FROM running_jobs WHERE source = ?", (source,)).fetchone())


def list_starting(db: Connection) -> list[str]:
    """The jobs whose bucket has to be scanned."""
    rows = db.execute("SELECT id FROM running_jobs WHERE status = 'STARTING'")
    return [row["id"] for row in rows]


def describe(row: Row) -> JSON:
    """Bedrock's IngestionJob."""
    job = {
        "knowledgeBaseId": row["base"],
        "dataSourceId": row["source"],
        "ingestionJobId": row["id"],
        "status": row["status"],
        "statistics": {name: row[column] for name, column in STATISTICS.items()},
        "failureReasons": json.loads(row["failure_reasons"]),
        "startedAt": datetime.fromisoformat(row["started_at"]),
        "updatedAt": datetime.fromisoformat(row["updated_at"]),
    }
    return job | ({"description": row["description"]} if row["description"] else {})


def _summary(job: JSON) -> JSON:
    return {name: value for name, value in job.items() if name != "failureReasons"}


def _check_alone(db: Connection, source: Row) -> None:
    if bases.is_syncing(db, source["base"]):
        raise conflict(
            "You have reached the maximum number of concurrent ingestion jobs per knowledge base: "
            "1. Wait for the running job to end, or stop it with StopIngestionJob."
        )
    if queue.is_busy(db, source["id"]):
        raise ServiceError(
            "ValidationException",
            "There is an ongoing KnowledgeBaseDocuments API request on the data source. "
            "Start the job when its documents are done.",
        )


def _failure_reasons(db: Connection, job: str) -> Iterator[str]:
    """The failed documents by reason. Each string is a JSON list of one sentence, as Bedrock's are,
    and no longer than Bedrock allows.
    """
    files_by_reason = db.execute(
        "SELECT uri, reason FROM documents WHERE job = ? AND status = 'FAILED'"
        " ORDER BY reason, uri",
        (job,),
    )
    for reason, rows in groupby(files_by_reason, key=lambda row: row["reason"]):
        files: list[str] = []
        for row in rows:
            if files and len(_sentence(reason, [*files, row["uri"]])) > MAX_REASON:
                yield _sentence(reason, files)
                files = []
            files.append(row["uri"])
        yield _sentence(reason, files)


def _sentence(reason: str, files: list[str]) -> str:
    """One failure reason.

    >>> _sentence("It is empty.", ["s3://docs/a.txt", "s3://docs/b.txt"])
    '["Encountered error: Ignored 2 files: It is empty. [Files: s3://docs/a.txt, s3://docs/b.txt]."]'
    """
    return json.dumps(
        [f"Encountered error: Ignored {len(files)} files: {reason} [Files: {', '.join(files)}]."],
        ensure_ascii=False,
    )


_COUNT = (
    "UPDATE ingestion_jobs SET updated_at = :now, "  # noqa: S608 (the columns are our own)
    + ", ".join(f"{column} = {column} + :{column}" for column in STATISTICS.values())
    + " WHERE id = :id"
)
