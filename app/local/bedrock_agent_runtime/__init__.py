"""`bedrock-agent-runtime`: Retrieve, which asks a Knowledge Base for passages; Rerank, which puts
texts in the order of their relevance; RetrieveAndGenerate, which answers from passages; and
InvokeAgent, a turn with an agent.

Its operations on tags are those of bedrock-agent, which AWS has under the same paths.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from app.local.bedrock_agent_runtime.agents import AgentRuntime, AgentSessions, InvocableAgents
from app.local.bedrock_agent_runtime.agents.files import SessionFiles
from app.local.bedrock_agent_runtime.agents.state import Services
from app.local.bedrock_agent_runtime.generation import RetrieveAndGenerate, RuntimeModels
from app.local.bedrock_agent_runtime.generation.external import ReadableBuckets
from app.local.bedrock_agent_runtime.generation.sessions import Sessions
from app.local.bedrock_agent_runtime.reranking import rerank
from app.local.bedrock_agent_runtime.retrieval import (
    RetrievalModels,
    SearchableBase,
    SearchableBases,
    retrieve,
)
from app.local.engine import Engine
from app.local.engine.store import StoreDamaged, StoreUnavailable
from app.local.judgement import Judge
from app.local.wire import JSON, Call, Service, ServiceError, WaitingHandler, WaitingService

__all__ = [
    "AgentServices",
    "AgentSessions",
    "RuntimeModels",
    "SearchableBase",
    "SearchableBases",
    "Sessions",
    "handlers",
]

TAGS = ("ListTagsForResource", "TagResource", "UntagResource")


@dataclass(frozen=True, slots=True)
class AgentServices:
    """What turns of agents need of other services.

    Attributes:
        agents: what is invoked.
        sessions: what was said before.
        invoke: Lambda's Invoke.
    """

    agents: InvocableAgents
    sessions: AgentSessions
    invoke: WaitingHandler


def handlers(
    engine: Engine,
    bases: SearchableBases,
    models: RuntimeModels,
    agent: Service,
    runtime: WaitingService,
    sessions: Sessions,
    buckets: ReadableBuckets,
    judge: Judge | None = None,
    services: AgentServices | None = None,
) -> WaitingService:
    """The operations of bedrock-agent-runtime.

    Args:
        engine: finds passages, puts texts in order, and writes.
        bases: the Knowledge Bases.
        models: the foundation models.
        agent: the operations of bedrock-agent.
        runtime: the operations of bedrock-runtime, which write answers.
        sessions: the conversations of RetrieveAndGenerate, closed by who made them.
        buckets: where documents lie that are read for one request.
        judge: judges by guardrails; without it a request that names one is refused.
        services: those that turns of agents need; without them or a judge, no agent is invoked.
    """
    generation = RetrieveAndGenerate(engine, bases, models, runtime, sessions, buckets, judge)
    search = partial(_retrieve, engine, bases, models, judge)
    turns: WaitingService = {}
    if services is not None and judge is not None:
        files = SessionFiles(engine, buckets)
        needs = Services(engine.writer, services.invoke, _LookUp(search), judge, files)
        agent_runtime = AgentRuntime(services.agents, services.sessions, needs)
        turns = {
            "InvokeAgent": agent_runtime.invoke_agent,
            "InvokeInlineAgent": agent_runtime.invoke_inline_agent,
            "GetAgentMemory": agent_runtime.get_agent_memory,
            "DeleteAgentMemory": agent_runtime.delete_agent_memory,
        }
    return {
        **turns,
        "Rerank": partial(rerank, engine, models),
        "Retrieve": search,
        "RetrieveAndGenerate": generation.whole,
        "RetrieveAndGenerateStream": generation.streamed,
        **{name: agent[name] for name in TAGS},
    }


@dataclass(frozen=True, slots=True)
class _LookUp:
    """Retrieve for an agent, in a thread."""

    retrieve: WaitingHandler

    async def __call__(self, base: str, query: str, configuration: JSON | None) -> list[JSON]:
        params: JSON = {"knowledgeBaseId": base, "retrievalQuery": {"text": query}}
        if configuration is not None:
            params["retrievalConfiguration"] = configuration
        call = Call("bedrock-agent-runtime", "Retrieve", params, {}, "")
        reply = await asyncio.to_thread(self.retrieve, call)
        assert isinstance(reply, Mapping)
        members = ("content", "location", "metadata")
        return [{name: one[name] for name in members} for one in reply["retrievalResults"]]


def _retrieve(
    engine: Engine,
    bases: SearchableBases,
    models: RetrievalModels,
    judge: Judge | None,
    call: Call,
) -> JSON:
    """Retrieve; as in Bedrock, DependencyFailedException where the store is away or damaged."""
    try:
        return retrieve(engine, bases, models, judge, call)
    except (StoreDamaged, StoreUnavailable) as error:
        raise ServiceError(
            "DependencyFailedException", f"The vector store could not be searched: {error}"
        ) from error
