"""A turn's events as server-sent events, in the form of one API."""

import json
import logging
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, Protocol, TypeVar

log = logging.getLogger(__name__)

END = b"data: [DONE]\n\n"
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


E = TypeVar("E")
E_contra = TypeVar("E_contra", contravariant=True)


class EventTranslator(Protocol[E_contra]):
    """What an API sends for the events of one turn."""

    def bodies_of(self, event: E_contra, /) -> Iterable[dict[str, Any]]:
        """The JSON bodies for an event."""

    def bodies_of_failure(self) -> Iterable[dict[str, Any]]:
        """The bodies that end the stream if an event cannot be written."""


def sse(turn: Generator[E, None, None], translator: EventTranslator[E]) -> Iterator[bytes]:
    """The stream of a turn, body by body. It ends properly even if an event cannot be written."""
    with closing(turn):
        try:
            for event in turn:
                yield from map(_line, translator.bodies_of(event))
        except Exception as error:
            log.error("an event cannot be written: %s", type(error).__name__, exc_info=error)
            yield from map(_line, translator.bodies_of_failure())
    yield END


def _line(body: dict[str, Any]) -> bytes:
    return f"data: {ENCODER.encode(body)}\n\n".encode()
