"""Orchestration: the model is asked again and again, until it calls nothing.

prompt -- model -- parser -- calls -- results, again
-- a reprompt, where the agent's parser could not read the reply
-- an answer
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from app.local.bedrock_agent_runtime.agents import default_parser
from app.local.bedrock_agent_runtime.agents.answer import AgentAnswer
from app.local.bedrock_agent_runtime.agents.calls import carry_out
from app.local.bedrock_agent_runtime.agents.default_parser import Decision
from app.local.bedrock_agent_runtime.agents.model_reply import ModelReply, ask
from app.local.bedrock_agent_runtime.agents.prompts import orchestration_prompt
from app.local.bedrock_agent_runtime.agents.state import TurnState
from app.local.bedrock_agent_runtime.agents.steps import Step, citations, references
from app.local.engine.writer import ToolUse
from app.local.wire import JSON, ServiceError

MOST_STEPS = 10
"""Replies of the model with calls, in one turn. AWS does not say how many it allows."""


async def orchestrate(state: TurnState, text: str) -> AsyncIterator[JSON | Decision]:
    """The events of a turn's steps, and at last the decision with the answer; no decision where the
    turn waits for its caller.

    Raises:
        ServiceError: the model, a function or a Knowledge Base failed, or there was no end of
            calls.
    """
    step = state.agent.steps["ORCHESTRATION"]
    for _ in range(MOST_STEPS):
        prompt = orchestration_prompt(
            state.agent,
            state.request.prompt_attributes,
            state.exchanges,
            text,
            state.steps,
            state.request.memory,
            state.request.files,
        )
        yield state.traces.asked(step, prompt)
        reply = await ask(state.services.writer, step, prompt)
        yield state.traces.replied(step, reply)
        decision = await _decision(state, reply)
        if decision.reprompt:
            state.steps.append(Step(reply.text, (), reprompt=decision.reprompt))
            yield state.traces.unreadable(decision.reprompt)
            continue
        if not decision.calls:
            if decision.rationale:
                yield state.traces.reasoned(decision.rationale)
            generated = citations(state.steps)
            if generated and not decision.answer.citations:
                answer = AgentAnswer(decision.answer.text, tuple(generated))
                decision = replace(decision, answer=answer.rewritten(answer.text))
            yield decision
            return
        yield state.traces.reasoned(decision.rationale or _rationale(decision.calls))
        state.steps.append(Step(reply.text, decision.calls))
        async for event in carry_out(state, text):
            yield event
        if state.session.waiting is not None:
            return
    raise ServiceError(
        "InternalServerException",
        f"The agent called operations in {MOST_STEPS} replies, and did not come to an end.",
    )


async def _decision(state: TurnState, reply: ModelReply) -> Decision:
    passages = references(state.steps)
    own = await state.parse(state.agent.steps["ORCHESTRATION"], reply)
    if own is not None:
        return own.decision(state.agent, passages)
    return default_parser.decision(reply, passages)


def _rationale(calls: Sequence[ToolUse]) -> str:
    return f"{' and '.join(call.name for call in calls)} can tell what is asked."
