"""The calls of a step: each goes to its Lambda function, to its Knowledge Base, or to the caller.

lookup     passages; where the agent has a prompt of its own for that, a response made of them
function   its response, checked
waiting    `returnControl`, and the turn is kept until the caller answers
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from uuid import uuid4

from app.local.bedrock_agent_runtime.agents import control, files, lambdas
from app.local.bedrock_agent_runtime.agents.agent import QUERY, Lookup, Operation
from app.local.bedrock_agent_runtime.agents.answer import AgentAnswer
from app.local.bedrock_agent_runtime.agents.default_parser import inner, parts_of
from app.local.bedrock_agent_runtime.agents.model_reply import ModelReply, ask
from app.local.bedrock_agent_runtime.agents.prompts import knowledge_base_prompt
from app.local.bedrock_agent_runtime.agents.search_results import search_results
from app.local.bedrock_agent_runtime.agents.state import TurnState
from app.local.bedrock_agent_runtime.agents.steps import CallResult, Step, arguments
from app.local.bedrock_agent_runtime.agents.times import Timer
from app.local.bedrock_agent_runtime.generation.templates import Disguise
from app.local.engine.writer import ToolUse
from app.local.wire import JSON


async def carry_out(state: TurnState, text: str) -> AsyncIterator[JSON]:
    """Carry out the calls of the last step, but for those that wait for the caller."""
    step = state.steps[-1]
    waiting = [call for call in step.calls if _returns_control(state, call)][: control.MOST]
    for call in step.calls:
        if call in waiting:
            continue
        async for event in _call(state, call, text):
            yield event
    if waiting:
        invocation = str(uuid4())
        for call in waiting:
            yield state.traces.called(state.agent.operations[call.name], call, invocation)
        state.session = replace(
            state.session,
            waiting={
                "invocationId": invocation,
                "text": text,
                "steps": [one.as_json() for one in state.steps],
                "calls": [call.id for call in waiting],
                "files": files.as_json(state.request.files),
            },
        )
        yield control.event(state.agent, invocation, waiting)


def resume(state: TurnState) -> str:
    """Take up the turn that waits for its caller; its text."""
    waiting = state.session.waiting
    assert waiting is not None
    state.steps = [Step.of(record) for record in waiting["steps"]]
    documents = (*files.of_json(waiting.get("files", ())), *state.request.files)
    state.request = replace(state.request, files=documents)
    return str(waiting["text"])


async def finish_returned(state: TurnState) -> AsyncIterator[JSON]:
    """The calls that waited: done by the caller, or to be done now that they are confirmed."""
    waiting, returned = state.session.waiting, state.request.returned
    assert waiting is not None
    assert returned is not None
    calls = [call for call in state.steps[-1].calls if call.id in waiting["calls"]]
    answers = control.read(state.agent, calls, waiting["invocationId"], returned)
    state.session = replace(state.session, waiting=None)
    for call in calls:
        answer = answers[call.id]
        if answer.result is not None:
            state.add(answer.result)
            yield state.traces.observed(answer.result)
            continue
        async for event in _call(state, call, waiting["text"]):
            yield event


def _returns_control(state: TurnState, call: ToolUse) -> bool:
    operation = state.agent.operations.get(call.name)
    return operation is not None and operation.returns_control


async def _call(state: TurnState, call: ToolUse, text: str) -> AsyncIterator[JSON]:
    """A call of a function or of a lookup, and its result."""
    if lookup := state.agent.lookups.get(call.name):
        async for event in _look_up(state, lookup, call, text):
            yield event
        return
    operation = state.agent.operations.get(call.name)
    if operation is None or operation.executor is None:
        result = CallResult(call.id, f"There is no operation {call.name}.", failed=True)
        state.add(result)
        yield state.traces.observed(result)
        return
    yield state.traces.called(operation, call)
    timer = Timer()
    result = await _invoke(state, operation, operation.executor, call, text)
    state.add(result)
    yield state.traces.observed(result, timer.span())


async def _invoke(
    state: TurnState, operation: Operation, arn: str, call: ToolUse, text: str
) -> CallResult:
    event = lambdas.event(
        state.agent,
        operation,
        arguments(call),
        text=text,
        session=state.request.session,
        session_attributes=state.session.attributes,
        prompt_session_attributes=state.request.prompt_attributes,
    )
    raw = await lambdas.invoke(state.services.invoke, arn, event, state.request.request_id)
    response = lambdas.read_response(arn, operation, raw)
    state.take(response)
    return CallResult(call.id, response.body, failed=response.state == "REPROMPT")


async def _look_up(
    state: TurnState, lookup: Lookup, call: ToolUse, text: str
) -> AsyncIterator[JSON]:
    query = str(arguments(call).get(QUERY) or text)
    yield state.traces.looked_up(lookup.base, query)
    timer = Timer()
    configuration = state.request.retrieval.get(lookup.base)
    passages = await state.services.look_up(lookup.base, query, configuration)
    result = CallResult(call.id, "", references=tuple(passages))
    if not passages:
        result = CallResult(call.id, "Nothing was found.")
    yield state.traces.observed(result, timer.span(), lookup=True)
    step = state.agent.steps["KNOWLEDGE_BASE_RESPONSE_GENERATION"]
    if not (passages and step.enabled and (step.template or step.parser)):
        state.add(result)
        return
    disguise = Disguise.of(each["content"].get("text", "") for each in passages)
    prompt = knowledge_base_prompt(state.agent, query, search_results(passages, disguise))
    yield state.traces.asked(step, prompt)
    reply = await ask(state.services.writer, step, prompt)
    yield state.traces.replied(step, reply)
    own = await state.parse(step, reply)
    answer = own.generated_response(passages) if own else _response(reply, passages, disguise)
    state.add(CallResult(call.id, answer.text, citations=answer.citations))


def _response(reply: ModelReply, passages: Sequence[JSON], disguise: Disguise) -> AgentAnswer:
    """The response that a model makes of passages, in parts where the prompt asks for them."""
    text = inner(reply.text, "answer")
    answer = parts_of(reply.text if text is None else text, passages)
    return AgentAnswer(disguise.restore(answer.text), answer.citations)
