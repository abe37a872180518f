"""A turn of an agent, as the events of InvokeAgent's stream.

guard             the user's text is judged; a blocked one is answered by the guardrail's message
pre-processing    the model says what kind of text it is; one that is not valid goes no further
orchestration     the model calls, and is told what came of it, until it answers
post-processing   the model writes the answer as the user is to read it
guard             the answer is judged, and sent with its citations

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-how.html
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from app.local.bedrock_agent_runtime.agents import default_parser
from app.local.bedrock_agent_runtime.agents.agent import InvokedAgent
from app.local.bedrock_agent_runtime.agents.answer import AgentAnswer
from app.local.bedrock_agent_runtime.agents.calls import finish_returned, resume
from app.local.bedrock_agent_runtime.agents.chunks import chunk, chunks, judge
from app.local.bedrock_agent_runtime.agents.default_parser import Decision
from app.local.bedrock_agent_runtime.agents.model_reply import ask
from app.local.bedrock_agent_runtime.agents.orchestration import orchestrate
from app.local.bedrock_agent_runtime.agents.prompts import (
    post_processing_prompt,
    pre_processing_prompt,
)
from app.local.bedrock_agent_runtime.agents.sessions import AgentSession
from app.local.bedrock_agent_runtime.agents.state import Services, TurnRequest, TurnState
from app.local.bedrock_agent_runtime.agents.steps import Exchange, without_lookups
from app.local.bedrock_agent_runtime.agents.times import Timer
from app.local.bedrock_agent_runtime.agents.traces import Traces
from app.local.bedrock_agent_runtime.generation.templates import ABSTENTION
from app.local.wire import JSON, ServiceError, status_of

_SERVICE = "bedrock-agent-runtime"


@dataclass(slots=True)
class AgentTurn:
    """One turn, whose events are taken once. Then `session` is what to keep of it."""

    services: Services
    agent: InvokedAgent
    request: TurnRequest
    session: AgentSession

    async def events(self) -> AsyncIterator[JSON]:
        """The events, of which the last is the end of the answer, or `returnControl`.

        Raises:
            ServiceError: a function, a Knowledge Base, or the model failed.
        """
        traces = Traces(self.agent, self.request.session)
        state = TurnState(self.services, self.agent, self.request, self.session, traces)
        try:
            async for event in _events(state):
                self.session = state.session
                if self.request.traced or "trace" not in event:
                    yield event
            self.session = state.session
        except ServiceError as error:
            if self.request.traced:
                yield traces.failed(error.message, status_of(_SERVICE, error.code))
            raise


async def _events(state: TurnState) -> AsyncIterator[JSON]:
    text = state.request.text
    if state.request.returned is not None:
        text = resume(state)
        async for event in finish_returned(state):
            yield event
    else:
        async for beginning in _begin(state, text):
            if isinstance(beginning, str):
                text = beginning
                continue
            yield beginning
            if "chunk" in beginning:
                return
    async for item in orchestrate(state, text):
        if isinstance(item, Decision):
            async for event in _answer(state, text, item):
                yield event
        else:
            yield item


async def _begin(state: TurnState, text: str) -> AsyncIterator[JSON | str]:
    """What is done with the user's text first: events, and the text to go on with. It ends with a
    chunk where the turn is over.
    """
    timer = Timer()
    if judgement := await judge(state, "INPUT", text):
        yield state.traces.judged("INPUT", judgement, timer.span())
        if judgement.action == "blocked":
            yield chunk(AgentAnswer(judgement.outputs[0]))
            return
        text = judgement.outputs[0] if judgement.outputs else text
    yield text
    step = state.agent.steps["PRE_PROCESSING"]
    if not step.enabled:
        return
    request = state.request
    prompt = pre_processing_prompt(
        state.agent, request.prompt_attributes, state.exchanges, text, request.files
    )
    yield state.traces.asked(step, prompt)
    reply = await ask(state.services.writer, step, prompt)
    own = await state.parse(step, reply)
    kind = own.classification() if own else default_parser.classification(reply)
    yield state.traces.classified(reply, kind)
    if not kind.valid:
        yield chunk(AgentAnswer(ABSTENTION))


async def _answer(state: TurnState, text: str, decision: Decision) -> AsyncIterator[JSON]:
    """The answer, rewritten where the agent wants that, and judged."""
    answer, asks = decision.answer, decision.asks
    if asks is None:
        asks = state.agent.asks and answer.text.rstrip().endswith("?") and not state.steps
    yield state.traces.finished(answer.text, asks=asks)
    step = state.agent.steps["POST_PROCESSING"]
    if step.enabled:
        prompt = post_processing_prompt(state.agent, text, answer.text, state.steps)
        yield state.traces.asked(step, prompt)
        reply = await ask(state.services.writer, step, prompt)
        own = await state.parse(step, reply)
        words = own.final_response() if own else default_parser.final_response(reply)
        yield state.traces.rewritten(reply, words)
        answer = answer.rewritten(words)
    async for item in chunks(state, answer):
        if isinstance(item, AgentAnswer):
            exchange = Exchange(text, item.text, tuple(without_lookups(state.steps)))
            state.session = state.session.with_exchange(exchange)
        else:
            yield item
