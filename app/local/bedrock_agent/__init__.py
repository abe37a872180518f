"""`bedrock-agent`: Knowledge Bases, agents and prompts, three control planes in one service.

    knowledge_base_handlers     operations on Knowledge Bases, data sources, jobs and documents
    agent_handlers              operations on agents, action groups, aliases and versions
    prompt_handlers             operations on prompts and their versions

All planes have tags: an operation on tags goes to the plane of its resource.
"""

from functools import partial

from app.local.bedrock_agent import agent_handlers, knowledge_base_handlers, prompt_handlers
from app.local.bedrock_agent.agents import Agents
from app.local.bedrock_agent.knowledge_bases import Knowledge
from app.local.bedrock_agent.prompts import Prompts
from app.local.wire import JSON, Call, Service

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")


def handlers(knowledge: Knowledge, agents: Agents, prompts: Prompts) -> Service:
    """The operations of bedrock-agent."""
    base_operations = knowledge_base_handlers.handlers(knowledge)
    planes = {
        ":agent": agent_handlers.handlers(agents),
        ":prompt/": prompt_handlers.handlers(prompts),
    }

    def route(operation: str, call: Call) -> JSON:
        arn = call.params["resourceArn"]
        plane = next((own for kind, own in planes.items() if kind in arn), base_operations)
        return plane[operation](call)

    return {
        **base_operations,
        **{name: act for plane in planes.values() for name, act in plane.items()},
        **{name: partial(route, name) for name in TAGS},
    }
