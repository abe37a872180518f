"""The operations on agents: create, get, list, update, delete."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock_agent.agents import aliases, prompts
from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.bedrock_agent.agents.state import (
    DRAFT,
    PAGE,
    agent_arn,
    find,
    put,
)
from app.local.control import pages, tags
from app.local.control.errors import conflict, invalid, unique, unsupported
from app.local.control.records import decode, encode, new_id
from app.local.wire import JSON

_SETTINGS = (
    "agentName",
    "agentResourceRoleArn",
    "customerEncryptionKeyArn",
    "description",
    "foundationModel",
    "guardrailConfiguration",
    "instruction",
    "memoryConfiguration",
    "promptOverrideConfiguration",
)
_SUMMARY = (
    "agentId",
    "agentName",
    "agentStatus",
    "description",
    "guardrailConfiguration",
    "latestAgentVersion",
    "updatedAt",
)
_DEFAULTS = {
    "agentCollaboration": "DISABLED",
    "idleSessionTTLInSeconds": 600,
    "orchestrationType": "DEFAULT",
}


def create(dependencies: Dependencies, db: Connection, params: JSON) -> JSON:
    definition = _definition(dependencies, params)
    agent, now = new_id(), datetime.now(UTC)
    with _unique(params["agentName"]):
        db.execute("INSERT INTO agents (id, name) VALUES (?, ?)", (agent, params["agentName"]))
    record = definition | {"createdAt": now, "updatedAt": now}
    db.execute(
        "INSERT INTO versions VALUES (?, ?, 'NOT_PREPARED', ?)", (agent, DRAFT, encode(record))
    )
    aliases.create_test_alias(db, agent)
    tags.put(db, agent_arn(agent), params.get("tags", {}))
    return {"agent": describe(find(db, agent)) | {"agentStatus": "CREATING"}}


def get(db: Connection, params: JSON) -> JSON:
    return {"agent": describe(find(db, params["agentId"]))}


def page(db: Connection, params: JSON) -> JSON:
    rows = db.execute(
        "SELECT versions.*, name, latest FROM versions JOIN agents ON agents.id = agent"
        " WHERE version = ?",
        (DRAFT,),
    )
    page, more = pages.page("ListAgents", params, rows, key=lambda row: row["name"], most=PAGE)
    return {"agentSummaries": [_summary(row) for row in page], **more}


def update(dependencies: Dependencies, db: Connection, params: JSON) -> JSON:
    """Replace DRAFT: settings that the request leaves out are dropped."""
    row = find(db, params["agentId"])
    definition, before = _definition(dependencies, params), decode(row["record"])
    with _unique(params["agentName"]):
        db.execute("UPDATE agents SET name = ? WHERE id = ?", (params["agentName"], row["agent"]))
    times = {name: before[name] for name in ("createdAt", "preparedAt") if name in before}
    put(db, row["agent"], "NOT_PREPARED", definition | times | {"updatedAt": datetime.now(UTC)})
    return {"agent": describe(find(db, row["agent"])) | {"agentStatus": "UPDATING"}}


def delete(db: Connection, params: JSON) -> JSON:
    """Delete an agent with its versions and aliases."""
    agent = find(db, params["agentId"])["agent"]
    own = aliases.list_for(db, agent)
    if own and not params.get("skipResourceInUseCheck"):
        names = ", ".join(alias["name"] for alias in own)
        raise conflict(
            f"Agent with id {agent} cannot be deleted while it has aliases: {names}. Delete them, "
            "or set skipResourceInUseCheck."
        )
    for alias in own:
        aliases.forget(db, alias)
    tags.forget(db, agent_arn(agent))
    db.execute("DELETE FROM agents WHERE id = ?", (agent,))
    return {"agentId": agent, "agentStatus": "DELETING"}


def describe(row: Row) -> JSON:
    """Bedrock's Agent."""
    return {
        "agentId": row["agent"],
        "agentArn": agent_arn(row["agent"]),
        "agentVersion": DRAFT,
        "agentStatus": row["status"],
        **decode(row["record"]),
    }


def _summary(row: Row) -> JSON:
    agent = describe(row) | {"latestAgentVersion": str(row["latest"] or DRAFT)}
    return {member: agent[member] for member in _SUMMARY if member in agent}


def _definition(dependencies: Dependencies, params: JSON) -> JSON:
    """The settings in a request of CreateAgent or UpdateAgent, with Bedrock's defaults.

    Raises:
        ServiceError: ValidationException.
    """
    if "agentResourceRoleArn" not in params:
        raise invalid("agentResourceRoleArn", "is required.")
    if params.get("agentCollaboration", "DISABLED") != "DISABLED":
        raise unsupported("agentCollaboration", "agents that work together")
    if params.get("orchestrationType", "DEFAULT") != "DEFAULT" or "customOrchestration" in params:
        raise unsupported("orchestrationType", "custom orchestration")
    for field, rule in dependencies.missing(params):
        raise invalid(field, rule)
    prompts.check(dependencies, params)
    return {
        **{name: params.get(name, default) for name, default in _DEFAULTS.items()},
        **{name: params[name] for name in _SETTINGS if name in params},
    }


def _unique(name: str) -> AbstractContextManager[None]:
    return unique(f"Agent with name {name} already exists.")
