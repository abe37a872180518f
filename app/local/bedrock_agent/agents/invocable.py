"""What an alias leads to: a version of an agent, ready to be invoked, as bedrock-agent describes
it.

DRAFT is invoked as it was last prepared. The stand-in keeps one DRAFT, so it refuses one that has
been changed since; AWS invokes what was prepared.
"""

from sqlite3 import Connection, Row

from app.local.bedrock_agent.agents import action_groups, aliases, knowledge_bases, openapi
from app.local.bedrock_agent.agents.state import agent_arn, alias_arn, find
from app.local.control.records import decode
from app.local.wire import JSON, ServiceError


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
    row = find(db, params["agentId"], version)
    if row["status"] != "PREPARED":
        raise _refused(
            f"Agent {row['agent']} is in {row['status']} state and cannot be invoked. Call "
            "PrepareAgent, and wait for PREPARED."
        )
    return {
        "agent": {
            **decode(row["record"]),
            "agentId": row["agent"],
            "agentArn": agent_arn(row["agent"]),
            "version": row["version"],
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


def _with_operations(row: Row) -> JSON:
    document = row["openapi"]
    operations = {} if document is None else {"operations": list(openapi.describe(document))}
    return {**action_groups.describe(row), **operations}


def _refused(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
