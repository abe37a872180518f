"""Translates the events of a trial to a UI message stream (version 1), as `streams` does a turn's.

NativeRequest  data-request, transient
Reasoning      reasoning-start once, reasoning-delta
Text           text-start once, text-delta
Guardrail      data-guardrail; transient, unless it replaces the reply
BudgetWarning  data-budget, transient
TrialReply     text-end, data-response, transient, and finish: messageMetadata has usage, dollars,
               stopReason, and how long the model took
Error          text-end, data-error, error
"""

import secrets
from collections.abc import Iterable
from typing import assert_never

from app import events
from app.playground import NativeRequest, PlaygroundEvent, Thought, TrialReply
from app.web import schemas
from app.web.problems import INTERNAL
from app.web.streams import Part, dump, guardrail_part, transient

TEXT, REASONING = "text", "reasoning"


class TrialParts:
    """Remembers which part is open, and whether the last one was sent."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._has_begun = False
        self._open: str | None = None
        self._ended = False

    def bodies_of(self, event: PlaygroundEvent) -> Iterable[Part]:
        yield from self._start()
        match event:
            case NativeRequest():
                yield transient("data-request", dump(schemas.NativeRequest, event))
            case Thought():
                yield from self._delta(REASONING, event.text)
            case events.Text():
                yield from self._delta(TEXT, event.text)
            case events.Guardrail():
                yield guardrail_part(event)
            case events.BudgetWarning():
                yield transient("data-budget", dump(schemas.BudgetWarning, event))
            case TrialReply():
                yield from self._end(event)
            case events.Error():
                yield from self._error(event)
            case _:
                assert_never(event)

    def bodies_of_failure(self) -> Iterable[Part]:
        return () if self._ended else self._error(INTERNAL)

    def _start(self) -> Iterable[Part]:
        if not self._has_begun:
            self._has_begun = True
            metadata = {"model": self._model}
            yield {"type": "start", "messageId": secrets.token_hex(8), "messageMetadata": metadata}
            yield {"type": "start-step"}

    def _delta(self, kind: str, text: str) -> Iterable[Part]:
        if self._open != kind:
            yield from self._close()
            self._open = kind
            yield {"type": f"{kind}-start", "id": kind}
        yield {"type": f"{kind}-delta", "id": kind, "delta": text}

    def _close(self) -> Iterable[Part]:
        if self._open:
            yield {"type": f"{self._open}-end", "id": self._open}
            self._open = None

    def _end(self, reply: TrialReply) -> Iterable[Part]:
        yield from self._close()
        response = {"events": reply.response, "isWithheld": reply.is_withheld}
        yield transient("data-response", response)
        yield {"type": "finish-step"}
        metadata = {
            "model": reply.model,
            "stopReason": reply.stop_reason,
            "usage": dump(schemas.Usage, reply.usage),
            "dollars": reply.dollars,
            "firstTokenMilliseconds": reply.first_token_milliseconds,
            "milliseconds": reply.milliseconds,
        }
        yield {"type": "finish", "messageMetadata": metadata}
        self._ended = True

    def _error(self, event: events.Error) -> Iterable[Part]:
        yield from self._close()
        yield {"type": "data-error", "data": dump(schemas.TurnError, event)}
        yield {"type": "error", "errorText": f"{event.title}: {event.detail}"}
        self._ended = True
