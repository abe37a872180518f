"""`bedrock-agent-runtime`: Retrieve, which asks a Knowledge Base for passages, Rerank, which puts
texts in the order of their relevance, and RetrieveAndGenerate, which answers from passages.

Its operations on tags are those of bedrock-agent, which AWS has under the same paths.
"""

from functools import partial

from app.local.bedrock_agent_runtime.generation import RetrieveAndGenerate, RuntimeModels
from app.local.bedrock_agent_runtime.generation.sessions import Sessions
from app.local.bedrock_agent_runtime.reranking import rerank
from app.local.bedrock_agent_runtime.retrieval import (
    RetrievalModels,
    SearchableBase,
    SearchableBases,
    retrieve,
)
from app.local.engine import Engine
from app.local.engine.store import StoreUnavailable
from app.local.wire import JSON, Call, Service, ServiceError, WaitingService

__all__ = ["RuntimeModels", "SearchableBase", "SearchableBases", "Sessions", "handlers"]

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")


def handlers(
    engine: Engine,
    bases: SearchableBases,
    models: RuntimeModels,
    agent: Service,
    runtime: WaitingService,
    sessions: Sessions,
) -> WaitingService:
    """The operations of bedrock-agent-runtime.

    Args:
        engine: finds passages, and puts texts in order.
        bases: the Knowledge Bases.
        models: the foundation models.
        agent: the operations of bedrock-agent.
        runtime: the operations of bedrock-runtime, which write answers.
        sessions: the conversations of RetrieveAndGenerate, closed by who made them.
    """
    generation = RetrieveAndGenerate(engine, bases, models, runtime, sessions)
    return {
        "Rerank": partial(rerank, engine, models),
        "Retrieve": partial(_retrieve, engine, bases, models),
        "RetrieveAndGenerate": generation.whole,
        "RetrieveAndGenerateStream": generation.streamed,
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
