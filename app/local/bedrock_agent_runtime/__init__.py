"""`bedrock-agent-runtime`: Retrieve, which asks a Knowledge Base for passages.

Its operations on tags are those of bedrock-agent, which AWS has under the same paths.
"""

from functools import partial

from app.local.bedrock_agent_runtime.retrieval import SearchableBase, SearchableBases, retrieve
from app.local.engine import Engine
from app.local.wire import JSON, Call, Service

__all__ = ["SearchableBase", "SearchableBases", "handlers"]

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")


def handlers(engine: Engine, bases: SearchableBases, agent: Service) -> Service:
    """The operations of bedrock-agent-runtime.

    Args:
        engine: finds passages.
        bases: the Knowledge Bases.
        agent: the operations of bedrock-agent.
    """
    return {"Retrieve": partial(_retrieve, engine, bases)} | {name: agent[name] for name in TAGS}


def _retrieve(engine: Engine, bases: SearchableBases, call: Call) -> JSON:
    return retrieve(engine, bases, call.params)
