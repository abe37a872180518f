"""The loop: the model plans, its calls are made, it reads what they came to, and plans again.

It ends when a reply calls nothing, when a call has to be confirmed, or at a limit; whatever the
model wants, no other way leads on. Text is shown as it comes, through the gate that judges it.

A reply's end            what follows
    end, stop_sequence   the answer is whole
    tool_use             its calls are made
    length, filtered,    the answer ends there, and says why; a call in it was perhaps not whole,
    guardrail            and is not made
    malformed            the reply is asked for again, if no word of it was shown; it counts as an
                         error
"""

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from app.agent.calls import DENIED, Caller
from app.agent.confirmations import Pending, begin_to_wait, waiting_call
from app.agent.context import AgentContext, TurnSpending
from app.agent.prompt import Conversation, agent_prompt, please_confirm, stop_words
from app.agent.rounds import CallResult, Round
from app.agent.uses import Call, repeatable
from app.citations.cite import Citer
from app.errors import ModelFailed
from app.events import Citation, Event, Text, ToolCall, ToolOutcome
from app.models import (
    Completion,
    Delta,
    ReasoningDelta,
    TextDelta,
    ToolInputDelta,
    ToolUse,
    ToolUseStart,
)
from app.turn.draft import Abstention, Draft
from app.turn.gate import AnswerGate
from app.turn.model import TurnModel
from app.turn.question import Sampling

PARAGRAPH = "\n\n"
LONGEST_REPLY_WRITTEN = 200_000
"""Characters of a reply, and PIECE for each of its pieces besides. A model that keeps to its limit
of tokens writes less; one that does not is read no further."""
PIECE = 32


class Loop:
    """The rounds of one turn.

    Args:
        draft: collects the answer.
        shown: shows it.
    """

    def __init__(
        self,
        model: TurnModel,
        context: AgentContext,
        conversation: Conversation,
        caller: Caller,
        draft: Draft,
        shown: AnswerGate,
        sampling: Sampling,
    ) -> None:
        self._model, self._context, self._conversation, self._caller = (
            model,
            context,
            conversation,
            caller,
        )
        self._draft, self._shown, self._sampling = draft, shown, sampling
        self._template = context.turn.template("agent")
        self._rounds: list[Round] = []
        self._citer = Citer(())
        self._ids = {
            block.id
            for message in conversation.history
            for block in message.content
            if isinstance(block, ToolUse)
        }
        self._errors = 0  # replies that could not be read
        self._began = time.monotonic()

    def run(self, pending: Pending | None, place: tuple[str, int]) -> Generator[Event, None, None]:
        """The events up to the end of the answer.

        Args:
            pending: the call that the person has decided on, with which the turn begins.
            place: the conversation, and the number of this turn in it.
        """
        if pending:
            yield from self._carry_out(pending)
        while (limit := self._limit()) is None:
            reply = yield from self._reply()
            if reply is None:
                continue
            calls = any(isinstance(block, ToolUse) for block in reply.content)
            if not calls or reply.stop_reason not in ("tool_use", "end"):
                # Whoever says that it calls a tool, and calls none, has said all that it says.
                says_so = reply.stop_reason == "tool_use"
                self._draft.add(replace(reply, stop_reason="end") if says_so else reply)
                return
            self._draft.take(reply)
            yield from self._act(reply, place[1])
            if self._caller.waiting:
                yield from self._let_confirm(self._caller.waiting, *place)
                return
        yield from self._say(stop_words(limit))
        self._draft.end("limit")

    def _limit(self) -> str | None:
        """The limit that is reached, in words; None if there is none."""
        turn = TurnSpending(
            len(self._rounds),
            self._caller.errors + self._errors,
            self._draft.usage,
            time.monotonic() - self._began,
            partial(self._context.cost, self._model.model.id),
        )
        return self._context.limits.reached(turn)

    def _reply(self) -> Generator[Event, None, Completion | None]:
        """The model's next reply, shown as it comes. None if it could not be read, and is to be
        asked for again.
        """
        prompt = agent_prompt(
            self._conversation,
            self._rounds,
            self._caller.passages,
            self._context.all_tools,
            datetime.now(UTC).date(),
            self._template,
        )
        self._citer.know(self._caller.passages)
        length, size = len(self._draft.text), 0
        gap = PARAGRAPH if length else ""
        completion: Completion | None = None
        try:
            with closing(self._model.reply(self._sampling.apply(prompt))) as reply:
                for part in reply:
                    if (size := size + _size(part)) > LONGEST_REPLY_WRITTEN:
                        raise ModelFailed("The model wrote more than it was asked for.")
                    if isinstance(part, TextDelta) and (part.text.strip() or not gap):
                        yield from self._read(self._citer.read(gap + part.text))
                        gap = ""
                    elif isinstance(part, Completion):
                        yield from self._read(self._citer.end())
                        completion = part  # read to the end, or the call counts as cut
        except ModelFailed:
            self._errors += 1
            if len(self._draft.text) > length or self._errors >= self._context.limits.errors:
                raise
            return None
        if completion is None:
            raise AssertionError("a reply ends with its Completion")
        return completion

    def _read(self, parts: Iterable[Text | Citation]) -> Iterator[Event]:
        parts = list(parts)
        if self._citer.abstains:
            self._draft.add(Abstention())
        for part in parts:
            self._draft.add(part)
            yield from self._shown.read(part)

    def _say(self, text: str) -> Iterator[Event]:
        """Words of the application itself, behind those of the model."""
        gap = PARAGRAPH if self._draft.text.strip() else ""
        return self._read([Text(gap + text)])

    def _act(self, reply: Completion, turn: int) -> Iterator[Event]:
        content = repeatable(reply.content, turn, self._ids)
        calls = [block for block in content if isinstance(block, Call)]
        results: list[CallResult] = []
        yield from _take_out(self._caller.make(calls, self._draft), results)
        order = {call.use.id: place for place, call in enumerate(calls)}
        results.sort(key=lambda result: order[result.call])
        blocks = [block.use if isinstance(block, Call) else block for block in content]
        self._rounds.append(Round(blocks, results))

    def _carry_out(self, pending: Pending) -> Iterator[Event]:
        """The call that the person has decided on, as a step that was made, or was not."""
        waiting = pending.call
        call = waiting_call(waiting)
        use = ToolUse(call.call, call.tool, call.arguments)
        self._ids.add(use.id)
        results: list[CallResult] = []
        if pending.confirmed:
            parts = self._caller.make_confirmed(call, waiting.confirmation, self._draft)
            yield from _take_out(parts, results)
        else:
            yield call
            yield ToolOutcome(call.call, call.tool, DENIED, is_error=True)
            results.append(CallResult(call.call, call.tool, DENIED, is_error=True))
        self._rounds.append(Round((use,), results))

    def _let_confirm(self, call: ToolCall, conversation: str, turn: int) -> Iterator[Event]:
        context = self._context
        seconds = context.confirmation_seconds
        yield begin_to_wait(context.principal, conversation, turn, call, seconds)
        yield from self._say(please_confirm(call))
        self._draft.end("confirm")


def _take_out(parts: Iterable[Event | CallResult], results: list[CallResult]) -> Iterator[Event]:
    """The events among the parts; what calls came to is added to the results."""
    for part in parts:
        if isinstance(part, CallResult):
            results.append(part)
        else:
            yield part


def _size(part: Delta | Completion) -> int:
    """What a piece of a reply counts for; no piece counts nothing, so that pieces without end do
    end.
    """
    match part:
        case TextDelta(text=text) | ReasoningDelta(text=text) | ToolInputDelta(json=text):
            return len(text) + PIECE
        case ToolUseStart(id=id_, name=name):
            return len(id_) + len(name) + PIECE
    return PIECE
