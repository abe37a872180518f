"""The runner with an agent of Bedrock: it plans, calls the tools' functions, and searches the
Knowledge Base. What its stream says becomes the events of a turn (`agent_stream`).

    InvokeAgent     answer          the turn ends
                    returnControl   a call is to be confirmed: it is checked and judged, and waits;
                                    if it may not be made, InvokeAgent again, with DENY

A call that waits is in the stored turn, and its id begins with that of Bedrock's invocation, so
that the decision goes on where the agent stopped.
"""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any, Literal

from app.agent.agent_stream import AgentStream
from app.agent.calls import BLOCKED, DENIED, ONE_AT_A_TIME
from app.agent.confirmations import Pending, begin_to_wait, waiting_call
from app.agent.context import AgentContext
from app.agent.invocation import (
    arguments_of,
    call_id,
    decision_state,
    invocation_of,
    question_state,
    session_of,
)
from app.agent.prompt import please_confirm
from app.agent.rounds import CallResult
from app.agent.runner import AgentTurn
from app.agent.traces import parameters_in
from app.agent.uses import MOST_CALLS, Call, call_of
from app.errors import BackendError, Conflict, OperatorError
from app.events import Event, ToolCall, ToolOutcome
from app.models import ToolUse
from app.tools import CALL
from app.tools.action_group import function_of
from app.turn.gate import AnswerGate

_METHOD = re.compile(r"[A-Za-z]{1,16}")
_INVOCATION = re.compile(r"[A-Za-z0-9_-]{1,128}")

UNREADABLE = "The agent handed over calls that cannot be read. Ask again."
AGAIN = "The agent handed the same calls over again. Ask again."
AMBIGUOUS = "A parameter of this call has no name, or two values."
OTHER_RUNNER = "Another runner of the agent waits for this decision. Ask for the call again."


class BedrockAgentRunner:
    """Runs turns with the agent of the settings."""

    def __init__(self, context: AgentContext) -> None:
        self.model_id = context.turn.settings.model_id

    def check(self, pending: Pending) -> None:
        """Make sure that the call waits at Bedrock.

        Raises:
            Conflict: the other runner made it.
        """
        if not pending.history.turns[-1].session or not _calls_of_invocation(pending):
            raise Conflict(OTHER_RUNNER, field="id")

    def run(self, turn: AgentTurn) -> "BedrockAgentRun":
        """Begin a turn."""
        return BedrockAgentRun(turn)


class BedrockAgentRun:
    """One turn: one InvokeAgent, and another for each call that may not be made."""

    def __init__(self, turn: AgentTurn) -> None:
        self._turn = turn
        self._session, self._is_known = session_of(turn, turn.context.principal)
        self.session: str | None = self._session
        self.blocked: Literal["question", "answer"] | None = None
        self._handed_over: set[str] = set()  # invocations whose calls were handed over

    def events(self, shown: AnswerGate) -> Generator[Event, None, None]:
        """The events up to the end of the answer."""
        turn = self._turn
        stream = AgentStream(turn, self._session, shown)
        text: str | None = None
        if turn.pending:
            state = self._decision(turn.pending)
            yield from _carry_out(turn.pending, stream)
        else:
            state = question_state(turn, is_new=not self._is_known)
            text = turn.question.text
        while control := (yield from stream.invoke(state, text)):
            calls = list(self._calls(control))
            if waiting := (yield from self._let_wait(calls)):
                yield from self._let_confirm(waiting, stream)
                return
            decisions = [(_event(call), False) for call in calls]
            state, text = decision_state(turn, control["invocationId"], decisions, {}), None
        self.blocked = stream.blocked

    def _decision(self, pending: Pending) -> dict[str, Any]:
        """The decision on the call that waited; those that were made beside it are not made."""
        waiting = pending.call
        decisions = [
            (call, pending.confirmed and call.call == waiting.call)
            for call in _calls_of_invocation(pending)
        ]
        invocation = invocation_of(waiting.call)
        self._handed_over.add(invocation)
        # The key of the call: a tool acts once for it, should Bedrock make the call twice.
        return decision_state(self._turn, invocation, decisions, {CALL: waiting.confirmation})

    def _calls(self, control: Mapping[str, Any]) -> Iterator[Call]:
        """The calls that Bedrock hands over, each with an id of its own.

        Raises:
            OperatorError: the agent hands over more than confirmations.
            BackendError: what it hands over cannot be read.
        """
        invocation: object = control.get("invocationId")  # null and a number pass through botocore
        members = control.get("invocationInputs") or ()
        if not isinstance(invocation, str) or not _INVOCATION.fullmatch(invocation):
            raise BackendError(UNREADABLE)
        if not 0 < len(members) <= MOST_CALLS:
            raise BackendError(UNREADABLE)
        if invocation in self._handed_over:
            raise BackendError(AGAIN)
        self._handed_over.add(invocation)
        for number, member in enumerate(one or {} for one in members):
            call = member.get("functionInvocationInput") or member.get("apiInvocationInput")
            method = (call or {}).get("httpMethod")
            if not call or (method and not _METHOD.fullmatch(method)):
                raise BackendError(UNREADABLE)
            yield self._call(call_id(invocation, number, method), call)

    def _call(self, identifier: str, call: Mapping[str, Any]) -> Call:
        name = function_of(call)
        if call.get("actionInvocationType") != "USER_CONFIRMATION":
            raise OperatorError(
                f"The agent hands {name[:64]!r} over to be carried out: its action group "
                f"{call.get('actionGroup')!r} needs a Lambda function that does it."
            )
        parameters = parameters_in(call)
        arguments = arguments_of(name, parameters, self._turn.context)
        if len(arguments) < len(parameters):  # a reader would be shown one of two values
            return Call(ToolUse(identifier, name, {}), AMBIGUOUS)
        return call_of(ToolUse(identifier, name, arguments))

    def _let_wait(self, calls: Sequence[Call]) -> Generator[Event, None, ToolCall | None]:
        """Let the first call wait that keeps the rules; show what becomes of the others."""
        caller, draft = self._turn.caller, self._turn.draft
        waiting: ToolCall | None = None
        refusals: list[CallResult] = []
        for candidate in calls:
            call = _event(candidate)
            yield call
            attempt, verdicts = caller.admit(candidate)
            yield from draft.report(verdicts)
            if isinstance(attempt, CallResult):
                refusals.append(attempt)
            elif attempt.arguments != call.arguments:  # Bedrock makes the call as it is
                refusals.append(CallResult(call.call, call.tool, BLOCKED, is_error=True))
            elif waiting:
                refusals.append(CallResult(call.call, call.tool, ONE_AT_A_TIME, is_error=True))
            else:
                waiting = call
        for refusal in refusals:
            for event in caller.refuse(refusal):
                if not isinstance(event, CallResult):
                    yield event
        return waiting

    def _let_confirm(self, call: ToolCall, stream: AgentStream) -> Iterator[Event]:
        turn, context = self._turn, self._turn.context
        number, seconds = turn.history.number, context.confirmation_seconds
        yield begin_to_wait(context.principal, turn.conversation, number, call, seconds)
        yield from stream.say(please_confirm(call))
        turn.draft.end("confirm")


def _event(call: Call) -> ToolCall:
    """A call, for the reader."""
    return ToolCall(call.use.id, call.use.name, call.use.input)


def _carry_out(pending: Pending, stream: AgentStream) -> Iterator[Event]:
    """The call that was decided on, as the reader sees it."""
    call = waiting_call(pending.call)
    yield call
    if pending.confirmed:
        stream.expect(call)
    else:
        yield ToolOutcome(call.call, call.tool, DENIED, is_error=True)


def _calls_of_invocation(pending: Pending) -> list[ToolCall]:
    """The calls that Bedrock handed over together with the one that waits, in their order; none if
    it was not Bedrock.
    """
    invocation = invocation_of(pending.call.call)
    steps = pending.history.turns[-1].steps
    calls = [step for step in steps if isinstance(step, ToolCall)]
    return [call for call in calls if invocation and invocation_of(call.call) == invocation]
