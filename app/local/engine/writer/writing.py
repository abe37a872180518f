"""What a model writes: an answer, piece by piece, and how it ended.

`Generation` is text while it is made; `Writing` is what a caller gets, deltas of text, thoughts and
calls, whichever `Model` wrote them.
"""

from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from app.local.engine.writer.content import Quote
from app.local.engine.writer.deltas import Delta, QuoteDelta, TextDelta, TextStart
from app.local.engine.writer.prompt import Prompt, Sampling

StopReason = Literal["end", "length", "stop", "tool_use"]


@dataclass(frozen=True)
class Citation:
    """Which documents stand behind the characters [start, end) of the answer, and where in them it
    stands, where the request asks for that.
    """

    start: int
    end: int
    documents: tuple[str, ...]
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Finish:
    """How an answer ended. `stop_sequence` is the one that ended it, where one did."""

    reason: StopReason
    input_tokens: int
    output_tokens: int
    stop_sequence: str | None = None


class Generation:
    """A text that is being written.

    It is iterated once, for its pieces; they, joined, are the text. `finish` is there when they
    have all been taken. Nothing more is computed once it is closed.
    """

    finish: Finish

    def __init__(
        self,
        pieces: Generator[str, None, Finish],
        input_tokens: int,
        citations: tuple[Citation, ...] = (),
    ) -> None:
        self._pieces = pieces
        self.input_tokens = input_tokens
        self.citations = citations

    def __iter__(self) -> Iterator[str]:
        self.finish = yield from self._pieces

    def close(self) -> None:
        self._pieces.close()


class Writing(Protocol):
    """An answer that is being written, for the event loop: waiting for the next delta costs no
    thread. It is iterated once; `finish` is there at the end. `aclose` ends the writing at once,
    and has to be called.
    """

    finish: Finish

    @property
    def input_tokens(self) -> int: ...

    @property
    def citations(self) -> tuple[Citation, ...]: ...

    @property
    def author(self) -> str:
        """Who writes it: the stand-in, or the model of the server in its place."""
        ...

    def __aiter__(self) -> AsyncIterator[Delta]:
        """Raises ModelError, while the deltas are taken."""
        ...

    async def aclose(self) -> None: ...


class Written:
    """A Writing of the stand-in's own, which is there already."""

    author = "stand-in"

    def __init__(
        self, deltas: Sequence[Delta], finish: Finish, citations: tuple[Citation, ...] = ()
    ) -> None:
        self.deltas = deltas
        self.finish = finish
        self.input_tokens = finish.input_tokens
        self.citations = citations

    @classmethod
    def of(cls, generation: Generation) -> "Written":
        """A text, all of whose pieces are taken."""
        deltas = list(_in_blocks(list(generation), generation.citations))
        return cls(deltas, generation.finish, generation.citations)

    async def __aiter__(self) -> AsyncIterator[Delta]:
        for delta in self.deltas:
            yield delta

    async def aclose(self) -> None:
        """There is nothing to end."""


def _in_blocks(pieces: Sequence[str], citations: Sequence[Citation]) -> Iterator[Delta]:
    """The deltas of a text: what quotes something is a block of its own, its quotes behind it, and
    so is what stands between two of them, unless it is white space.
    """
    quoting = [one for one in citations if one.quotes]
    place = 0
    for end, quotes in _segments("".join(pieces), quoting):
        if quoting:
            yield TextStart()
        yield from map(TextDelta, _between(pieces, place, end))
        yield from map(QuoteDelta, quotes)
        place = end


def _segments(text: str, quoting: Sequence[Citation]) -> Iterator[tuple[int, tuple[Quote, ...]]]:
    """Where each part of the text ends, and what it quotes."""
    place = 0
    for one in quoting:
        if one.start >= len(text):  # the answer was cut before it
            break
        if text[place : one.start].strip():
            yield one.start, ()
        place = min(one.end, len(text))
        yield place, one.quotes
    if place < len(text):
        yield len(text), ()


def _between(pieces: Sequence[str], start: int, end: int) -> Iterator[str]:
    place = 0
    for piece in pieces:
        part = piece[max(0, start - place) : max(0, end - place)]
        place += len(piece)
        if part:
            yield part


class Model(Protocol):
    """What writes: the extractive writer, or a server that we ask."""

    @property
    def uses_tools(self) -> bool:
        """Whether it may be given tools, and the schema of its answer."""
        ...

    async def write(self, prompt: Prompt, sampling: Sampling) -> Writing:
        """Begin an answer.

        Raises:
            ModelError: at once, or while the deltas are taken.
        """
        ...

    def count(self, prompt: Prompt) -> int:
        """How many tokens the prompt is."""
        ...


class ModelError(Exception):
    """The model failed; `status` is the HTTP status of the server behind it, where there is one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class ModelTimeout(ModelError):
    """The model took too long."""
