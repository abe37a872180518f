"""The Knowledge Bases that an agent may query."""

from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.bedrock_agent.agents.state import PAGE, find, mark_unprepared
from app.local.control import pages
from app.local.control.errors import not_found, unique
from app.local.control.records import decode, encode
from app.local.wire import JSON, ServiceError


def associate(dependencies: Dependencies, db: Connection, params: JSON) -> JSON:
    draft, base = find(db, params["agentId"]), params["knowledgeBaseId"]
    if not dependencies.knowledge_bases.has(base):
        raise not_found("Knowledge Base", base)
    now = datetime.now(UTC)
    record = {
        "description": params["description"],
        "knowledgeBaseState": params.get("knowledgeBaseState", "ENABLED"),
        "createdAt": now,
        "updatedAt": now,
    }
    with unique(f"Knowledge Base {base} is associated with Agent {draft['agent']} already."):
        db.execute(
            "INSERT INTO knowledge_bases VALUES (?, ?, ?, ?)",
            (draft["agent"], draft["version"], base, encode(record)),
        )
    mark_unprepared(db, draft["agent"])
    return {"agentKnowledgeBase": describe(_find(db, params))}


def get(db: Connection, params: JSON) -> JSON:
    return {"agentKnowledgeBase": describe(_find(db, params))}


def page(db: Connection, params: JSON) -> JSON:
    rows = list_for(db, find(db, params["agentId"], params["agentVersion"]))
    page, more = pages.page(
        "ListAgentKnowledgeBases", params, rows, key=lambda row: row["id"], most=PAGE
    )
    return {"agentKnowledgeBaseSummaries": [_summary(describe(row)) for row in page], **more}


def update(db: Connection, params: JSON) -> JSON:
    row = _find(db, params)
    members = ("description", "knowledgeBaseState")
    changes = {member: params[member] for member in members if member in params}
    record = decode(row["record"]) | changes | {"updatedAt": datetime.now(UTC)}
    db.execute(
        "UPDATE knowledge_bases SET record = ? WHERE agent = ? AND version = ? AND id = ?",
        (encode(record), row["agent"], row["version"], row["id"]),
    )
    mark_unprepared(db, row["agent"])
    return {"agentKnowledgeBase": describe(_find(db, params))}


def disassociate(db: Connection, params: JSON) -> JSON:
    row = _find(db, params)
    db.execute(
        "DELETE FROM knowledge_bases WHERE agent = ? AND version = ? AND id = ?",
        (row["agent"], row["version"], row["id"]),
    )
    mark_unprepared(db, row["agent"])
    return {}


def list_for(db: Connection, version: Row) -> list[Row]:
    """The associations of a version of an agent."""
    return db.execute(
        "SELECT * FROM knowledge_bases WHERE agent = ? AND version = ?",
        (version["agent"], version["version"]),
    ).fetchall()


def describe(row: Row) -> JSON:
    """Bedrock's AgentKnowledgeBase."""
    return {
        "agentId": row["agent"],
        "agentVersion": row["version"],
        "knowledgeBaseId": row["id"],
        **decode(row["record"]),
    }


def _summary(association: JSON) -> JSON:
    members = ("knowledgeBaseId", "description", "knowledgeBaseState", "updatedAt")
    return {member: association[member] for member in members}


def _find(db: Connection, params: JSON) -> Row:
    version = find(db, params["agentId"], params["agentVersion"])
    for row in list_for(db, version):
        if row["id"] == params["knowledgeBaseId"]:
            return row
    raise ServiceError(
        "ResourceNotFoundException",
        f"Knowledge Base {params['knowledgeBaseId']} is not associated with version "
        f"{version['version']} of Agent {version['agent']}.",
    )
