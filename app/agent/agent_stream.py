"""The stream of InvokeAgent as a turn's events.

    trace          ToolCall ToolOutcome | ToolCall Retrieval ToolOutcome | Guardrail
    chunk          Text Citation
    returnControl  what `invoke` returns

Bedrock has made a call, and its model has read the result, when we hear of them: our guardrail
judges what a reader is shown of them, and the passages that may be cited.

The stream has no terminal event. One without an answer was cut off; so was one whose answer is only
the beginning of what the last observation says it is.
"""

import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from app.agent.agent_answer import AgentAnswer
from app.agent.context import TurnSpending
from app.agent.documents import NAME
from app.agent.invocation import arguments_of, failure_of, parameters_of
from app.agent.loop import LONGEST_REPLY_WRITTEN, PIECE
from app.agent.prompt import stop_words
from app.agent.rounds import CallResult
from app.agent.runner import AgentTurn
from app.agent.traces import (
    FinalResponse,
    GuardrailReport,
    LookupInvocation,
    LookupObservation,
    ModelAsk,
    Rewrite,
    ToolInvocation,
    ToolObservation,
    TracedUsage,
    TraceFailure,
    TracePart,
    read_trace,
)
from app.agent.uses import MOST_CALLS, call_of
from app.aws import FAILURES, events_of
from app.citations.cite import Citer
from app.errors import ModelFailed
from app.events import Citation, Event, Guardrail, Retrieval, Text, ToolCall, Usage
from app.guardrail import Verdict
from app.models import Completion, ToolUse
from app.retrieval import read_passages, screen
from app.tools import Refusal
from app.tools.action_group import outcome_of, response
from app.turn.gate import AnswerGate

JSON = Mapping[str, Any]
PARAGRAPH = "\n\n"


class AgentStream:
    """Invokes the agent for one turn, and reads what it streams.

    Attributes:
        blocked: the text that the agent's guardrail blocked.
    """

    def __init__(self, turn: AgentTurn, session: str, shown: AnswerGate) -> None:
        self._turn, self._session, self._shown = turn, session, shown
        self._caller, self._draft = turn.caller, turn.draft
        self._citer = Citer(())
        self._numbers: dict[str, int | None] = {}  # of passages by their texts; None is withheld
        self._open: list[ToolCall] = []  # calls whose result is to come
        self._confirmed: ToolCall | None = None
        self._calls = self._steps = self._invocations = self._size = 0
        self._began = time.monotonic()
        self._limit: str | None = None
        self.blocked: Literal["question", "answer"] | None = None

    def expect(self, call: ToolCall) -> None:
        """Take it that Bedrock makes this call first, which was confirmed."""
        self._confirmed = call
        self._open.append(call)

    def invoke(self, state: JSON, text: str | None) -> Generator[Event, None, JSON | None]:
        """Invoke the agent, once; the events of its stream.

        Args:
            state: the `sessionState`.
            text: the question; None where the state has decisions.

        Returns:
            The `returnControl` that the stream ends with; None if the answer is whole.

        Raises:
            OutcropError: Bedrock, a tool or the model failed, or the stream was cut off.
        """
        if self._invocations and (limit := self._reached(Usage(0, 0))):
            yield from self._stop(limit)
            return None
        self._invocations += 1
        turn = self._turn.context.turn
        answer = AgentAnswer()
        control: JSON | None = None
        usage, has_begun = Usage(0, 0), False
        parameters = parameters_of(self._turn, self._session, dict(state), text)
        with turn.account.call(turn.settings.model_id, "agent", self._most()) as call:
            try:
                reply = turn.clients.agents.invoke_agent(**parameters)
                with closing(reply["completion"]) as completion:
                    for event in events_of(completion):
                        has_begun = True
                        for part in read_trace(event.get("trace", {})):
                            if isinstance(part, TracedUsage):
                                usage += part.usage
                                call.observe(usage)
                            yield from self._take(part, answer, usage)
                        if chunk := event.get("chunk"):
                            yield from self._read(chunk, answer)
                        control = event.get("returnControl", control)
                        if self._limit:
                            break
            except FAILURES as error:
                being_made = self._open[0] if self._open else None
                decides = text is None and not has_begun
                raise failure_of(error, being_made, decides=decides) from error
            call.observe(usage)
            if not (control or self._limit):
                answer.check()
        self._draft.take(Completion((), "end", usage))
        if self._limit:
            yield from self._stop(self._limit)
            return None
        if control is None:
            yield from self._end(answer)
        return control

    def say(self, text: str) -> Iterator[Event]:
        """Words of the application itself, behind those of the agent."""
        gap = PARAGRAPH if self._draft.text.strip() else ""
        return self._show(self._citer.say(gap + text))

    def _stop(self, limit: str) -> Iterator[Event]:
        yield from self.say(stop_words(limit))
        self._draft.end("limit")

    def _most(self) -> Usage:
        """The most tokens that a turn may take: how many an invocation takes is not known before,
        and it is broken off there.
        """
        context = self._turn.context
        longest = min(context.turn.settings.max_tokens, context.limits.tokens)
        return Usage(context.limits.tokens - longest, longest)

    # what traces say

    def _take(self, part: TracePart, answer: AgentAnswer, usage: Usage) -> Iterator[Event]:
        match part:
            case ModelAsk():
                self._limit = self._limit or self._reached(usage)
                self._steps += 1
            case ToolInvocation():
                yield from self._begin(part)
            case LookupInvocation(query=query):
                yield from self._open_call(NAME, {"query": query})
            case ToolObservation() if self._open:
                yield from self._observe(self._open.pop(0), part)
            case LookupObservation(references=references) if self._open:
                yield from self._look_up(self._open.pop(0), references)
            case GuardrailReport():
                yield from self._report(part, answer)
            case FinalResponse(text=text):
                answer.final = text
            case Rewrite():
                answer.final = None
            case TraceFailure(reason=reason):
                answer.failure = reason

    def _reached(self, usage: Usage) -> str | None:
        context = self._turn.context
        spending = TurnSpending(
            max(self._steps, self._invocations - 1),
            self._caller.errors,
            self._draft.usage + usage,
            time.monotonic() - self._began,
            partial(context.cost, context.turn.settings.model_id),
        )
        return context.limits.reached(spending)

    def _id(self) -> str:
        self._calls += 1
        return f"call-{self._turn.history.number}-{self._calls}"

    def _begin(self, part: ToolInvocation) -> Iterator[Event]:
        arguments = arguments_of(part.function, part.parameters, self._turn.context)
        confirmed, self._confirmed = self._confirmed, None
        if confirmed and confirmed.tool == part.function:
            return  # the reader has seen it
        yield from self._open_call(part.function, arguments)

    def _open_call(self, tool: str, arguments: JSON) -> Iterator[Event]:
        """A call whose result is to come, as it can be shown and stored."""
        if self._calls == (most := self._turn.context.limits.steps * MOST_CALLS):
            self._limit = f"this made {most} calls, which is the most"
            return
        use = call_of(ToolUse(self._id(), tool, arguments)).use
        call = ToolCall(use.id, use.name, use.input)
        self._open.append(call)
        yield call

    def _observe(self, call: ToolCall, part: ToolObservation) -> Iterator[Event]:
        names = {"actionGroup": "", "function": call.tool}
        wire = response(names, part.text, 422 if part.is_error else 200)
        outcome = outcome_of(wire, names)
        refused = isinstance(outcome, Refusal)
        text = outcome.message if isinstance(outcome, Refusal) else outcome.text
        results = self._caller.take_result(call, text, self._draft, is_error=refused)
        yield from _events(results)

    def _look_up(self, call: ToolCall, references: Sequence[JSON]) -> Iterator[Event]:
        passages = tuple(read_passages(references))  # type: ignore[arg-type]  # without a score
        screening = screen(passages, self._turn.context.turn.guard)
        yield from self._draft.report(screening.interventions)
        query = str(call.arguments.get("query", ""))
        yield from _events(self._caller.take_passages(call.call, query, screening))
        numbers = {passage.text: passage.number for passage in self._caller.passages}
        texts = dict(zip(screening.numbers, screening.passages, strict=True))
        for passage in passages:
            usable = texts.get(passage.number)
            self._numbers[passage.text] = numbers[usable.text] if usable else None
        self._citer.know(self._caller.passages)

    def _report(self, part: GuardrailReport, answer: AgentAnswer) -> Iterator[Event]:
        """What the agent's own guardrail did. What it blocks is known when its message is."""
        if part.source == "answer" and part.action != "none":
            answer.final = None
        if part.action == "blocked":
            self.blocked, answer.report = part.source, part
            return
        verdict = Verdict(part.action, "", None, part.assessments)
        events = verdict.events(part.source)
        # A masked question or answer comes to us as it is masked.
        yield from self._draft.report(_without_text(events))

    # the answer

    def _read(self, chunk: JSON, answer: AgentAnswer) -> Iterator[Event]:
        for piece in answer.reader.read(chunk):
            self._size += len(piece.text) + PIECE
            if self._size > LONGEST_REPLY_WRITTEN:
                raise ModelFailed("The model wrote more than it was asked for.")
            if self.blocked:
                answer.message += piece.text
                continue
            answer.text += piece.text
            yield from self._show(self._citer.say(piece.text))
            if piece.references:
                numbers = yield from self._cited(piece.references)
                yield from self._show(self._citer.mark(numbers))

    def _cited(self, references: Sequence[JSON]) -> Generator[Event, None, list[int]]:
        """The numbers of the passages that Bedrock cites. It may cite those of an earlier stream of
        the turn, or of one that the traces left out.
        """
        texts = [passage.text for passage in read_passages(references)]  # type: ignore[arg-type]
        if not self._numbers.keys() >= set(texts):
            call = ToolCall("", NAME, {"query": self._turn.question.text})
            for event in self._look_up(call, references):
                if isinstance(event, Retrieval):
                    yield event
        numbers = [number for text in texts if (number := self._numbers[text])]
        return list(dict.fromkeys(numbers))

    def _show(self, parts: Iterable[Text | Citation]) -> Iterator[Event]:
        for part in parts:
            self._draft.add(part)
            yield from self._shown.read(part)

    def _end(self, answer: AgentAnswer) -> Iterator[Event]:
        """The guardrail's message, where the agent's own guardrail blocked a text."""
        if (report := answer.report) is None:
            return
        verdict = Verdict("blocked", answer.message, None, report.assessments)
        if report.source == "answer":
            yield from self._draft.apply_to_answer(verdict)
        else:
            yield from self._draft.report(verdict.events("question"))
            self._draft.apply(verdict)


def _events(parts: Iterable[Event | CallResult]) -> Iterator[Event]:
    """What a reader sees: Bedrock has shown its model the rest."""
    return (part for part in parts if not isinstance(part, CallResult))


def _without_text(events: Iterable[Guardrail]) -> Iterator[Guardrail]:
    return (replace(event, text=None) for event in events)
