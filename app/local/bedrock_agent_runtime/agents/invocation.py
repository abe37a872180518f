"""The operations InvokeAgent and InvokeInlineAgent: a request checked, and its stream. And those on
what agents remember.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from dataclasses import replace
from typing import Protocol

from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent, read_agent
from app.local.bedrock_agent_runtime.agents.chunks import INTERVAL
from app.local.bedrock_agent_runtime.agents.memory import AgentMemory
from app.local.bedrock_agent_runtime.agents.sessions import AgentSession, AgentSessions, Key
from app.local.bedrock_agent_runtime.agents.state import Services, TurnRequest
from app.local.bedrock_agent_runtime.agents.steps import Exchange
from app.local.bedrock_agent_runtime.agents.turn import AgentTurn
from app.local.control.errors import invalid
from app.local.engine.writer import Document
from app.local.wire import JSON, Call, ServiceError


class InvocableAgents(Protocol):
    """The agents, which bedrock-agent keeps."""

    def invocable(self, agent: str, alias: str) -> JSON:
        """What an alias leads to.

        Raises:
            ServiceError: there is no such agent or alias, or it cannot be invoked.
        """
        ...

    def inline(self, params: JSON) -> JSON:
        """The agent that the parameters of InvokeInlineAgent define.

        Raises:
            ServiceError: it could not be made.
        """
        ...


class AgentRuntime:
    """Carries out turns of agents, and keeps what they remember."""

    def __init__(
        self, agents: InvocableAgents, sessions: AgentSessions, services: Services
    ) -> None:
        self._agents = agents
        self._sessions = sessions
        self._services = services
        self._memory = AgentMemory(sessions, services.writer)

    def invoke_agent(self, call: Call) -> Awaitable[JSON]:
        """A turn with an agent that was made, as a stream of events.

        Raises:
            ServiceError: before the stream begins, for what is wrong with the request.
        """
        agent = self._agent(call.params)
        if call.params.get("memoryId") and agent.memory is None:
            raise invalid(
                "memoryId", "the agent has no memory: its memoryConfiguration is not set."
            )
        return self._turn(call, agent, "sessionState")

    def invoke_inline_agent(self, call: Call) -> Awaitable[JSON]:
        """A turn with the agent that the request defines; errors as those of `invoke_agent`. Its
        sessions are those of all such agents.
        """
        description = self._agents.inline(call.params)
        agent = read_agent(description, description["agent"]["agentId"])
        return self._turn(call, agent, "inlineSessionState")

    def get_agent_memory(self, call: Call) -> Awaitable[JSON]:
        """GetAgentMemory; errors as those of `invoke_agent`."""
        return self._memory.get(self._agent(call.params), call.params)

    def delete_agent_memory(self, call: Call) -> Awaitable[JSON]:
        """DeleteAgentMemory; errors as those of `invoke_agent`."""
        return self._memory.delete(self._agent(call.params), call.params)

    def _agent(self, params: JSON) -> InvokedAgent:
        alias = params["agentAliasId"]
        return read_agent(self._agents.invocable(params["agentId"], alias), alias)

    async def _turn(self, call: Call, agent: InvokedAgent, state: str) -> JSON:
        params = call.params
        key = (agent.id, agent.alias, params["sessionId"])
        await self._memory.settle(agent, params.get("memoryId", ""), params["sessionId"])
        session = _begun(await asyncio.to_thread(self._sessions.get, key), state, params)
        if agent.memory is not None and params.get("memoryId"):
            session = replace(session, memory=params["memoryId"])
        request = _request(params, state, agent, session, call.request_id)
        request = replace(
            request,
            memory=await self._memory.recall(agent, session.memory),
            files=await self._files(state, params, session, request),
        )
        ends = bool(params.get("endSession"))
        if ends:
            await self._end(key, session)
        turn = AgentTurn(self._services, agent, request, session)
        remembered = {"memoryId": session.memory} if session.memory else {}
        return {
            "completion": self._events(turn, key, agent, ends=ends),
            "contentType": "application/json",
            "sessionId": params["sessionId"],
            **remembered,
        }

    async def _files(
        self, field: str, params: JSON, session: AgentSession, request: TurnRequest
    ) -> tuple[Document, ...]:
        """What the files of a request have to say on its text, or on that of a turn that waits."""
        if not (files := params.get(field, {}).get("files")):
            return ()
        text = request.text or (session.waiting or {}).get("text", "")
        return await asyncio.to_thread(self._services.files.read, f"{field}.files", files, text)

    async def _events(
        self, turn: AgentTurn, key: Key, agent: InvokedAgent, *, ends: bool
    ) -> AsyncGenerator[JSON, None]:
        """The events of a turn. Its session is kept before the caller gets the last of them, so
        that whoever has the answer finds it in the next turn.
        """
        if ends and not turn.request.text:
            await self._memory.settle(agent, turn.session.memory)
            return
        async for event, last in _last_marked(turn.events()):
            if last and ends:
                await self._end(key, turn.session)
                await self._memory.settle(agent, turn.session.memory)
            elif last:
                await asyncio.to_thread(self._sessions.put, key, turn.session, agent.idle_seconds)
            yield event

    async def _end(self, key: Key, session: AgentSession) -> None:
        """End a session: it is forgotten or, with a memory, waits to be summed up."""
        if session.memory and session.exchanges:
            await asyncio.to_thread(self._sessions.put, key, replace(session, waiting=None), 0)
        else:
            await asyncio.to_thread(self._sessions.end, key)


async def _last_marked(events: AsyncIterator[JSON]) -> AsyncIterator[tuple[JSON, bool]]:
    """Each event, and whether it is the last of a turn that ended well."""
    before: JSON | None = None
    try:
        async for event in events:
            if before is not None:
                yield before, False
            before = event
    except ServiceError:
        if before is not None:
            yield before, False
        raise
    if before is not None:
        yield before, True


def _request(
    params: JSON, field: str, agent: InvokedAgent, session: AgentSession, request_id: str
) -> TurnRequest:
    state = params.get(field, {})
    returned = state if state.get("returnControlInvocationResults") else None
    if returned is not None and session.waiting is None:
        raise invalid(
            f"{field}.returnControlInvocationResults",
            "no turn of this session waits for results.",
        )
    text = "" if returned else params.get("inputText", "")
    if not text.strip() and returned is None and not params.get("endSession"):
        raise invalid("inputText", "must not be empty.")
    return TurnRequest(
        session=params["sessionId"],
        text=text,
        returned=returned,
        prompt_attributes=state.get("promptSessionAttributes", {}),
        retrieval={**agent.retrieval, **_retrieval(field, state, agent)},
        traced=params.get("enableTrace", False),
        interval=_interval(params.get("streamingConfigurations", {}), agent),
        files=(),
        turns=params.get("promptCreationConfigurations", {}).get(
            "previousConversationTurnsToInclude"
        ),
        memory=(),
        request_id=request_id,
    )


def _interval(streaming: JSON, agent: InvokedAgent) -> int | None:
    """The fewest characters of a piece; None where the answer comes whole."""
    if not (streaming.get("streamFinalResponse", False) and agent.streams):
        return None
    return int(streaming.get("applyGuardrailInterval", INTERVAL))


def _begun(session: AgentSession, field: str, params: JSON) -> AgentSession:
    """The session with the state that a request sets."""
    state = params.get(field, {})
    if "sessionAttributes" in state:
        session = replace(session, attributes=state["sessionAttributes"])
    if "conversationHistory" in state:
        session = replace(session, exchanges=_exchanges(field, state["conversationHistory"]))
    if not state.get("returnControlInvocationResults"):
        session = replace(session, waiting=None)
    return session


def _exchanges(field: str, history: JSON) -> tuple[Exchange, ...]:
    messages = [
        (message["role"], " ".join(block["text"] for block in message["content"]))
        for message in history.get("messages", ())
    ]
    roles = [role for role, _ in messages]
    if roles != ["user", "assistant"] * (len(roles) // 2):
        raise invalid(
            f"{field}.conversationHistory.messages",
            "must be messages of the user and of the assistant in turn.",
        )
    texts = [text for _, text in messages]
    return tuple(map(Exchange, texts[::2], texts[1::2]))


def _retrieval(field: str, state: JSON, agent: InvokedAgent) -> Mapping[str, JSON]:
    """The configurations of lookups that a request brings, by Knowledge Base."""
    bases = {lookup.base for lookup in agent.lookups.values()}
    configurations: dict[str, JSON] = {}
    for number, one in enumerate(state.get("knowledgeBaseConfigurations", ()), 1):
        base = one["knowledgeBaseId"]
        where = f"{field}.knowledgeBaseConfigurations.{number}.member.knowledgeBaseId"
        if base not in bases:
            raise invalid(where, f"the agent has no Knowledge Base {base}.")
        if base in configurations:
            raise invalid(where, f"{base} is there already.")
        configurations[base] = one["retrievalConfiguration"]
    return configurations
