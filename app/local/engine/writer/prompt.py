"""What a model is asked, how it is to write, and what it writes: the nouns of this package."""

import json
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal, Protocol

from app.local.engine.writer.content import (
    Delta,
    Image,
    Quote,
    QuoteDelta,
    TextDelta,
    TextStart,
    ToolResult,
    ToolUse,
)

StopReason = Literal["end", "length", "stop", "tool_use"]


@dataclass(frozen=True)
class Turn:
    """What one side said.

    Attributes:
        role: whose turn it is.
        text: its text, all blocks of it.
        tool_uses: the calls that the assistant asked for behind its text.
        tool_results: what the calls of the turn before answered; the user's text comes behind them.
        images: what is shown beside the text.
        documents: documents and search results beside the text.
    """

    role: Literal["user", "assistant"]
    text: str
    tool_uses: tuple[ToolUse, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    images: tuple[Image, ...] = ()
    documents: "tuple[Document, ...]" = ()

    @property
    def all_images(self) -> tuple[Image, ...]:
        """Its images, and before them those of the results of tools."""
        shown = chain.from_iterable(result.images for result in self.tool_results)
        return (*shown, *self.images)


@dataclass(frozen=True)
class Tool:
    """A tool that the model may ask for.

    Attributes:
        input_schema: the JSON Schema of its parameters.
        strict: whether the parameters have to keep to the schema to the letter.
    """

    name: str
    description: str
    input_schema: dict[str, Any]
    strict: bool = False


@dataclass(frozen=True)
class ToolChoice:
    """Whether the model may ask for a tool ("auto"), must ("any"), must for `name` ("tool"), or may
    not ("none"). Without `parallel` it asks for one at most.
    """

    kind: Literal["auto", "any", "tool", "none"] = "auto"
    name: str = ""
    parallel: bool = True


@dataclass(frozen=True)
class File:
    """A document that is not read yet: its bytes, or the S3 URI where they lie."""

    format: str
    data: bytes
    uri: str = ""


@dataclass(frozen=True)
class Document:
    """A document that a body carries apart from its text, or the result of a search.

    Attributes:
        id: what it is cited by.
        text: all of it.
        kind: whether it is one text, or has pages or blocks, which are its `parts`.
        parts: its pages or blocks; none where it is one text.
        origin: where a search result comes from.
        about: what the caller says of it; it is no part of it, and not quoted.
        cited: whether the answer has to say where in it a sentence stands.
        file: what its text is to be read from, as long as that is not done.
    """

    id: str
    text: str
    title: str = ""
    kind: Literal["char", "page", "block", "search_result"] = "char"
    parts: tuple[str, ...] = ()
    origin: str = ""
    about: str = ""
    cited: bool = False
    file: File | None = None


@dataclass(frozen=True)
class Prompt:
    """A conversation that ends with what is asked now.

    Attributes:
        turns: oldest first.
        system: what the model is told about its task, apart from the conversation.
        documents: passages that stand apart from the text; they are cited apart from it, too.
        tools: what the model may ask for.
        tool_choice: whether it may or must.
        output_schema: the JSON Schema of the answer, which is JSON then; None where it is text.
    """

    turns: tuple[Turn, ...]
    system: str = ""
    documents: tuple[Document, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolChoice()
    output_schema: dict[str, Any] | None = None

    @property
    def prefill(self) -> str:
        """How the answer begins already: what an assistant says who speaks last."""
        last = self.turns[-1]
        return last.text if last.role == "assistant" else ""

    def unbegun(self) -> "Prompt":
        """The same without the beginning of the answer."""
        return replace(self, turns=self.turns[:-1]) if self.prefill else self

    @property
    def all_documents(self) -> tuple[Document, ...]:
        """Its documents, and those of its turns, in order."""
        return (*self.documents, *(one for turn in self.turns for one in turn.documents))

    @property
    def texts(self) -> tuple[str, ...]:
        """All of its texts, as they are counted."""
        documents = (
            text for one in self.all_documents for text in (one.title, one.about, one.text)
        )
        tools = (
            text
            for tool in self.tools
            for text in (tool.name, tool.description, json.dumps(tool.input_schema))
        )
        output = [json.dumps(self.output_schema)] if self.output_schema is not None else []
        turns = chain.from_iterable(map(_texts, self.turns))
        return (self.system, *turns, *documents, *tools, *output)


def _texts(turn: Turn) -> Iterator[str]:
    yield turn.text
    for use in turn.tool_uses:
        yield from (use.name, use.input)
    for result in turn.tool_results:
        yield result.text


@dataclass(frozen=True)
class Thinking:
    """That a model is to reason before it answers.

    Attributes:
        kind: up to a budget, or as far as it finds it worth while.
        budget: the most tokens of its thoughts.
        signed: whether a signature proves that they are the model's.
        instead: what is shown in place of the thoughts; None where they are shown.
    """

    kind: Literal["enabled", "adaptive"]
    budget: int | None = None
    signed: bool = False
    instead: str | None = None


@dataclass(frozen=True)
class Sampling:
    """How an answer is drawn. What is None is left to the model.

    Attributes:
        temperature: 0 for the likeliest answer, more for variety. The stand-in's own is 0.
        top_p: draw among the likeliest that together have this probability.
        top_k: draw among this many likeliest.
        max_tokens: the longest answer, in tokens.
        stop: texts that end the answer, and are not part of it.
        effort: how long a model that reasons may do so: "low", "medium", "high", ...
        thinking: that it is to reason, and whether its thoughts are shown.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_tokens: int = 4096
    stop: tuple[str, ...] = ()
    effort: str | None = None
    thinking: Thinking | None = None


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
