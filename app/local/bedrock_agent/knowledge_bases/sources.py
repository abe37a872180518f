"""Data sources: the origins of a base's documents, a bucket (S3) or direct calls (CUSTOM).

A managed base has connectors instead; the stand-in has only the one for direct calls.
"""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock_agent.knowledge_bases import bases
from app.local.bedrock_agent.knowledge_bases.chunking_configuration import read_chunking
from app.local.control import pages
from app.local.control.errors import conflict, invalid, not_found, unique, unsupported
from app.local.control.records import decode, encode, new_id
from app.local.engine.chunk import Chunking
from app.local.wire import JSON, ServiceError

MAX_SOURCES = 5
CONNECTOR = "MANAGED_KNOWLEDGE_BASE_CONNECTOR"
BLOCKS = {
    "S3": "s3Configuration",
    "CUSTOM": None,
    CONNECTOR: "managedKnowledgeBaseConnectorConfiguration",
}
"""Type -> the member for its settings."""
_SETTINGS = (
    "description",
    "dataSourceConfiguration",
    "vectorIngestionConfiguration",
    "serverSideEncryptionConfiguration",
)


def create(db: Connection, params: JSON) -> JSON:
    owner = bases.usable(db, params["knowledgeBaseId"])
    base = owner["id"]
    _check_configuration(owner, params["dataSourceConfiguration"])
    _check_ingestion(params.get("vectorIngestionConfiguration", {}))
    _check_room(db, base)
    source, now = new_id(), datetime.now(UTC)
    record = {member: params[member] for member in _SETTINGS if member in params} | {
        "dataDeletionPolicy": params.get("dataDeletionPolicy", "DELETE"),
        "createdAt": now,
        "updatedAt": now,
    }
    with _unique(params["name"]):
        db.execute(
            "INSERT INTO data_sources VALUES (?, ?, ?, 'AVAILABLE', ?)",
            (source, base, params["name"], encode(record)),
        )
    return {"dataSource": describe(find(db, base, source))}


def get(db: Connection, params: JSON) -> JSON:
    return {"dataSource": describe(find(db, params["knowledgeBaseId"], params["dataSourceId"]))}


def page(db: Connection, params: JSON) -> JSON:
    base = bases.find(db, params["knowledgeBaseId"])["id"]
    rows = db.execute("SELECT * FROM data_sources WHERE base = ?", (base,))
    selection, more = pages.page("ListDataSources", params, rows, key=lambda row: row["name"])
    return {"dataSourceSummaries": [_summary(describe(row)) for row in selection], **more}


def update(db: Connection, params: JSON) -> JSON:
    row = usable(db, params["knowledgeBaseId"], params["dataSourceId"])
    before = decode(row["record"])
    owner = bases.find(db, row["base"])
    _check_configuration(owner, params["dataSourceConfiguration"])
    _check_ingestion(params.get("vectorIngestionConfiguration", {}))
    _check_unchanged(before, params)
    record = {member: params[member] for member in _SETTINGS if member in params} | {
        "dataDeletionPolicy": params.get("dataDeletionPolicy", before["dataDeletionPolicy"]),
        "createdAt": before["createdAt"],
        "updatedAt": datetime.now(UTC),
    }
    with _unique(params["name"]):
        db.execute(
            "UPDATE data_sources SET name = ?, record = ? WHERE id = ?",
            (params["name"], encode(record), row["id"]),
        )
    return {"dataSource": describe(find(db, row["base"], row["id"]))}


def delete(db: Connection, params: JSON) -> JSON:
    """Mark a data source as DELETING; the worker then deletes it.

    With the policy DELETE, that is when every document's chunks are removed. With RETAIN, it is
    when the worker has none of its documents claimed; their chunks stay, and Retrieve goes on
    finding them.
    """
    row = find(db, params["knowledgeBaseId"], params["dataSourceId"])
    bases.refuse_while_syncing(db, row["base"])
    db.execute("UPDATE data_sources SET status = 'DELETING' WHERE id = ?", (row["id"],))
    if decode(row["record"])["dataDeletionPolicy"] == "DELETE":
        db.execute(
            "UPDATE documents SET status = 'DELETING', requested = requested + 1, job = NULL"
            " WHERE source = ?",
            (row["id"],),
        )
    return {
        "knowledgeBaseId": row["base"],
        "dataSourceId": row["id"],
        "status": "DELETING",
    }


def forget(db: Connection) -> None:
    """Remove the data sources whose deletion is done."""
    for row in db.execute("SELECT * FROM data_sources WHERE status = 'DELETING'").fetchall():
        if decode(row["record"])["dataDeletionPolicy"] == "RETAIN":
            db.execute("DELETE FROM documents WHERE source = ? AND NOT claimed", (row["id"],))
        db.execute(
            "DELETE FROM data_sources WHERE id = ?"
            " AND NOT EXISTS (SELECT 1 FROM documents WHERE source = data_sources.id)",
            (row["id"],),
        )


def find(db: Connection, base: str, source: str) -> Row:
    """The row of a data source.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    bases.find(db, base)
    row: Row | None = db.execute(
        "SELECT * FROM data_sources WHERE base = ? AND id = ?", (base, source)
    ).fetchone()
    if row is None:
        raise not_found("DataSource", source)
    return row


def usable(db: Connection, base: str, source: str) -> Row:
    """The row of a data source that is AVAILABLE.

    Raises:
        ServiceError: ResourceNotFoundException, or ConflictException while it is being deleted.
    """
    bases.usable(db, base)
    row = find(db, base, source)
    if row["status"] != "AVAILABLE":
        raise conflict(f"The DataSource is not in a valid status: it is {row['status']}.")
    return row


def chunking(row: Row) -> Chunking:
    """The chunking of a data source's documents."""
    ingestion = decode(row["record"]).get("vectorIngestionConfiguration", {})
    return read_chunking(ingestion.get("chunkingConfiguration"))


def bucket(row: Row) -> tuple[str, str]:
    """The bucket of an S3 data source, and the prefix of its keys."""
    configuration = decode(row["record"])["dataSourceConfiguration"]["s3Configuration"]
    return (
        configuration["bucketArn"].rpartition(":")[2],
        configuration.get("inclusionPrefixes", [""])[0],
    )


def kind(row: Row) -> str:
    """The type of a data source: S3 or CUSTOM."""
    configuration: JSON = decode(row["record"])["dataSourceConfiguration"]
    return "CUSTOM" if configuration["type"] == CONNECTOR else str(configuration["type"])


def describe(row: Row) -> JSON:
    """Bedrock's DataSource."""
    return {
        "knowledgeBaseId": row["base"],
        "dataSourceId": row["id"],
        "name": row["name"],
        "status": row["status"],
        **decode(row["record"]),
    }


def _summary(source: JSON) -> JSON:
    members = ("knowledgeBaseId", "dataSourceId", "name", "status", "description", "updatedAt")
    return {member: source[member] for member in members if member in source}


def _check_configuration(owner: Row, configuration: JSON) -> None:
    field, kind = "dataSourceConfiguration", configuration["type"]
    is_managed = bases.storage(owner) == bases.MANAGED
    if is_managed != (kind == CONNECTOR):
        base = "a managed" if is_managed else "this"
        rule = "must be" if is_managed else "cannot be"
        raise invalid(f"{field}.type", f"{rule} {CONNECTOR} in {base} knowledge base.")
    if kind not in BLOCKS:
        raise unsupported(f"{field}.type", f"a data source of type {kind}")
    block = BLOCKS[kind]
    if block and block not in configuration:
        raise invalid(f"{field}.{block}", f"is required for a data source of type {kind}.")
    if others := configuration.keys() - {"type", block}:
        raise invalid(f"{field}.{min(others)}", f"does not belong to type {kind}.")
    if kind == CONNECTOR and block:
        _check_connector(f"{field}.{block}", configuration[block])


def _check_connector(field: str, connector: JSON) -> None:
    for member in connector.keys() - {"connectorParameters"}:
        raise unsupported(f"{field}.{member}", f"a {member}")
    parameters = connector.get("connectorParameters", {})
    if parameters.get("version") != "1":
        raise invalid(f"{field}.connectorParameters.version", "must be 1.")
    if parameters.get("type") != "CUSTOM":
        kind = parameters.get("type")
        raise unsupported(
            f"{field}.connectorParameters.type", f"a managed connector of type {kind}"
        )
    if parameters.get("aclEnabled"):
        raise unsupported(f"{field}.connectorParameters.aclEnabled", "access control")


def _check_ingestion(configuration: JSON) -> None:
    for member in configuration.keys() - {"chunkingConfiguration"}:
        raise unsupported(f"vectorIngestionConfiguration.{member}", f"a {member}")
    try:
        read_chunking(configuration.get("chunkingConfiguration"))
    except ValueError as error:
        raise invalid("vectorIngestionConfiguration.chunkingConfiguration", f"{error}") from error


def _check_unchanged(before: JSON, params: JSON) -> None:
    kinds = [settings["dataSourceConfiguration"]["type"] for settings in (before, params)]
    if kinds[0] != kinds[1]:
        raise invalid("dataSourceConfiguration.type", f"cannot be changed; it is {kinds[0]}.")
    chunkings = [
        settings.get("vectorIngestionConfiguration", {}).get("chunkingConfiguration")
        for settings in (before, params)
    ]
    if chunkings[0] != chunkings[1]:
        raise invalid(
            "vectorIngestionConfiguration.chunkingConfiguration",
            "cannot be changed after the data source was created; send what GetDataSource answers.",
        )


def _check_room(db: Connection, base: str) -> None:
    (count,) = db.execute("SELECT count(*) FROM data_sources WHERE base = ?", (base,)).fetchone()
    if count >= MAX_SOURCES:
        raise ServiceError(
            "ServiceQuotaExceededException",
            f"A knowledge base has at most {MAX_SOURCES} data sources.",
        )


def _unique(name: str) -> AbstractContextManager[None]:
    return unique(f"DataSource with name {name} already exists.")
