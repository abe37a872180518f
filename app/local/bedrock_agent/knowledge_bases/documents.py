"""Direct ingestion: documents that the caller names, indexed or removed one by one.

As on AWS, direct ingestion and ingestion jobs of a data source exclude each other. While a job is
running, these operations refuse with the ValidationException that Bedrock is known to answer; while
a document is being ingested directly, StartIngestionJob refuses.

IngestKnowledgeBaseDocuments answers IGNORED for a document whose content and metadata are indexed
already. The document stays INDEXED, and its update time is now.

Of an INDEXED document, `statusReason` has the parser's warnings, one on each line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection, Row
from typing import Any

from app.local.bedrock_agent.knowledge_bases import (
    jobs,
    queue,
    sidecar,
    sources,
)
from app.local.bedrock_agent.knowledge_bases.fetch import (
    PLAIN_TEXT,
    SIDECAR,
    ETags,
    Fetch,
    Origin,
    split_uri,
)
from app.local.control import pages
from app.local.control.errors import invalid, unsupported
from app.local.engine.parsers import Unreadable
from app.local.wire import JSON, ServiceError

SELECT = (
    "SELECT documents.*, texts AS warnings FROM documents LEFT JOIN warnings USING (source, uri)"
)
UNCHANGED = "The document has not changed since it was indexed."


@dataclass(frozen=True)
class _Document:
    """A checked KnowledgeBaseDocument. `data` are the bytes that the caller sent inline."""

    uri: str
    origin: Origin
    data: bytes | None = None


def ingest(fetch: Fetch, db: Connection, params: JSON) -> JSON:
    source = _source(db, params)
    documents = [
        _check_document(source, f"documents[{number}]", document)
        for number, document in enumerate(params["documents"])
    ]
    _check_different("documents", [document.uri for document in documents])
    return {"documentDetails": [_ask(fetch, db, source, document) for document in documents]}


def delete(db: Connection, params: JSON) -> JSON:
    source = _source(db, params)
    uris = _uris(source, params["documentIdentifiers"])
    for uri in uris:
        queue.request_removal(db, source["id"], uri)
    return {"documentDetails": [_detail(db, source, uri) for uri in uris]}


def get(db: Connection, params: JSON) -> JSON:
    source = sources.find(db, params["knowledgeBaseId"], params["dataSourceId"])
    uris = _uris(source, params["documentIdentifiers"])
    return {"documentDetails": [_detail(db, source, uri) for uri in uris]}


def page(db: Connection, params: JSON) -> JSON:
    source = sources.find(db, params["knowledgeBaseId"], params["dataSourceId"])
    operation = "ListKnowledgeBaseDocuments"
    limit = params.get("maxResults", pages.DEFAULT_RESULTS)
    rows = db.execute(
        f"{SELECT} WHERE source = ? AND uri > ? ORDER BY uri LIMIT ?",
        (source["id"], pages.position(operation, params) or "", limit + 1),
    ).fetchall()
    answer: JSON = {"documentDetails": [_describe(source, row["uri"], row) for row in rows[:limit]]}
    if len(rows) > limit:
        answer["nextToken"] = pages.token(operation, params, rows[limit - 1]["uri"])
    return answer


def _source(db: Connection, params: JSON) -> Row:
    source = sources.usable(db, params["knowledgeBaseId"], params["dataSourceId"])
    if jobs.is_running(db, source["id"]):
        raise ServiceError(
            "ValidationException",
            "There is an ongoing ingestion job on the data source. "
            "Send the request again when the job has ended.",
        )
    return source


def _ask(fetch: Fetch, db: Connection, source: Row, document: _Document) -> JSON:
    row = _find(db, source, document.uri)
    if row and row["status"] == "INDEXED" and queue.etags(row) == _etags(fetch, document):
        queue.confirm(db, source["id"], document.uri)
        return _detail(db, source, document.uri) | {"status": "IGNORED", "statusReason": UNCHANGED}
    queue.request(db, source["id"], document.uri, document.origin, data=document.data)
    return _detail(db, source, document.uri)


def _etags(fetch: Fetch, document: _Document) -> ETags | None:
    try:
        return fetch.etags(document.origin, document.data)
    except Unreadable:
        return None


def _detail(db: Connection, source: Row, uri: str) -> JSON:
    return _describe(source, uri, _find(db, source, uri))


def _find(db: Connection, source: Row, uri: str) -> Row | None:
    row: Row | None = db.execute(
        f"{SELECT} WHERE source = ? AND uri = ?", (source["id"], uri)
    ).fetchone()
    return row


def _describe(source: Row, uri: str, row: Row | None) -> JSON:
    """Bedrock's KnowledgeBaseDocumentDetail."""
    detail: JSON = {
        "knowledgeBaseId": source["base"],
        "dataSourceId": source["id"],
        "identifier": _identifier(uri),
        "status": row["status"] if row else "NOT_FOUND",
    }
    if row:
        detail["updatedAt"] = datetime.fromisoformat(row["updated_at"])
    if row and (reason := row["warnings"] if row["status"] == "INDEXED" else row["reason"]):
        detail["statusReason"] = reason
    return detail


def _identifier(uri: str) -> JSON:
    if uri.startswith(queue.CUSTOM):
        return {"dataSourceType": "CUSTOM", "custom": {"id": uri.removeprefix(queue.CUSTOM)}}
    return {"dataSourceType": "S3", "s3": {"uri": uri}}


def _uris(source: Row, identifiers: Sequence[JSON]) -> list[str]:
    """The URIs of DocumentIdentifiers."""
    uris = []
    for number, identifier in enumerate(identifiers):
        field = f"documentIdentifiers[{number}]"
        kind = _check_kind(source, field, identifier)
        block = _need(identifier, kind.lower(), field)
        uris.append(block["uri"] if kind == "S3" else queue.CUSTOM + block["id"])
    _check_different("documentIdentifiers", uris)
    return uris


def _check_document(source: Row, field: str, document: JSON) -> _Document:
    content, field_content = document["content"], f"{field}.content"
    kind = _check_kind(source, field_content, content)
    block = _need(content, kind.lower(), field_content)
    metadata = _metadata(kind, f"{field}.metadata", document.get("metadata"))
    if kind == "S3":
        uri = block["s3Location"]["uri"]
        _check_location(source, f"{field_content}.s3.s3Location.uri", uri)
        return _Document(uri, Origin(uri, **metadata))
    uri = queue.CUSTOM + block["customDocumentIdentifier"]["id"]
    if block["sourceType"] == "S3_LOCATION":
        location = _need(block, "s3Location", f"{field_content}.custom")
        return _Document(uri, Origin(location["uri"], **metadata))
    inline = _need(block, "inlineContent", f"{field_content}.custom")
    if inline["type"] == "TEXT":
        text = _need(inline, "textContent", f"{field_content}.custom.inlineContent")
        return _Document(uri, Origin(mime_type=PLAIN_TEXT, **metadata), text["data"].encode())
    file = _need(inline, "byteContent", f"{field_content}.custom.inlineContent")
    return _Document(uri, Origin(mime_type=file["mimeType"], **metadata), file["data"])


def _metadata(kind: str, field: str, metadata: JSON | None) -> JSON:
    """The members of Origin for Bedrock's DocumentMetadata."""
    if metadata is None:
        return {}
    if "accessControlList" in metadata:
        raise unsupported(f"{field}.accessControlList", "an access control list")
    if metadata["type"] == "S3_LOCATION":
        return {"sidecar": _need(metadata, "s3Location", field)["uri"]}
    if kind == "S3":
        raise invalid(
            f"{field}.type", "must be S3_LOCATION for a document of a data source of type S3."
        )
    attributes = _need(metadata, "inlineAttributes", field)
    try:
        sidecar.read_inline(attributes)
    except ValueError as error:
        raise invalid(f"{field}.inlineAttributes", str(error)) from error
    return {"attributes": attributes}


def _need(block: JSON, member: str, field: str) -> Any:
    if member not in block:
        raise invalid(f"{field}.{member}", "is required here.")
    return block[member]


def _check_kind(source: Row, field: str, block: JSON) -> str:
    kind = sources.kind(source)
    if block["dataSourceType"] != kind:
        raise invalid(f"{field}.dataSourceType", f"must be {kind}, the type of the data source.")
    return kind


def _check_location(source: Row, field: str, uri: str) -> None:
    bucket, prefix = sources.bucket(source)
    own_bucket, key = split_uri(uri)
    if own_bucket != bucket or not key.startswith(prefix) or not key:
        raise invalid(
            field, f"must be an object of the data source: s3://{bucket}/{prefix}..., not {uri}."
        )
    if key.endswith(SIDECAR):
        raise invalid(field, f"must be a document; {uri} is the metadata of one.")


def _check_different(field: str, uris: Sequence[str]) -> None:
    for number, uri in enumerate(uris):
        if uri in uris[:number]:
            raise invalid(f"{field}[{number}]", f"names {uri} a second time.")
