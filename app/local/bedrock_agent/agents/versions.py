"""Versions: copies of a prepared DRAFT with its action groups and Knowledge Bases."""

from sqlite3 import Connection, Row

from app.local.bedrock_agent.agents import aliases
from app.local.bedrock_agent.agents.state import (
    DRAFT,
    PAGE,
    PREPARED,
    agent_arn,
    find,
)
from app.local.control import pages
from app.local.control.errors import conflict
from app.local.control.records import decode
from app.local.wire import JSON

_DRAFTS_OWN = ("orchestrationType", "preparedAt")
_SUMMARY = (
    "agentName",
    "agentStatus",
    "agentVersion",
    "createdAt",
    "description",
    "guardrailConfiguration",
    "updatedAt",
)


def get(db: Connection, params: JSON) -> JSON:
    return {"agentVersion": describe(find(db, params["agentId"], params["agentVersion"]))}


def page(db: Connection, params: JSON) -> JSON:
    """A page of DRAFT and the numbered versions."""
    agent = find(db, params["agentId"])["agent"]
    rows = db.execute("SELECT * FROM versions WHERE agent = ? AND version != ?", (agent, PREPARED))
    page, more = pages.page("ListAgentVersions", params, rows, key=_number, most=PAGE)
    return {"agentVersionSummaries": [_summary(describe(row)) for row in page], **more}


def delete(db: Connection, params: JSON) -> JSON:
    row = find(db, params["agentId"], params["agentVersion"])
    agent, version = row["agent"], row["version"]
    aliases_of_version = aliases.list_for(db, agent, version)
    if aliases_of_version and not params.get("skipResourceInUseCheck"):
        names = ", ".join(alias["name"] for alias in aliases_of_version)
        raise conflict(
            f"Version {version} of Agent with id {agent} cannot be deleted while aliases lead to "
            f"it: {names}. Delete them or lead them elsewhere, or set skipResourceInUseCheck."
        )
    for alias in aliases_of_version:
        aliases.dissociate(db, alias)
    db.execute("DELETE FROM versions WHERE agent = ? AND version = ?", (agent, version))
    return {"agentId": agent, "agentVersion": version, "agentStatus": "DELETING"}


def describe(row: Row) -> JSON:
    """Bedrock's AgentVersion."""
    record = decode(row["record"])
    return {
        "agentId": row["agent"],
        "agentArn": agent_arn(row["agent"]),
        "version": row["version"],
        "agentStatus": row["status"],
        **{member: value for member, value in record.items() if member not in _DRAFTS_OWN},
    }


def _summary(version: JSON) -> JSON:
    members = {"agentVersion": version["version"]} | version
    return {member: members[member] for member in _SUMMARY if member in members}


def _number(row: Row) -> int:
    return 0 if row["version"] == DRAFT else int(row["version"])
