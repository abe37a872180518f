"""`bedrock-agent-runtime`: Retrieve, which asks a Knowledge Base for passages, and Rerank, which
puts texts in the order of their relevance.

Its operations on tags are those of bedrock-agent, which AWS has under the same paths.
"""

from functools import partial

from app.local.bedrock_agent_runtime.reranking import rerank
from app.local.bedrock_agent_runtime.retrieval import (
    RetrievalModels,
    SearchableBase,
    SearchableBases,
    retrieve,
)
from app.local.engine import Engine
from app.local.engine.store import StoreUnavailable
from app.local.wire import JSON, Call, Service, ServiceError

__all__ = ["RetrievalModels", "SearchableBase", "SearchableBases", "handlers"]

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")


def handlers(
    engine: Engine, bases: SearchableBases, models: RetrievalModels, agent: Service
) -> Service:
    """The operations of bedrock-agent-runtime.

    Args:
        engine: finds passages, and puts texts in order.
        bases: the Knowledge Bases.
        models: the foundation models.
        agent: the operations of bedrock-agent.
    """
    return {
        "Rerank": partial(rerank, engine, models),
        "Retrieve": partial(_retrieve, engine, bases, models),
        **{name: agent[name] for name in TAGS},
    }


def _retrieve(engine: Engine, bases: SearchableBases, models: RetrievalModels, call: Call) -> JSON:
    """Retrieve; as in Bedrock a DependencyFailedException where the vector store is away."""
    try:
        return retrieve(engine, bases, models, call)
    except StoreUnavailable as error:
        raise ServiceError(
            "DependencyFailedException", f"The vector store could not be searched: {error}"
        ) from error
