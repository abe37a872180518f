"""Translates events to a UI message stream (version 1), which chat clients read.

    Started     start, start-step                 messageMetadata: conversationId, model
    Retrieval   data-retrieval                    the query and the passages
    Text        text-start once, text-delta
    Citation    source-document once for each source, data-citation
    Guardrail   data-guardrail                    source, subject, action, reason, text
    Usage       nothing: Done has it too
    Done        text-end, finish-step, finish     messageMetadata: model, turn, usage, stopReason
    Error       text-end, data-error, error

The stream's last line is always `[DONE]`, and the part before it tells how the turn ended.
"""

import json
import logging
import secrets
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any, assert_never

from pydantic import BaseModel

from app import events
from app.web import schemas
from app.web.problems import INTERNAL

log = logging.getLogger(__name__)

HEADERS = {"x-vercel-ai-ui-message-stream": "v1"}
END = "[DONE]"
TERMINAL = ("finish", "error")
MEDIA_TYPE = "text/plain"  # of a source: the passage is text, whatever the type of its document

Part = dict[str, Any]


def sse(turn: Generator[events.Event, None, None]) -> Iterator[bytes]:
    """The stream, part by part. It ends properly even if an event cannot be written."""
    stream = _Stream()
    with closing(turn):
        try:
            for event in turn:
                for part in stream.parts_of(event):
                    yield _line(json.dumps(part, ensure_ascii=False, allow_nan=False))
                    stream.ended |= part["type"] in TERMINAL
        except Exception as error:
            log.error("an event cannot be written: %s", type(error).__name__, exc_info=error)
            if not stream.ended:
                yield from (_line(json.dumps(part)) for part in stream.broken())
    yield _line(END)


def _line(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


class _Stream:
    """Remembers the open parts, and the sources that were sent."""

    def __init__(self) -> None:
        self.ended = False
        self._text_open = False
        self._sources: set[int] = set()

    def parts_of(self, event: events.Event) -> Iterable[Part]:
        """The parts for an event."""
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
                return [{"type": "data-guardrail", "data": asdict(event)}]
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
        yield {"type": "start", "messageId": secrets.token_hex(8), "messageMetadata": metadata}
        yield {"type": "start-step"}

    def _retrieval(self, event: events.Retrieval) -> Iterator[Part]:
        passages = [_dump(schemas.Passage, passage) for passage in event.passages]
        yield {"type": "data-retrieval", "data": {"query": event.query, "passages": passages}}

    def _text(self, event: events.Text) -> Iterator[Part]:
        if not self._text_open:
            self._text_open = True
            yield {"type": "text-start", "id": "answer"}
        yield {"type": "text-delta", "id": "answer", "delta": event.text}

    def _citation(self, event: events.Citation) -> Iterator[Part]:
        citation = _dump(schemas.Citation, event)
        if event.number not in self._sources:
            self._sources.add(event.number)
            yield {
                "type": "source-document",
                "sourceId": str(event.number),
                "mediaType": MEDIA_TYPE,
                "title": event.section or event.document,
                "filename": event.document,
                "providerMetadata": {"outcrop": citation},
            }
        yield {"type": "data-citation", "data": citation}

    def _done(self, answer: events.Answer) -> Iterator[Part]:
        yield from self._text_end()
        yield {"type": "finish-step"}
        metadata = {
            "model": answer.model,
            "turn": answer.turn,
            "stopReason": answer.stop_reason,
            "usage": _dump(schemas.Usage, answer.usage),
        }
        yield {"type": "finish", "messageMetadata": metadata}

    def _error(self, event: events.Error) -> Iterator[Part]:
        yield from self._text_end()
        yield {"type": "data-error", "data": asdict(event)}
        yield {"type": "error", "errorText": f"{event.title}: {event.detail}"}

    def broken(self) -> Iterator[Part]:
        """The end of a stream with an event that could not be written."""
        return self._error(INTERNAL)

    def _text_end(self) -> Iterator[Part]:
        if self._text_open:
            yield {"type": "text-end", "id": "answer"}


def _dump(schema: type[BaseModel], value: object) -> Part:
    """A value in the form that it has everywhere on the wire."""
    return schema.model_validate(value).model_dump(by_alias=True, mode="json")
