"""An agent's memory across sessions: a session that is over is summed up, and later ones with the
same `memoryId` are begun with the summaries.

    session over    endSession, or the idle time -- the model sums it up -- a summary, for some days
    session begun   $memory_content$ of the latest summaries, in the prompt of orchestration
    GetAgentMemory, DeleteAgentMemory

AWS sums up in the background, some minutes later. Here it is done before the stream of the request
that ends the session is over, and where the idle time ended it, by the next request that needs it.

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-memory.html
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent
from app.local.bedrock_agent_runtime.agents.default_parser import inner
from app.local.bedrock_agent_runtime.agents.model_reply import ask
from app.local.bedrock_agent_runtime.agents.prompts import memory_prompt
from app.local.bedrock_agent_runtime.agents.sessions import (
    AgentSession,
    AgentSessions,
    SessionSummary,
)
from app.local.control import pages
from app.local.engine.writer import Model
from app.local.wire import JSON, ServiceError

_log = logging.getLogger(__name__)


class AgentMemory:
    """What the agents of a home remember."""

    def __init__(self, sessions: AgentSessions, writer: Model) -> None:
        self._sessions = sessions
        self._writer = writer

    async def settle(self, agent: InvokedAgent, memory: str, session: str = "") -> None:
        """Sum up the sessions that are over: those with this memory, and the one with this id."""
        if agent.memory is None:
            return
        over = await asyncio.to_thread(self._sessions.over, agent.id, agent.alias, memory, session)
        for key, ended, ended_at in over:
            try:
                text = await self._summary(agent, ended)
            except ServiceError as error:  # it is tried again by the next request
                _log.warning("The session %s was not summed up: %s", key[2], error.message)
                return
            summary = SessionSummary(
                memory=ended.memory,
                session=key[2],
                started_at=ended.started_at,
                ended_at=ended_at,
                expires_at=ended_at + timedelta(days=agent.memory.days),
                text=text,
            )
            await asyncio.to_thread(self._sessions.remember, key, summary)

    async def recall(self, agent: InvokedAgent, memory: str) -> Sequence[SessionSummary]:
        """The summaries that a session is begun with, the latest first."""
        if agent.memory is None or not memory:
            return ()
        summaries = await asyncio.to_thread(self._sessions.summaries, agent.id, agent.alias, memory)
        return summaries[: agent.memory.sessions]

    async def _summary(self, agent: InvokedAgent, session: AgentSession) -> str:
        past = await self.recall(agent, session.memory)
        step = agent.steps["MEMORY_SUMMARIZATION"]
        prompt = memory_prompt(agent, session.exchanges, [one.text for one in reversed(past)])
        reply = await ask(self._writer, step, prompt)
        text = inner(reply.text, "summary")
        return (reply.text if text is None else text).strip()

    async def get(self, agent: InvokedAgent, params: JSON) -> JSON:
        """GetAgentMemory: the summaries, the latest first.

        Raises:
            ServiceError: ValidationException: the token is none of this list.
        """
        memory = params["memoryId"]
        await self.settle(agent, memory)
        rows = await asyncio.to_thread(self._sessions.summaries, agent.id, agent.alias, memory)
        listed = {name: value for name, value in params.items() if name != "maxItems"}
        if "maxItems" in params:
            listed["maxResults"] = params["maxItems"]
        page, more = pages.page("GetAgentMemory", listed, rows, key=_place, descending=True)
        return {"memoryContents": [{"sessionSummary": _content(one)} for one in page], **more}

    async def delete(self, agent: InvokedAgent, params: JSON) -> JSON:
        await asyncio.to_thread(
            self._sessions.forget_memory,
            agent.id,
            agent.alias,
            params.get("memoryId"),
            params.get("sessionId"),
        )
        return {}


def _place(summary: SessionSummary) -> list[str]:
    return [summary.ended_at.isoformat(), summary.session]


def _content(summary: SessionSummary) -> JSON:
    """Bedrock's MemorySessionSummary."""
    return {
        "memoryId": summary.memory,
        "sessionId": summary.session,
        "sessionStartTime": summary.started_at,
        "sessionExpiryTime": summary.expires_at,
        "summaryText": summary.text,
    }
