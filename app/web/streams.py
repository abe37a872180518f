"""Translates events to a UI message stream (version 1), which chat clients read.

    Started     start, start-step                 messageMetadata: conversationId, model, and with
                                                  a guardrail guardrailMode
    Retrieval   data-retrieval, transient         the query and the passages
    Text        text-start once, text-delta
    Citation    source-document once for each source, data-citation, transient
    Guardrail   data-guardrail                    source, subject, action, reason, text, policies;
                                                  transient, unless it replaces the answer
    Nearest     data-nearest                      the places that come nearest, best first
    ToolCall    tool-input-available              of a `dynamic` tool; a new step, after an outcome
    ToolOutcome tool-output-available, or tool-output-error
    Confirm     tool-approval-request, data-confirm   the call, and until when it may be confirmed
    BudgetWarning  data-budget, transient         what of a budget is spent, and when it begins anew
    Usage       nothing: Done has it too
    Done        text-end, finish-step, finish     finishReason; messageMetadata: model, turn,
                                                  usage, cost, stopReason
    Error       text-end, data-error, error

A client puts parts into its message, and sends all messages back with the next question: it is
`useChat`'s way. It gets a transient part once, and does not put it there. So what is long is
transient, and every text of a passage is in `data-retrieval` alone, where a citation's
`passageNumber` leads.

After a decision that `useChat` has sent, the agent's own message goes on: it keeps its id, and the
part of the call that has waited gets the outcome. With another id the message would be there twice.

The stream's last line is always `[DONE]`, and the part before it tells how the turn ended.
"""

import secrets
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any, assert_never

from pydantic import BaseModel

from app import events
from app.web import schemas
from app.web.costs import Cost, no_cost
from app.web.message_ids import answer_id
from app.web.problems import INTERNAL
from app.web.sse import sse
from app.web.ui_decisions import UIDecision
from app.web.ui_messages import source_of

HEADERS = {"x-vercel-ai-ui-message-stream": "v1"}

FINISH_REASONS: Mapping[events.StopReason, str] = {
    "end": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "guardrail": "content-filter",
    "filtered": "content-filter",
    "confirm": "tool-calls",
    "limit": "other",
}
"""Why an answer ends, in the words of the AI SDK."""

Part = dict[str, Any]


def ui_message_stream(
    turn: Generator[events.Event, None, None],
    decision: UIDecision | None = None,
    cost: Cost = no_cost,
) -> Iterator[bytes]:
    """The stream, part by part. It ends properly even if an event cannot be written.

    Args:
        decision: with which a message goes on; by default a new one begins.
        cost: of the tokens of a turn.
    """
    return sse(turn, _MessageParts(decision, cost))


class _MessageParts:
    """Remembers the open parts, the passages and sources that were sent, and whether the last part
    was.
    """

    def __init__(self, decision: UIDecision | None, cost: Cost) -> None:
        self._cost = cost
        self._id = decision.message if decision else None
        self._model = ""
        self._waiting = decision.call if decision else None  # the message has its part already
        self._step_open = False
        self._ended = False
        self._text_open = False
        self._texts = 0
        self._has_acted = False  # a call's outcome is the last part: what follows is a new step
        self._passages: dict[str, int] = {}  # text -> number; no two passages have one text
        self._sources: set[int] = set()

    def bodies_of(self, event: events.Event) -> Iterable[Part]:
        match event:
            case events.Started():
                return self._started(event)
            case events.Retrieval():
                return self._retrieval(event)
            case events.Text():
                return self._text(event)
            case events.Citation():
                return self._citation(event)
            case events.Guardrail():
                return [guardrail_part(event)]
            case events.Nearest():
                places = [dump(schemas.Place, place) for place in event.places]
                return [{"type": "data-nearest", "data": {"places": places}}]
            case events.ToolCall():
                return self._tool_call(event)
            case events.ToolOutcome():
                return self._tool_outcome(event)
            case events.Confirm():
                return self._confirm(event)
            case events.BudgetWarning():
                return [transient("data-budget", dump(schemas.BudgetWarning, event))]
            case events.Usage():
                return ()  # the last part has the usage
            case events.Done():
                return self._done(event.answer)
            case events.Error():
                return self._error(event)
            case _:
                assert_never(event)

    def _started(self, event: events.Started) -> Iterator[Part]:
        metadata = {"conversationId": event.conversation, "model": event.model}
        if event.guardrail_mode:
            metadata["guardrailMode"] = event.guardrail_mode
        self._model = event.model
        name = self._id or secrets.token_hex(8)
        if self._id is None and event.turn is not None:
            name = answer_id(event.conversation, event.turn)
        yield {"type": "start", "messageId": name, "messageMetadata": metadata}
        if self._waiting is None:
            yield from self._next_step()

    def _retrieval(self, event: events.Retrieval) -> Iterator[Part]:
        self._passages |= {passage.text: passage.number for passage in event.passages}
        passages = [dump(schemas.Passage, passage) for passage in event.passages]
        yield transient("data-retrieval", {"query": event.query, "passages": passages})

    def _text(self, event: events.Text) -> Iterator[Part]:
        if not self._text_open:
            yield from self._next_step()
            self._text_open = True
            self._texts += 1
            yield {"type": "text-start", "id": self._text_id}
        yield {"type": "text-delta", "id": self._text_id, "delta": event.text}

    @property
    def _text_id(self) -> str:
        return "answer" if self._texts == 1 else f"answer-{self._texts}"

    def _next_step(self) -> Iterator[Part]:
        if self._has_acted:
            yield from self._step_end()
        if not self._step_open:
            self._step_open = True
            yield {"type": "start-step"}

    def _step_end(self) -> Iterator[Part]:
        self._has_acted = False
        if self._step_open:
            self._step_open = False
            yield {"type": "finish-step"}

    def _tool_call(self, event: events.ToolCall) -> Iterator[Part]:
        if event.call == self._waiting:
            self._waiting = None
            return
        yield from self._text_end()
        yield from self._next_step()
        yield {
            "type": "tool-input-available",
            "toolCallId": event.call,
            "toolName": event.tool,
            "input": dict(event.arguments),
            "dynamic": True,
        }

    def _tool_outcome(self, event: events.ToolOutcome) -> Iterator[Part]:
        self._has_acted = True
        kind, name = ("error", "errorText") if event.is_error else ("available", "output")
        yield {
            "type": f"tool-output-{kind}",
            "toolCallId": event.call,
            name: event.text,
            "dynamic": True,
        }

    def _confirm(self, event: events.Confirm) -> Iterator[Part]:
        yield {
            "type": "tool-approval-request",
            "approvalId": event.confirmation,
            "toolCallId": event.call,
        }
        yield {"type": "data-confirm", "data": dump(schemas.Confirm, event)}

    def _citation(self, event: events.Citation) -> Iterator[Part]:
        if event.number not in self._sources:
            self._sources.add(event.number)
            yield source_of(event).model_dump(by_alias=True, mode="json")
        passage = {"passageNumber": self._passages.get(event.passage)}
        yield transient("data-citation", dump(schemas.CitedQuote, event) | passage)

    def _done(self, answer: events.Answer) -> Iterator[Part]:
        yield from self._text_end()
        yield from self._step_end()
        metadata = {
            "model": answer.model,
            "turn": answer.turn,
            "stopReason": answer.stop_reason,
            "usage": dump(schemas.Usage, answer.usage),
            "cost": self._cost(self._model, answer.usage),
        }
        reason = FINISH_REASONS[answer.stop_reason]
        yield {"type": "finish", "finishReason": reason, "messageMetadata": metadata}
        self._ended = True

    def _error(self, event: events.Error) -> Iterator[Part]:
        yield from self._text_end()
        yield {"type": "data-error", "data": dump(schemas.TurnError, event)}
        yield {"type": "error", "errorText": f"{event.title}: {event.detail}"}
        self._ended = True

    def bodies_of_failure(self) -> Iterable[Part]:
        return () if self._ended else self._error(INTERNAL)

    def _text_end(self) -> Iterator[Part]:
        if self._text_open:
            self._text_open = False
            yield {"type": "text-end", "id": self._text_id}


def guardrail_part(event: events.Guardrail) -> Part:
    """The part of a verdict. A message keeps it if it replaces its text."""
    data = dump(schemas.GuardrailVerdict, event)
    if event.source == "answer" and event.text is not None:  # in place of the message's text
        return {"type": "data-guardrail", "data": data}
    return transient("data-guardrail", data)


def transient(kind: str, data: Part) -> Part:
    """A part that a client reads once, and does not put into its message."""
    return {"type": kind, "data": data, "transient": True}


def dump(schema: type[BaseModel], value: object) -> Part:
    """A value in the form that it has everywhere on the wire."""
    return schema.model_validate(value).model_dump(by_alias=True, mode="json")
