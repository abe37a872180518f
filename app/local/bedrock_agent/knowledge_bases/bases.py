"""The operations on Knowledge Bases: create, get, list, update, delete.

On AWS a base is CREATING for a minute or two. Here its store is made when it is first used:
CreateKnowledgeBase answers CREATING, and the next request sees ACTIVE. A base is DELETING until the
worker has removed its documents and its files are gone.
"""

from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock_agent.knowledge_bases import embeddings
from app.local.bedrock_agent.knowledge_bases.state import knowledge_base_arn
from app.local.control import pages, tags
from app.local.control.errors import conflict, invalid, not_found, unique, unsupported
from app.local.control.records import decode, encode, new_id
from app.local.engine.encoder import Languages
from app.local.wire import JSON, ServiceError

MAX_BASES = 100

VECTOR, MANAGED = "VECTOR", "MANAGED"
CONFIGURATIONS = {
    VECTOR: "vectorKnowledgeBaseConfiguration",
    MANAGED: "managedKnowledgeBaseConfiguration",
}
STORAGE = {
    "OPENSEARCH_SERVERLESS": "opensearchServerlessConfiguration",
    "OPENSEARCH_MANAGED_CLUSTER": "opensearchManagedClusterConfiguration",
    "S3_VECTORS": "s3VectorsConfiguration",
    "RDS": "rdsConfiguration",
    "PINECONE": "pineconeConfiguration",
    "REDIS_ENTERPRISE_CLOUD": "redisEnterpriseCloudConfiguration",
    "MONGO_DB_ATLAS": "mongoDbAtlasConfiguration",
    "NEPTUNE_ANALYTICS": "neptuneAnalyticsConfiguration",
}


def create(db: Connection, params: JSON) -> JSON:
    _check_configuration(params["knowledgeBaseConfiguration"])
    _check_storage(params["knowledgeBaseConfiguration"]["type"], params.get("storageConfiguration"))
    _check_room(db)
    base, now = new_id(), datetime.now(UTC)
    name, settings = _settings(params)
    record = settings | {
        "knowledgeBaseArn": knowledge_base_arn(base),
        "createdAt": now,
        "updatedAt": now,
    }
    with unique(f"KnowledgeBase with name {name} already exists."):
        db.execute(
            "INSERT INTO knowledge_bases VALUES (?, ?, 'ACTIVE', ?)", (base, name, encode(record))
        )
    tags.put(db, record["knowledgeBaseArn"], params.get("tags", {}))
    return {"knowledgeBase": describe(find(db, base)) | {"status": "CREATING"}}


def get(db: Connection, params: JSON) -> JSON:
    row = find(db, params["knowledgeBaseId"])
    changing = {"status": "UPDATING"} if count_lost_documents(db, row["id"]) else {}
    return {"knowledgeBase": describe(row) | changing}


def page(db: Connection, params: JSON) -> JSON:
    rows = db.execute("SELECT * FROM knowledge_bases")
    selection, more = pages.page("ListKnowledgeBases", params, rows, key=lambda row: row["name"])
    return {"knowledgeBaseSummaries": [_summary(describe(row)) for row in selection], **more}


def update(db: Connection, params: JSON) -> JSON:
    row = usable(db, params["knowledgeBaseId"])
    before = decode(row["record"])
    for field in ("knowledgeBaseConfiguration", "storageConfiguration"):
        if params.get(field) != before.get(field):
            raise invalid(field, "cannot be changed; send what GetKnowledgeBase answers.")
    if params.get("metadataConfigurations"):
        raise unsupported("metadataConfigurations", "a managed knowledge base")
    name, settings = _settings(params)
    record = settings | {
        "knowledgeBaseArn": before["knowledgeBaseArn"],
        "createdAt": before["createdAt"],
        "updatedAt": datetime.now(UTC),
    }
    with unique(f"KnowledgeBase with name {name} already exists."):
        db.execute(
            "UPDATE knowledge_bases SET name = ?, record = ? WHERE id = ?",
            (name, encode(record), row["id"]),
        )
    return {"knowledgeBase": describe(find(db, row["id"])) | {"status": "UPDATING"}}


def delete(db: Connection, params: JSON) -> JSON:
    """Mark a base as DELETING; the worker then deletes it."""
    row = find(db, params["knowledgeBaseId"])
    refuse_while_syncing(db, row["id"])
    db.execute("UPDATE knowledge_bases SET status = 'DELETING' WHERE id = ?", (row["id"],))
    db.execute("UPDATE data_sources SET status = 'DELETING' WHERE base = ?", (row["id"],))
    return {"knowledgeBaseId": row["id"], "status": "DELETING"}


def list_deletable(db: Connection) -> list[str]:
    """The bases that are DELETING and have no document that the worker has claimed."""
    db.execute(
        "DELETE FROM documents WHERE NOT claimed AND source IN (SELECT data_sources.id"
        " FROM data_sources JOIN knowledge_bases ON base = knowledge_bases.id"
        " WHERE knowledge_bases.status = 'DELETING')"
    )
    rows = db.execute(
        "SELECT id FROM knowledge_bases WHERE status = 'DELETING' AND NOT EXISTS"
        " (SELECT 1 FROM documents JOIN data_sources ON source = data_sources.id"
        "  WHERE base = knowledge_bases.id)"
    )
    return [row["id"] for row in rows]


def forget(db: Connection, base: str) -> None:
    """Remove a base and all its rows, once its files are gone."""
    tags.forget(db, knowledge_base_arn(base))
    db.execute("DELETE FROM knowledge_bases WHERE id = ?", (base,))


def find(db: Connection, base: str) -> Row:
    """The row of a base.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    row: Row | None = db.execute("SELECT * FROM knowledge_bases WHERE id = ?", (base,)).fetchone()
    if row is None:
        raise not_found("Knowledge Base", base)
    return row


def exists(db: Connection, arn: str) -> bool:
    """Whether a base has this ARN."""
    base = arn.rpartition("knowledge-base/")[2]
    return bool(db.execute("SELECT 1 FROM knowledge_bases WHERE id = ?", (base,)).fetchone())


def is_active(db: Connection, base: str) -> bool:
    """Whether a base has this id and is ACTIVE."""
    row = db.execute("SELECT status FROM knowledge_bases WHERE id = ?", (base,)).fetchone()
    return row is not None and row["status"] == "ACTIVE"


def usable(db: Connection, base: str) -> Row:
    """The row of a base that is ACTIVE.

    Raises:
        ServiceError: ResourceNotFoundException, or ConflictException while it is being deleted.
    """
    row = find(db, base)
    if row["status"] != "ACTIVE":
        raise conflict(f"The Knowledge Base is not in a valid status: it is {row['status']}.")
    return row


def count_lost_documents(db: Connection, base: str) -> int:
    """The number of documents that the base's store has lost and that are not indexed again yet."""
    (number,) = db.execute(
        "SELECT count(*) FROM rebuilding JOIN unsettled USING (source, uri, requested)"
        " WHERE source IN (SELECT id FROM data_sources WHERE base = ?)",
        (base,),
    ).fetchone()
    return int(number)


def storage(row: Row) -> str:
    """The type of store that a base was declared with; MANAGED for a managed base."""
    record = decode(row["record"])
    storage_configuration = (
        record.get("storageConfiguration") or record["knowledgeBaseConfiguration"]
    )
    return str(storage_configuration["type"])


def languages(row: Row) -> Languages:
    """Which of the laptop's encoders embeds for a base."""
    return embeddings.languages(decode(row["record"])["knowledgeBaseConfiguration"])


def is_syncing(db: Connection, base: str) -> bool:
    """Whether an ingestion job of one of its data sources is running."""
    return bool(db.execute("SELECT 1 FROM running_jobs WHERE base = ?", (base,)).fetchone())


def refuse_while_syncing(db: Connection, base: str) -> None:
    if is_syncing(db, base):
        raise conflict(
            "An ingestion job is running. Wait for it to end, or stop it with StopIngestionJob."
        )


def refuse_while_rebuilding(db: Connection, base: str) -> None:
    """Refuse to search a store that has lost documents: the search would miss them.

    Raises:
        ServiceError: DependencyFailedException.
    """
    if number := count_lost_documents(db, base):
        raise ServiceError(
            "DependencyFailedException",
            f"The store of the Knowledge Base {base} was lost, and is rebuilt from its documents: "
            f"{number} of them are still to be indexed. Send the request again when it is ACTIVE.",
        )


def describe(row: Row) -> JSON:
    """Bedrock's KnowledgeBase."""
    return {
        "knowledgeBaseId": row["id"],
        "name": row["name"],
        "status": row["status"],
        **decode(row["record"]),
    }


def _summary(base: JSON) -> JSON:
    members = ("knowledgeBaseId", "name", "description", "status", "updatedAt")
    return {member: base[member] for member in members if member in base}


def _settings(params: JSON) -> tuple[str, JSON]:
    members = ("description", "roleArn", "knowledgeBaseConfiguration", "storageConfiguration")
    return params["name"], {member: params[member] for member in members if member in params}


def _check_configuration(configuration: JSON) -> None:
    kind, field = configuration["type"], "knowledgeBaseConfiguration"
    if kind not in CONFIGURATIONS:
        raise unsupported(f"{field}.type", f"a knowledge base of type {kind}")
    block = CONFIGURATIONS[kind]
    if block not in configuration:
        raise invalid(f"{field}.{block}", f"is required for a knowledge base of type {kind}.")
    _check_only(field, configuration, block)
    if kind == MANAGED:
        embeddings.check_managed(configuration[block])
    else:
        embeddings.check(f"{field}.{block}", configuration[block])


def _check_storage(kind: str, storage: JSON | None) -> None:
    if kind == MANAGED:
        if storage is not None:
            raise invalid("storageConfiguration", "does not belong to type MANAGED.")
        return
    if storage is None:
        raise invalid("storageConfiguration", "is required for a knowledge base of type VECTOR.")
    block = STORAGE[storage["type"]]
    if block not in storage:
        raise invalid(
            f"storageConfiguration.{block}", f"is required for storage of type {storage['type']}."
        )
    _check_only("storageConfiguration", storage, block)
    if block == "s3VectorsConfiguration":
        _check_index(storage[block])


def _check_only(field: str, configuration: JSON, block: str) -> None:
    for other in sorted(configuration.keys() - {"type", block}):
        raise invalid(f"{field}.{other}", f"does not belong to type {configuration['type']}.")


def _check_index(vectors: JSON) -> None:
    if "indexArn" not in vectors and not vectors.keys() >= {"vectorBucketArn", "indexName"}:
        raise invalid(
            "storageConfiguration.s3VectorsConfiguration",
            "must have indexArn, or vectorBucketArn and indexName.",
        )


def _check_room(db: Connection) -> None:
    (count,) = db.execute("SELECT count(*) FROM knowledge_bases").fetchone()
    if count >= MAX_BASES:
        raise ServiceError(
            "ServiceQuotaExceededException", f"An account has at most {MAX_BASES} knowledge bases."
        )
