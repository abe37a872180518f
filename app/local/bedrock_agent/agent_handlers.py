"""The operations on agents, their action groups, Knowledge Bases, aliases and versions."""

from collections.abc import Mapping
from functools import partial

from app.local.bedrock_agent.agents import (
    Agents,
    action_groups,
    agents,
    aliases,
    knowledge_bases,
    preparation,
    versions,
)
from app.local.bedrock_agent.agents.state import exists
from app.local.control import Act, operations, tags
from app.local.wire import Service

READS: Mapping[str, Act] = {
    "GetAgent": agents.get,
    "ListAgents": agents.page,
    "GetAgentActionGroup": action_groups.get,
    "ListAgentActionGroups": action_groups.page,
    "GetAgentKnowledgeBase": knowledge_bases.get,
    "ListAgentKnowledgeBases": knowledge_bases.page,
    "GetAgentAlias": aliases.get,
    "ListAgentAliases": aliases.page,
    "GetAgentVersion": versions.get,
    "ListAgentVersions": versions.page,
    "ListTagsForResource": partial(tags.page, exists),
}
WRITES: Mapping[str, Act] = {
    "DeleteAgent": agents.delete,
    "DeleteAgentActionGroup": action_groups.delete,
    "UpdateAgentKnowledgeBase": knowledge_bases.update,
    "DisassociateAgentKnowledgeBase": knowledge_bases.disassociate,
    "CreateAgentAlias": aliases.create,
    "UpdateAgentAlias": aliases.update,
    "DeleteAgentAlias": aliases.delete,
    "DeleteAgentVersion": versions.delete,
    "TagResource": partial(tags.tag, exists),
    "UntagResource": partial(tags.untag, exists),
}
CHECKED_WRITES = {  # these check that the resources exist that a definition names
    "CreateAgent": agents.create,
    "UpdateAgent": agents.update,
    "PrepareAgent": preparation.prepare,
    "CreateAgentActionGroup": action_groups.create,
    "UpdateAgentActionGroup": action_groups.update,
    "AssociateAgentKnowledgeBase": knowledge_bases.associate,
}


def handlers(plane: Agents) -> Service:
    """The handlers of these operations, by name."""
    checked = {name: partial(act, plane.dependencies) for name, act in CHECKED_WRITES.items()}
    return operations(plane, READS, {**WRITES, **checked})
