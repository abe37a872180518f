"""`bedrock-agent`, as far as agents go."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from app.local.bedrock.foundation_models import find
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
LOOKING_AROUND = {  # what else has to be there
    "CreateAgent": agents.create,
    "UpdateAgent": agents.update,
    "PrepareAgent": preparation.prepare,
    "CreateAgentActionGroup": action_groups.create,
    "UpdateAgentActionGroup": action_groups.update,
    "AssociateAgentKnowledgeBase": knowledge_bases.associate,
}


def handlers(plane: Agents) -> Service:
    """The operations on agents."""
    looking = {name: partial(act, plane.surroundings) for name, act in LOOKING_AROUND.items()}
    return operations(plane, READS, {**WRITES, **looking})


def has_model(identifier: str) -> bool:
    """Whether an agent may have this foundation model: it writes, and its life has not ended."""
    model = find(identifier)
    return model is not None and "TEXT" in model.output and not model.ended(datetime.now(UTC))
