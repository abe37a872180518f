"""What can be invoked, as bedrock-agent describes it: what an alias leads to, or an agent that a
request defines.

DRAFT is invoked as it was last prepared, whatever has changed since.
"""

from sqlite3 import Connection, Row

from app.local.bedrock_agent.agents import action_groups, aliases, knowledge_bases, openapi, prompts
from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.bedrock_agent.agents.state import DRAFT, PREPARED, agent_arn, alias_arn, find
from app.local.control.errors import invalid, unsupported
from app.local.control.records import decode
from app.local.wire import JSON, ServiceError

INLINE = "INLINE_AGENT"
"""What stands in the place of the id, the alias and the version of an agent without any."""


def invocable(db: Connection, params: JSON) -> JSON:
    """The version of the agent `agentId` that its alias `agentAliasId` leads to.

    Returns:
        `agent` (an AgentVersion), `aliasArn`, and of what is enabled: `actionGroups` (each an
        AgentActionGroup; one with an apiSchema has `operations`, as `openapi.describe` says) and
        `knowledgeBases` (each an AgentKnowledgeBase).

    Raises:
        ServiceError: ResourceNotFoundException, or ValidationException where the alias leads to no
            version that can be invoked.
    """
    alias = aliases.get(db, params)["agentAlias"]
    if alias["aliasInvocationState"] == "REJECT_INVOCATIONS":
        raise _refused(f"AgentAlias {alias['agentAliasId']} rejects invocations.")
    version = next((route["agentVersion"] for route in alias["routingConfiguration"]), None)
    if version is None:
        raise _refused(f"AgentAlias {alias['agentAliasId']} leads to no version.")
    row = (
        _prepared(db, params["agentId"])
        if version == DRAFT
        else find(db, params["agentId"], version)
    )
    return {
        "agent": {
            **decode(row["record"]),
            "agentId": row["agent"],
            "agentArn": agent_arn(row["agent"]),
            "version": version,
        },
        "aliasArn": alias_arn(row["agent"], alias["agentAliasId"]),
        "actionGroups": [
            _with_operations(group)
            for group in action_groups.list_for(db, row)
            if action_groups.is_enabled(group)
        ],
        "knowledgeBases": [
            base
            for base in map(knowledge_bases.describe, knowledge_bases.list_for(db, row))
            if base["knowledgeBaseState"] == "ENABLED"
        ],
    }


def inline(dependencies: Dependencies, params: JSON) -> JSON:
    """The agent that InvokeInlineAgent's parameters define, described as `invocable` describes one,
    without `aliasArn`. It is checked as one that is made is.

    Raises:
        ServiceError: ValidationException.
    """
    for member in ("collaborators", "collaboratorConfigurations", "customOrchestration"):
        if params.get(member):
            raise unsupported(member, member)
    for member, value in (
        ("agentCollaboration", "DISABLED"),
        ("orchestrationType", "DEFAULT"),
    ):
        if params.get(member, value) != value:
            raise unsupported(member, params[member])
    for field, rule in dependencies.missing(params):
        raise invalid(field, rule)
    prompts.check(dependencies, params)
    bases = params.get("knowledgeBases", [])
    for number, base in enumerate(bases, 1):
        if not dependencies.knowledge_bases.has(base["knowledgeBaseId"]):
            field = f"knowledgeBases.{number}.member.knowledgeBaseId"
            raise invalid(field, f"there is no Knowledge Base {base['knowledgeBaseId']}.")
    groups = []
    for group in params.get("actionGroups", []):
        record, document = action_groups.definition(dependencies, group)
        operations = {} if document is None else {"operations": list(openapi.describe(document))}
        groups.append({"actionGroupName": group["actionGroupName"], **record, **operations})
    names = [group["actionGroupName"] for group in groups]
    if len(set(names)) < len(names):
        raise invalid("actionGroups", "must have names of their own.")
    return {
        "agent": {
            "idleSessionTTLInSeconds": 600,
            **params,
            "agentId": INLINE,
            "agentName": params.get("agentName", INLINE),
            "version": INLINE,
        },
        "actionGroups": groups,
        "knowledgeBases": bases,
    }


def _prepared(db: Connection, agent: str) -> Row:
    """DRAFT, as it was last prepared.

    Raises:
        ServiceError: ValidationException: it never was.
    """
    draft = find(db, agent)
    row: Row | None = db.execute(
        "SELECT * FROM versions WHERE agent = ? AND version = ?", (draft["agent"], PREPARED)
    ).fetchone()
    if row is not None:
        return row
    if draft["status"] == "PREPARED":  # prepared by a stand-in that kept no copy
        return draft
    raise _refused(
        f"Agent {draft['agent']} is in {draft['status']} state and cannot be invoked. Call "
        "PrepareAgent, and wait for PREPARED."
    )


def _with_operations(row: Row) -> JSON:
    document = row["openapi"]
    operations = {} if document is None else {"operations": list(openapi.describe(document))}
    return {**action_groups.describe(row), **operations}


def _refused(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
