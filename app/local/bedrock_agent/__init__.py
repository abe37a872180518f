"""`bedrock-agent`: Knowledge Bases and agents, two control planes in one service.

    knowledge_base_handlers     operations on Knowledge Bases, data sources, jobs and documents
    agent_handlers              operations on agents, action groups, aliases and versions

Both planes have tags: an operation on tags goes to the plane of its resource.
"""

from functools import partial

from app.local.bedrock_agent import agent_handlers, knowledge_base_handlers
from app.local.bedrock_agent.agents import Agents
from app.local.bedrock_agent.knowledge_bases import Knowledge
from app.local.wire import JSON, Call, Service

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")


def handlers(knowledge: Knowledge, agents: Agents) -> Service:
    """The operations of bedrock-agent."""
    base_operations = knowledge_base_handlers.handlers(knowledge)
    agent_operations = agent_handlers.handlers(agents)

    def route(operation: str, call: Call) -> JSON:
        plane = agent_operations if ":agent" in call.params["resourceArn"] else base_operations
        return plane[operation](call)

    return {
        **base_operations,
        **agent_operations,
        **{name: partial(route, name) for name in TAGS},
    }
