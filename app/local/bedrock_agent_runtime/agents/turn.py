"""A turn of an agent, as the events of InvokeAgent's stream.

guard      the user's text is judged; a blocked one is answered by the guardrail's message
model      is asked with the instruction, the conversation and the tools
calls      each goes to its Lambda function, to its Knowledge Base, or back to the caller
again      with what the calls came to, until the model calls nothing
answer     judged, and sent with its citations
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import uuid4

from app.local.bedrock_agent_runtime.agents import control, lambdas
from app.local.bedrock_agent_runtime.agents.agent import QUERY, InvokedAgent
from app.local.bedrock_agent_runtime.agents.answer import AgentAnswer, read_answer
from app.local.bedrock_agent_runtime.agents.prompts import sampling_of, system_of
from app.local.bedrock_agent_runtime.agents.sessions import AgentSession
from app.local.bedrock_agent_runtime.agents.steps import (
    CallResult,
    Step,
    arguments,
    conversation,
    references,
)
from app.local.bedrock_agent_runtime.agents.traces import Traces
from app.local.engine.writer import (
    Blocks,
    Model,
    ModelError,
    ModelTimeout,
    Prompt,
    ToolUse,
)
from app.local.judgement import Content, Judge, Judgement, Source
from app.local.wire import JSON, ServiceError, WaitingHandler

MOST_STEPS = 10
"""Replies of the model with calls, in one turn. AWS does not say how many it allows."""


class LookUp(Protocol):
    """Searches a Knowledge Base, as Retrieve does."""

    async def __call__(self, base: str, query: str, configuration: JSON | None) -> list[JSON]:
        """The `retrievedReferences` for a query.

        Raises:
            ServiceError: as Retrieve's.
        """
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What a turn calls."""

    writer: Model
    invoke: WaitingHandler
    look_up: LookUp
    judge: Judge


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """A request for a turn.

    Attributes:
        text: what the user says; empty if `returned` answers a return of control.
        returned: the session state with the results of operations.
        prompt_attributes: `promptSessionAttributes`, for this turn alone.
        retrieval: configurations of lookups, by Knowledge Base.
        traced: whether the caller wants traces.
        streamed: whether the answer comes in pieces.
        request_id: of the HTTP request.
    """

    session: str
    text: str
    returned: JSON | None
    prompt_attributes: Mapping[str, str]
    retrieval: Mapping[str, JSON]
    traced: bool
    streamed: bool
    request_id: str


@dataclass(slots=True)
class AgentTurn:
    """One turn, whose events are taken once. Then `session` is what to keep of it."""

    services: Services
    agent: InvokedAgent
    request: TurnRequest
    session: AgentSession
    _steps: list[Step] = field(default_factory=list)

    async def events(self) -> AsyncIterator[JSON]:
        """The events, of which the last is the end of the answer, or `returnControl`.

        Raises:
            ServiceError: a function, a Knowledge Base, or the model failed.
        """
        traces = Traces(self.agent, self.request.session)
        try:
            async for event in self._events(traces):
                if self.request.traced or "trace" not in event:
                    yield event
        except ServiceError as error:
            if self.request.traced:
                yield traces.failed(error.message)
            raise

    async def _events(self, traces: Traces) -> AsyncIterator[JSON]:
        text = self.request.text
        if self.request.returned is not None:
            text = self._resume()
            async for event in self._finish_returned(traces):
                yield event
        elif judgement := await self._judge("INPUT", text):
            yield traces.judged("INPUT", judgement)
            if judgement.action == "blocked":
                yield _chunk(AgentAnswer(judgement.outputs[0]))
                return
            text = judgement.outputs[0] if judgement.outputs else text
        for _ in range(MOST_STEPS):
            prompt = Prompt(
                conversation(self.session.exchanges, text, self._steps),
                system_of(self.agent, self.request.prompt_attributes),
                tools=self.agent.tools,
            )
            sampling = sampling_of(self.agent)
            yield traces.asked(prompt, sampling)
            content, tokens = await self._ask(prompt)
            calls = tuple(block for block in content if isinstance(block, ToolUse))
            answer = read_answer(content, references(self._steps))
            yield traces.replied(_written(answer, calls), *tokens)
            if not calls:
                async for event in self._answer(traces, text, answer):
                    yield event
                return
            yield traces.reasoned(answer.text or _rationale(calls))
            self._steps.append(Step(answer.text, calls))
            async for event in self._call(traces, text):
                yield event
            if self.session.waiting is not None:
                return
        raise ServiceError(
            "InternalServerException",
            f"The agent called operations in {MOST_STEPS} replies, and did not come to an end.",
        )

    async def _ask(self, prompt: Prompt) -> tuple[Sequence[Any], tuple[int, int]]:
        """The model's reply, and the tokens that it read and wrote."""
        blocks = Blocks()
        try:
            writing = await self.services.writer.write(prompt, sampling_of(self.agent))
            async with aclosing(writing):
                async for delta in writing:
                    for _ in blocks.add(delta):
                        pass
            for _ in blocks.end():
                pass
        except (ModelError, ModelTimeout) as error:
            raise ServiceError(
                "DependencyFailedException", error.message, resourceName=self.agent.model
            ) from error
        finish = writing.finish
        return blocks.content, (finish.input_tokens, finish.output_tokens)

    async def _call(self, traces: Traces, text: str) -> AsyncIterator[JSON]:
        """Carry out the calls of the last step, but for those that wait for the caller."""
        step = self._steps[-1]
        waiting = [call for call in step.calls if self._returns_control(call)][: control.MOST]
        for call in step.calls:
            if call in waiting:
                continue
            async for event in self._carry_out(traces, call, text):
                yield event
        if waiting:
            invocation = str(uuid4())
            for call in waiting:
                yield traces.called(self.agent.operations[call.name], call, invocation)
            self.session = replace(
                self.session,
                waiting={
                    "invocationId": invocation,
                    "text": text,
                    "steps": [one.as_json() for one in self._steps],
                    "calls": [call.id for call in waiting],
                },
            )
            yield control.event(self.agent, invocation, waiting)

    def _returns_control(self, call: ToolUse) -> bool:
        operation = self.agent.operations.get(call.name)
        return operation is not None and operation.returns_control

    async def _carry_out(self, traces: Traces, call: ToolUse, text: str) -> AsyncIterator[JSON]:
        """A call of a function or of a lookup, and its result."""
        if lookup := self.agent.lookups.get(call.name):
            query = str(arguments(call).get(QUERY) or text)
            yield traces.looked_up(lookup.base, query)
            configuration = self.request.retrieval.get(lookup.base)
            passages = await self.services.look_up(lookup.base, query, configuration)
            result = CallResult(call.id, "", references=tuple(passages))
            if not passages:
                result = CallResult(call.id, "Nothing was found.")
            self._add(result)
            yield traces.observed(result, lookup=True)
            return
        operation = self.agent.operations.get(call.name)
        if operation is None or operation.executor is None:
            result = CallResult(call.id, f"There is no operation {call.name}.", failed=True)
        else:
            yield traces.called(operation, call)
            event = lambdas.event(
                self.agent,
                operation,
                arguments(call),
                text=text,
                session=self.request.session,
                session_attributes=self.session.attributes,
                prompt_session_attributes=self.request.prompt_attributes,
            )
            raw = await lambdas.invoke(
                self.services.invoke, operation.executor, event, self.request.request_id
            )
            response = lambdas.read_response(operation.executor, operation, raw)
            self._take(response)
            result = CallResult(call.id, response.body, failed=response.state == "REPROMPT")
        self._add(result)
        yield traces.observed(result)

    def _take(self, response: lambdas.FunctionResponse) -> None:
        """Go on with what a function wants attributes and lookups to be."""
        if response.session_attributes is not None:
            attributes = dict(response.session_attributes)
            self.session = replace(self.session, attributes=attributes)
        request = self.request
        if response.prompt_session_attributes is not None:
            request = replace(request, prompt_attributes=response.prompt_session_attributes)
        if response.retrieval is not None:
            request = replace(request, retrieval={**request.retrieval, **response.retrieval})
        self.request = request

    def _add(self, result: CallResult) -> None:
        """Add a result to the last step, in the order of its calls."""
        step = self._steps[-1]
        order = [call.id for call in step.calls]
        results = sorted((*step.results, result), key=lambda one: order.index(one.id))
        self._steps[-1] = replace(step, results=tuple(results))

    def _resume(self) -> str:
        """Take up the turn that waits for its caller; its text."""
        waiting = self.session.waiting
        assert waiting is not None
        self._steps = [Step.of(record) for record in waiting["steps"]]
        return str(waiting["text"])

    async def _finish_returned(self, traces: Traces) -> AsyncIterator[JSON]:
        """The calls that waited: done by the caller, or to be done now that they are confirmed."""
        waiting, returned = self.session.waiting, self.request.returned
        assert waiting is not None
        assert returned is not None
        calls = [call for call in self._steps[-1].calls if call.id in waiting["calls"]]
        answers = control.read(self.agent, calls, waiting["invocationId"], returned)
        self.session = replace(self.session, waiting=None)
        for call in calls:
            answer = answers[call.id]
            if answer.result is not None:
                self._add(answer.result)
                yield traces.observed(answer.result)
                continue
            async for event in self._carry_out(traces, call, waiting["text"]):
                yield event

    async def _answer(self, traces: Traces, text: str, answer: AgentAnswer) -> AsyncIterator[JSON]:
        """The answer, judged."""
        if judgement := await self._judge("OUTPUT", answer.text):
            yield traces.judged("OUTPUT", judgement)
            if judgement.action != "none":
                answer = AgentAnswer(judgement.outputs[0])
        asks = self.agent.asks and answer.text.rstrip().endswith("?") and not self._steps
        yield traces.finished(answer.text, asks=asks)
        self.session = self.session.with_exchange(text, answer.text)
        for part in answer.parts() if self.request.streamed else (answer,):
            yield _chunk(part)

    async def _judge(self, source: Source, text: str) -> Judgement | None:
        """The judgement of the agent's guardrail, if it has one, in a thread."""
        if self.agent.guardrail is None or not text:
            return None
        judge, contents = self.services.judge, [Content(text)]
        return await asyncio.to_thread(judge, *self.agent.guardrail, source, contents)


def _chunk(answer: AgentAnswer) -> JSON:
    chunk: JSON = {"bytes": answer.text.encode()}
    if answer.citations:
        chunk["attribution"] = {"citations": list(answer.citations)}
    return {"chunk": chunk}


def _written(answer: AgentAnswer, calls: Sequence[ToolUse]) -> str:
    """A reply as one text, for a trace."""
    return "\n".join([*filter(None, [answer.text]), *(f"{one.name}({one.input})" for one in calls)])


def _rationale(calls: Sequence[ToolUse]) -> str:
    return f"{' and '.join(call.name for call in calls)} can tell what is asked."
