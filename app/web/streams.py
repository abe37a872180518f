"""Events -> the parts of a UI message stream (version 1), which chat clients read.

    Started     start, start-step                 messageMetadata: conversationId, model
    Retrieval   data-retrieval                    the query and the passages
    Text        text-start once, text-delta
    Citation    source-document once a source, data-citation
    Guardrail   data-guardrail                    source, action, and the text that takes its place
    Usage       nothing yet
    Done        text-end, finish-step, finish     messageMetadata: turn, usage, stopReason
    Error       text-end, data-error, error

Whatever happens, the stream's last line is `[DONE]`, and the part before it says how it ended.
"""

import json
import logging
import secrets
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from app import events
from app.web import schemas
from app.web.problems import INTERNAL

log = logging.getLogger(__name__)

HEADERS = {"x-vercel-ai-ui-message-stream": "v1"}
END = "[DONE]"
TERMINAL = ("finish", "error")
MEDIA_TYPE = "text/plain"  # of a source: the passage is shown as text, whatever its document is

Part = dict[str, Any]


def sse(turn: Generator[events.Event, None, None]) -> Iterator[bytes]:
    """The stream, part by part. It ends as a stream ends, also if an event cannot be written."""
    stream = _Stream()
    with closing(turn):
        try:
            for event in turn:
                for part in stream.parts_of[type(event)](event):
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
    """Knows what has been opened, and what has been named already."""

    def __init__(self) -> None:
        self.ended = False
        self._text_open = False
        self._sources: set[int] = set()
        self._usage = events.Usage(0, 0)
        self.parts_of: dict[type[events.Event], Callable[[Any], Iterator[Part]]] = {
            events.Started: self._started,
            events.Retrieval: self._retrieval,
            events.Text: self._text,
            events.Citation: self._citation,
            events.Guardrail: self._guardrail,
            events.Usage: self._count,
            events.Done: self._done,
            events.Error: self._error,
        }

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

    def _guardrail(self, event: events.Guardrail) -> Iterator[Part]:
        yield {"type": "data-guardrail", "data": asdict(event)}

    def _count(self, event: events.Usage) -> Iterator[Part]:
        self._usage += event
        return iter(())

    def _done(self, event: events.Done) -> Iterator[Part]:
        yield from self._text_end()
        yield {"type": "finish-step"}
        metadata = {
            "turn": event.turn,
            "stopReason": event.stop_reason,
            "usage": _dump(schemas.Usage, self._usage),
        }
        yield {"type": "finish", "messageMetadata": metadata}

    def _error(self, event: events.Error) -> Iterator[Part]:
        yield from self._text_end()
        yield {"type": "data-error", "data": asdict(event)}
        yield {"type": "error", "errorText": f"{event.title}: {event.detail}"}

    def broken(self) -> Iterator[Part]:
        """How a stream ends whose event could not be written."""
        return self._error(INTERNAL)

    def _text_end(self) -> Iterator[Part]:
        if self._text_open:
            yield {"type": "text-end", "id": "answer"}


def _dump(schema: type[BaseModel], value: object) -> Part:
    """A value in the shape that it has everywhere on the wire."""
    return schema.model_validate(value).model_dump(by_alias=True, mode="json")
