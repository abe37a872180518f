"""PrepareAgent: makes DRAFT ready to be invoked, if every resource that it names exists.

The response has the status PREPARING. The next request sees PREPARED; or FAILED with each reason
and its remedy, until the agent is changed and prepared again. Versions are made of a prepared
DRAFT.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from app.local.bedrock_agent.agents import action_groups, knowledge_bases
from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.bedrock_agent.agents.state import PREPARED, copy, find, put
from app.local.control.records import decode
from app.local.wire import JSON, ServiceError


def prepare(dependencies: Dependencies, db: Connection, params: JSON) -> JSON:
    draft, now = find(db, params["agentId"]), datetime.now(UTC)
    record = decode(draft["record"])
    for outcome in ("failureReasons", "recommendedActions"):
        record.pop(outcome, None)
    if problems := list(_problems(dependencies, db, draft)):
        reasons, actions = zip(*problems, strict=True)
        failure = {"failureReasons": list(reasons), "recommendedActions": list(actions)}
        put(db, draft["agent"], "FAILED", record | failure)
    else:
        record |= {"preparedAt": now}
        put(db, draft["agent"], "PREPARED", record)
        db.execute(
            "DELETE FROM versions WHERE agent = ? AND version = ?", (draft["agent"], PREPARED)
        )
        copy(db, draft["agent"], PREPARED, record)
    return {
        "agentId": draft["agent"],
        "agentStatus": "PREPARING",
        "agentVersion": draft["version"],
        "preparedAt": now,
    }


def make_version(db: Connection, agent: str) -> str:
    """Make a version of the prepared DRAFT; its number.

    Raises:
        ServiceError: ValidationException, where DRAFT is not prepared.
    """
    draft, now = find(db, agent), datetime.now(UTC)
    if draft["status"] != "PREPARED":
        raise ServiceError(
            "ValidationException",
            f"A version cannot be created when Agent is in {draft['status']} state. "
            "Call PrepareAgent first, and wait for PREPARED.",
        )
    (number,) = db.execute(
        "UPDATE agents SET latest = latest + 1 WHERE id = ? RETURNING latest", (agent,)
    ).fetchone()
    version, record = str(number), decode(draft["record"]) | {"createdAt": now, "updatedAt": now}
    copy(db, agent, version, record)
    return version


def _problems(dependencies: Dependencies, db: Connection, draft: Row) -> Iterator[tuple[str, str]]:
    """The reasons why the agent cannot be invoked, each with its remedy."""
    definition = decode(draft["record"])
    for member in ("foundationModel", "instruction"):
        if member not in definition:
            yield f"The agent has no {member}.", f"Set {member} with UpdateAgent."
    for field, rule in dependencies.missing(definition):
        yield f"{field}: {rule}", f"Set another {field} with UpdateAgent."
    for row in knowledge_bases.list_for(db, draft):
        enabled = decode(row["record"])["knowledgeBaseState"] == "ENABLED"
        if enabled and not dependencies.knowledge_bases.has(row["id"]):
            reason = f"Knowledge Base with id {row['id']} does not exist."
            yield reason, "Remove it with DisassociateAgentKnowledgeBase."
    for row in filter(action_groups.is_enabled, action_groups.list_for(db, draft)):
        try:
            action_groups.read_again(dependencies, db, row)
        except ServiceError as error:
            yield error.message, "Mend the document, or change it with UpdateAgentActionGroup."
