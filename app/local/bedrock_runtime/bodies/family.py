"""What a family of models is: how its bodies are read, and how an answer is put into them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.local.engine.writer.content import Block, Text
from app.local.engine.writer.deltas import BlockDelta, BlockEvent, TextDelta
from app.local.engine.writer.prompt import Prompt, Sampling
from app.local.engine.writer.writing import Citation, Finish

JSON = dict[str, Any]
RETURNED = "The model returned the following errors: "  # what Converse puts before a model's words


class InvalidBody(Exception):
    """The body breaks a rule of its family.

    Attributes:
        message: worded as Bedrock words it.
        native: as models word it that check their bodies themselves; "" where they say the same.
    """

    def __init__(self, message: str, native: str = "") -> None:
        super().__init__(message)
        self.message, self.native = message, native


@dataclass(frozen=True)
class Cached:
    """How many tokens of a prompt a cache held, and how many were written to it, by their time."""

    read: int = 0
    written_5m: int = 0
    written_1h: int = 0

    @property
    def written(self) -> int:
        return self.written_5m + self.written_1h

    def with_written(self, tokens: int, ttl: str) -> "Cached":
        """With more tokens written."""
        if ttl == "1h":
            return replace(self, written_1h=self.written_1h + tokens)
        return replace(self, written_5m=self.written_5m + tokens)

    def beside(self, tokens: int) -> int:
        """How many of a prompt's tokens the cache has nothing to do with."""
        return max(tokens - self.read - self.written, 0)


@dataclass(frozen=True)
class Request:
    """What a body asks for.

    Attributes:
        named: the parameters of the Sampling that it names.
        cached: what a prompt cache did for it; None where its model has none.
    """

    prompt: Prompt
    sampling: Sampling
    named: frozenset[str]
    cached: Cached | None = None

    @classmethod
    def of(cls, prompt: Prompt, *, stop: Sequence[str] = (), **parameters: Any) -> "Request":
        """With the parameters of a Sampling, None for those that the body leaves out."""
        named = {name: value for name, value in parameters.items() if value is not None}
        return cls(prompt, Sampling(**named, stop=tuple(stop)), frozenset(named))


@dataclass(frozen=True)
class Reply:
    """An answer that is to be put into a body.

    Attributes:
        model: the id of the model that is to have answered.
        id: of this answer, 24 letters and digits.
        body: the request's body, some of which some families repeat; empty behind Converse.
        content: its blocks, in order.
        spans: the tokenizer: the characters of every token of a text.
        cached: what a prompt cache did for it; None where its model has none.
    """

    model: str
    id: str
    body: JSON
    content: tuple[Block, ...]
    finish: Finish
    citations: Sequence[Citation]
    spans: Callable[[str], list[tuple[int, int]]]
    cached: Cached | None = None

    @property
    def text(self) -> str:
        """Its text alone: all that a family without other blocks has room for."""
        return "".join(block.text for block in self.content if isinstance(block, Text))


@dataclass(frozen=True)
class Opening:
    """What is known of an answer before its first block."""

    model: str
    id: str
    body: JSON
    input_tokens: int
    cached: Cached | None = None


def _unchanged(_: JSON, request: Request) -> Request:
    return request


@dataclass(frozen=True)
class Family:
    """The bodies of a family.

    Attributes:
        read: a request's body -> what it asks for. Raises InvalidBody.
        whole: the body of a whole answer.
        opening: the chunks before the first block.
        event: the chunks of what happens to a block, given how many tokens are written with it.
        closing: the chunks after the last block; to the very last one Bedrock adds its metrics.
        top_k: where a body has top_k, which Converse has no member for: the path that a caller
            writes it by in `additionalModelRequestFields`.
        betas: the member that names features in beta, which change nothing here.
        inert: further members that a caller may write there, and that change nothing here.
        lacks: members that a caller may write there in AWS, and not here.
        more: other members of the family's own body that Converse passes on from there.
        extend: what those ask for, put into a request. Raises InvalidBody.
    """

    read: Callable[[JSON], Request]
    whole: Callable[[Reply], JSON]
    opening: Callable[[Opening], list[JSON]]
    event: Callable[[Opening, BlockEvent, int], list[JSON]]
    closing: Callable[[Reply], list[JSON]]
    top_k: tuple[str, ...] = ()
    betas: str = ""
    inert: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()
    extend: Callable[[JSON, Request], Request] = _unchanged


def text_events(
    piece: Callable[[Opening, str, int], list[JSON]],
) -> Callable[[Opening, BlockEvent, int], list[JSON]]:
    """The `event` of a family whose chunks hold text alone, by the chunks of a piece of text.

    Blocks of other kinds are left out: the family's bodies have no place for them.
    """

    def event(opening: Opening, event: BlockEvent, tokens: int) -> list[JSON]:
        match event:
            case BlockDelta(delta=TextDelta(text)):
                return piece(opening, text, tokens)
            case _:
                return []

    return event
