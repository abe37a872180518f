"""`bedrock-agent`: Knowledge Bases and agents, two control planes under one name.

    knowledge_base_handlers   operations -> knowledge_bases, which ingests documents
    agent_handlers            operations -> agents, what they are told and may call

Both have operations on tags: such a call goes to the plane that keeps the resource.
"""

from functools import partial

from app.local.bedrock_agent import agent_handlers, knowledge_base_handlers
from app.local.bedrock_agent.agents import Agents
from app.local.bedrock_agent.knowledge_bases import Knowledge
from app.local.wire import JSON, Call, Service

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")


def handlers(knowledge: Knowledge, agents: Agents) -> Service:
    """The operations of bedrock-agent."""
    of_bases = knowledge_base_handlers.handlers(knowledge)
    of_agents = agent_handlers.handlers(agents)

    def route(operation: str, call: Call) -> JSON:
        plane = of_agents if ":agent" in call.params["resourceArn"] else of_bases
        return plane[operation](call)

    return {**of_bases, **of_agents, **{name: partial(route, name) for name in TAGS}}
