"""The table `documents`, as the worker's queue: requested, claimed, finished.

A document may be requested again while the worker has it claimed. The worker then finishes the
older request and claims the document again, so that the newest request is the last one done.
"""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock_agent.knowledge_bases import embeddings, sources
from app.local.bedrock_agent.knowledge_bases.fetch import ETags, Origin
from app.local.control.records import decode
from app.local.engine.chunk import Chunking
from app.local.engine.encoder import Languages

CUSTOM = "custom:"  # the start of the URI of a document that is in no bucket


@dataclass(frozen=True)
class Task:
    """A document that the worker has claimed, to index it or, where `origin` is None, to remove it.

    Attributes:
        base: the base of its store.
        source: its data source.
        uri: its name in the data source.
        requested: the number of this request among those for the document.
        job: the ingestion job that requested it.
        origin: the places of its content and attributes.
        chunking: the chunking of its data source.
        languages: which of the laptop's encoders embeds for the base.
    """

    base: str
    source: str
    uri: str
    requested: int
    job: str | None
    origin: Origin | None
    chunking: Chunking
    languages: Languages

    @property
    def document(self) -> str:
        """Its name in the store, in which two data sources may have the same object."""
        return f"{self.source}/{self.uri}"


@dataclass(frozen=True)
class Outcome:
    """The result of a task: indexed with `etags`, failed for a `reason`; neither if it was
    removed.

    Attributes:
        warnings: what of an indexed document's text is in no chunk.
    """

    task: Task
    etags: ETags | None = None
    reason: str | None = None
    warnings: Sequence[str] = ()


def request(
    db: Connection,
    source: str,
    uri: str,
    origin: Origin,
    *,
    job: str | None = None,
    data: bytes | None = None,
) -> None:
    """Request that a document be indexed, in place of any earlier request."""
    db.execute(
        "INSERT INTO documents (source, uri, origin, requested, job, status, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, uri) DO UPDATE SET"
        " origin = excluded.origin, requested = excluded.requested, job = excluded.job,"
        " status = excluded.status, reason = NULL, updated_at = excluded.updated_at",
        (
            source,
            uri,
            json.dumps(asdict(origin)),
            time.time_ns(),
            job,
            "PENDING" if job else "STARTING",
            _now(),
        ),
    )
    db.execute("DELETE FROM contents WHERE source = ? AND uri = ?", (source, uri))
    db.execute("DELETE FROM set_aside WHERE source = ? AND uri = ?", (source, uri))
    if data is not None:
        db.execute("INSERT INTO contents VALUES (?, ?, ?)", (source, uri, data))


def confirm(db: Connection, source: str, uri: str) -> None:
    """Record that a document is unchanged since it was indexed."""
    db.execute(
        "UPDATE documents SET updated_at = ? WHERE source = ? AND uri = ?", (_now(), source, uri)
    )


def request_removal(db: Connection, source: str, uri: str, *, job: str | None = None) -> None:
    """Request that a document be removed."""
    db.execute(
        "UPDATE documents SET requested = ?, job = ?, status = 'DELETING', reason = NULL,"
        " updated_at = ? WHERE source = ? AND uri = ?",
        (time.time_ns(), job, _now(), source, uri),
    )
    db.execute("DELETE FROM set_aside WHERE source = ? AND uri = ?", (source, uri))


def claim(db: Connection, limit: int, *, set_aside: bool = False) -> list[Task]:
    """Claim documents, of those that were set aside or of the others: first those of direct calls,
    then in the order of their requests.
    """
    rows = db.execute(
        "SELECT waiting.*, data_sources.base, data_sources.record,"
        " knowledge_bases.record AS base_record"
        " FROM waiting JOIN data_sources ON source = data_sources.id"
        " JOIN knowledge_bases ON base = knowledge_bases.id"
        " WHERE ? = EXISTS (SELECT 1 FROM set_aside AS aside"
        " WHERE aside.source = waiting.source AND aside.uri = waiting.uri)"
        " ORDER BY job IS NOT NULL, requested LIMIT ?",
        (set_aside, limit),
    ).fetchall()
    db.executemany(
        "UPDATE documents SET claimed = 1, status ="
        " CASE status WHEN 'DELETING' THEN 'DELETE_IN_PROGRESS' ELSE 'IN_PROGRESS' END"
        " WHERE rowid = ?",
        [(row["number"],) for row in rows],
    )
    return [
        Task(
            base=row["base"],
            source=row["source"],
            uri=row["uri"],
            requested=row["requested"],
            job=row["job"],
            origin=None if row["status"] == "DELETING" else Origin(**json.loads(row["origin"])),
            chunking=sources.chunking(row),
            languages=embeddings.languages(
                decode(row["base_record"])["knowledgeBaseConfiguration"]
            ),
        )
        for row in rows
    ]


def set_aside(db: Connection, task: Task) -> None:
    """Release a document that would hold up the others. It waits for the slow lane."""
    key = task.source, task.uri
    db.execute("INSERT OR IGNORE INTO set_aside VALUES (?, ?)", key)
    db.execute(
        "UPDATE documents SET claimed = 0, status = CASE status"
        " WHEN 'IN_PROGRESS' THEN 'PENDING' ELSE status END WHERE source = ? AND uri = ?",
        key,
    )


def finish(db: Connection, outcome: Outcome) -> Counter[str]:
    """Release a document, and return the changes to its job's statistics.

    The state of the store is recorded in any case; the status only if there is no newer request.
    """
    task, etags = outcome.task, outcome.etags
    before = db.execute(
        "SELECT * FROM documents WHERE source = ? AND uri = ?", (task.source, task.uri)
    ).fetchone()
    db.execute(
        "UPDATE documents SET claimed = 0, content_etag = ?, metadata_etag = ?"
        " WHERE source = ? AND uri = ?",
        (etags and etags.content, etags and etags.metadata, task.source, task.uri),
    )
    db.execute("DELETE FROM warnings WHERE source = ? AND uri = ?", (task.source, task.uri))
    if outcome.warnings:
        texts = "\n".join(outcome.warnings)
        db.execute("INSERT INTO warnings VALUES (?, ?, ?)", (task.source, task.uri, texts))
    if before["requested"] != task.requested:
        return Counter()
    if etags or outcome.reason:
        db.execute(
            "UPDATE documents SET status = ?, reason = ?, updated_at = ?"
            " WHERE source = ? AND uri = ?",
            ("INDEXED" if etags else "FAILED", outcome.reason, _now(), task.source, task.uri),
        )
    else:
        db.execute("DELETE FROM documents WHERE source = ? AND uri = ?", (task.source, task.uri))
    return _change(before, outcome)


def _change(before: Row, outcome: Outcome) -> Counter[str]:
    if outcome.reason:
        return Counter(["failed"])
    if outcome.etags is None:
        return Counter(["deleted"])
    if before["content_etag"] is None:
        return Counter(["new"])
    sidecar = before["metadata_etag"] != outcome.etags.metadata
    return Counter(modified=1, metadata_modified=int(sidecar))


def take_back(db: Connection, job: str) -> None:
    """Withdraw a job's requests that the worker has not claimed."""
    rows = db.execute("SELECT number, content_etag FROM waiting WHERE job = ?", (job,)).fetchall()
    for row in rows:
        if row["content_etag"]:
            db.execute("UPDATE documents SET status = 'INDEXED' WHERE rowid = ?", (row["number"],))
        else:
            db.execute("DELETE FROM documents WHERE rowid = ?", (row["number"],))


def recover(db: Connection) -> None:
    """Release all documents, after a start."""
    db.execute(
        "UPDATE documents SET claimed = 0, status = CASE status"
        " WHEN 'DELETE_IN_PROGRESS' THEN 'DELETING'"
        " WHEN 'IN_PROGRESS' THEN 'PENDING' ELSE status END WHERE claimed"
    )


def request_again(db: Connection, source: str, uri: str) -> None:
    """Request a document again that the store has lost, unless it is requested already. Until it is
    indexed, its base is being rebuilt.
    """
    db.execute(
        "UPDATE documents SET content_etag = NULL, metadata_etag = NULL"
        " WHERE source = ? AND uri = ?",
        (source, uri),
    )
    db.execute(
        "UPDATE documents SET status = 'PENDING', requested = ?, job = NULL"
        " WHERE source = ? AND uri = ? AND status = 'INDEXED'",
        (time.time_ns(), source, uri),
    )
    db.execute(
        "INSERT OR REPLACE INTO rebuilding"
        " SELECT source, uri, requested FROM unsettled WHERE source = ? AND uri = ?",
        (source, uri),
    )


def indexed_states(db: Connection, source: str) -> dict[str, ETags | None]:
    """The documents of a data source, each with the state of it that is in the store."""
    rows = db.execute(
        "SELECT uri, content_etag, metadata_etag FROM documents WHERE source = ?", (source,)
    )
    return {row["uri"]: etags(row) for row in rows}


def etags(row: Row) -> ETags | None:
    """The state of a document that is in the store."""
    return ETags(row["content_etag"], row["metadata_etag"]) if row["content_etag"] else None


def is_busy(db: Connection, source: str) -> bool:
    """Whether a document of a data source is still to be processed."""
    return bool(db.execute("SELECT 1 FROM unsettled WHERE source = ?", (source,)).fetchone())


def data(db: Connection, task: Task) -> bytes | None:
    """The bytes that the caller sent for a document."""
    row = db.execute(
        "SELECT data FROM contents WHERE source = ? AND uri = ?", (task.source, task.uri)
    ).fetchone()
    content: bytes | None = row and row["data"]
    return content


def _now() -> str:
    return datetime.now(UTC).isoformat()
