"""The calls of a reply: every rule that a call has to keep, whatever the model wants.

    plain       it can be repeated as it is (`app.agent.uses`)
    known       there is a tool of this name
    right       its arguments fit the tool's input schema
    judged      the guardrail lets the arguments pass; masked ones are used as they are masked
    new         it was not made before in this turn
    confirmed   a tool that changes something waits for the person: one call in a turn
    made        at once with the reply's others; with a key, for which a tool acts once
    judged      the guardrail lets the result pass, as the model will read it

A call that breaks a rule is not made. The model reads why, as it reads what a tool refused. Nobody
but the application says who asks: the principal is that of the verified session.
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.agent.context import AgentContext
from app.agent.documents import NAME, numbered
from app.agent.evidence import evidence
from app.agent.rounds import CallResult
from app.agent.uses import Call
from app.aws import side_by_side
from app.errors import OperatorError, OutcropError
from app.events import Event, Guardrail, Passage, Retrieval, ToolCall, ToolOutcome
from app.guardrail import Guard, Verdict
from app.models import ToolUse
from app.retrieval import Screening
from app.tools import CALL, PRINCIPAL, Outcome, Refusal, Tool, check
from app.turn.draft import Draft

log = logging.getLogger(__name__)

AT_ONCE = 8  # calls
LONGEST_RESULT = 25_000
"""Characters of a result that the model reads; the rest is cut off, and it is told so."""

CUT = "\n... (cut off here: the result is too long)"
WITHHELD = "The guardrail withheld this result."
BLOCKED = "The guardrail does not let these arguments pass. Do not try them again."
AGAIN = "This call was made before in this turn; its result stands above. Do not repeat it."
DENIED = "The person did not confirm this call. It was not made."
ONE_AT_A_TIME = "Another call waits to be confirmed. Make this one after that."
NO_DOCUMENTS = "Nothing was found."

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that keeps the rules so far."""

    use: ToolUse
    tool: Tool
    arguments: Arguments

    @property
    def event(self) -> ToolCall:
        """The call, for the reader."""
        return ToolCall(self.use.id, self.tool.name, self.arguments)


class Caller:
    """Makes the calls of one turn.

    Args:
        turn: the turn's own name, equal if the turn is begun again.

    Attributes:
        passages: what the searches of the documents have found so far.
        outcomes: what other tools have said, refusals too, which the answer rests on as well.
        errors: how many calls were refused, or have failed.
        waiting: the call that waits to be confirmed, if there is one.
    """

    def __init__(
        self, context: AgentContext, retrieval_filter: Mapping[str, Any] | None, turn: str
    ) -> None:
        self._context = context
        self._guard = context.turn.guard
        self._filter = retrieval_filter
        self._turn = turn
        self._tools = {tool.name: tool for tool in context.all_tools}
        self._made: set[str] = set()
        self.passages: tuple[Passage, ...] = ()
        self.outcomes: list[Passage] = []
        self.errors = 0
        self.waiting: ToolCall | None = None

    def make(self, calls: Sequence[Call], draft: Draft) -> Iterator[Event | CallResult]:
        """Make the calls of a reply. Yields what a reader sees of them, and each CallResult."""
        attempts: list[Attempt] = []
        refusals: list[CallResult] = []
        for call in calls:
            attempt, verdicts = self.admit(call)
            yield from draft.report(verdicts)
            if isinstance(attempt, CallResult):
                yield ToolCall(call.use.id, call.use.name, call.use.input)
                refusals.append(attempt)
                continue
            yield attempt.event
            if attempt.tool.confirms:
                refusals += self._let_wait(attempt)
            else:
                attempts.append(attempt)
        for refusal in refusals:
            yield from self.refuse(refusal)
        yield from self._make_all(attempts, draft)

    def make_confirmed(
        self, call: ToolCall, confirmation: str, draft: Draft
    ) -> Iterator[Event | CallResult]:
        """Make the call that the person has confirmed. Its key is the confirmation's id."""
        use = ToolUse(call.call, call.tool, call.arguments)
        yield call
        if (tool := self._tools.get(call.tool)) is None:
            yield from self.refuse(CallResult(use.id, use.name, self._unknown(use.name), True))
            return
        attempt = Attempt(use, tool, call.arguments)
        yield from self._make_all([attempt], draft, key=confirmation)

    # before a call

    def admit(self, call: Call) -> tuple[Attempt | CallResult, Sequence[Guardrail]]:
        """The call as it may be made, or why it may not; and what the guardrail said of it."""
        use = call.use

        def refused(reason: str) -> CallResult:
            return CallResult(use.id, use.name, reason, is_error=True)

        if call.fault:
            return refused(call.fault), ()
        tool = self._tools.get(use.name)
        if tool is None:
            return refused(self._unknown(use.name)), ()
        if refusal := check(tool, use.input):
            return refused(refusal.message), ()
        verdict = self._guard.tool_input(use.input)
        verdicts = verdict.events("tool_input", subject=tool.name)
        if verdict.blocked:
            return refused(BLOCKED), verdicts
        arguments: Arguments = use.input
        if verdict.intervened:
            arguments = json.loads(verdict.text)
            if refusal := check(tool, arguments):
                return refused(f"With what the guardrail masked: {refusal.message}"), verdicts
        key = self._key(tool, arguments)
        if key in self._made:
            return refused(AGAIN), verdicts
        self._made.add(key)
        return Attempt(use, tool, arguments), verdicts

    def _unknown(self, name: str) -> str:
        return f"There is no tool {name[:64]!r}, only {', '.join(self._tools)}."

    def _let_wait(self, attempt: Attempt) -> Iterator[CallResult]:
        if self.waiting is None:
            self.waiting = attempt.event
        else:
            self._made.discard(self._key(attempt.tool, attempt.arguments))
            yield CallResult(attempt.use.id, attempt.tool.name, ONE_AT_A_TIME, is_error=True)

    def _key(self, tool: Tool, arguments: Arguments) -> str:
        """The key of a call: equal for the same call in the same turn of the same principal."""
        call = [self._context.principal, self._turn, tool.name, arguments]
        written = json.dumps(call, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()

    # the call, and after it

    def _make_all(
        self, attempts: Sequence[Attempt], draft: Draft, key: str | None = None
    ) -> Iterator[Event | CallResult]:
        calls = [
            partial(self._call, one, key or self._key(one.tool, one.arguments)) for one in attempts
        ]
        for attempt, outcome in zip(attempts, side_by_side(calls, AT_ONCE), strict=True):
            if isinstance(outcome, Screening):
                yield from draft.report(outcome.interventions)
                query = str(attempt.arguments["query"])
                yield from self.take_passages(attempt.use.id, query, outcome)
            elif isinstance(outcome, Refusal):
                yield from self.take_result(attempt.event, outcome.message, draft, is_error=True)
            else:
                yield from self.take_result(attempt.event, outcome.text, draft)

    def _call(self, attempt: Attempt, key: str) -> Outcome | Screening:
        """What a call comes to. A failure is a refusal, for the model to read: it may say so, or do
        without. The log has the rest.
        """
        try:
            if attempt.tool.name == NAME:
                return self._context.turn.search(str(attempt.arguments["query"]), self._filter)
            session = {PRINCIPAL: self._context.principal, CALL: key}
            return attempt.tool.call(attempt.arguments, session)
        except OutcropError as error:
            log.warning("%s failed: %s: %s", attempt.tool.name, error.code, error.detail)
            if isinstance(error, OperatorError):
                return Refusal(f"{attempt.tool.name} is not set up, and cannot be used.")
            return Refusal(error.detail)

    def take_passages(
        self, call: str, query: str, screening: Screening
    ) -> Iterator[Event | CallResult]:
        """What a search has found. The reader gets all passages of the turn, by their numbers."""
        passages = numbered(screening.passages, self.passages)
        known = {passage.number for passage in self.passages}
        self.passages += tuple(one for one in passages if one.number not in known)
        yield Retrieval(query, self.passages)
        text = "\n".join(f"[{one.number}] {one.document}" for one in passages) or NO_DOCUMENTS
        yield ToolOutcome(call, NAME, text)
        yield CallResult(call, NAME, "" if passages else NO_DOCUMENTS, passages=passages)

    def take_result(
        self, call: ToolCall, text: str, draft: Draft, *, is_error: bool = False
    ) -> Iterator[Event | CallResult]:
        """What a tool has said, as the guardrail lets it pass."""
        name = call.tool
        if len(text) > LONGEST_RESULT:
            text = text[:LONGEST_RESULT] + CUT
        verdict: Verdict = self._guard.tool_result(text)
        yield from draft.report(verdict.events("tool_result", subject=name))
        if verdict.blocked:
            yield from self.refuse(CallResult(call.call, name, WITHHELD, is_error=True))
            return
        result = CallResult(call.call, name, verdict.text or "(nothing)", is_error)
        self.outcomes.append(evidence(name, result.text))
        if is_error:
            yield from self.refuse(result)
            return
        yield ToolOutcome(result.call, name, result.text)
        yield result

    def refuse(self, result: CallResult) -> Iterator[Event | CallResult]:
        """A call that was not made, or has failed."""
        self.errors += 1
        yield ToolOutcome(result.call, result.tool, result.text, is_error=True)
        yield result


@dataclass(frozen=True, slots=True)
class AnswerJudge:
    """The guard's judgement of an agent's words, by the passages and results they may rest on."""

    guard: Guard
    question: str
    draft: Draft
    caller: Caller

    def __call__(self, words: str) -> Verdict:
        passages = (*self.caller.passages, *self.caller.outcomes)
        sources = self.draft.sources(self.question, passages) if passages else ()
        return self.guard.answer(words, self.question, sources)
