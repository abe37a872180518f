"""What a conversation is made of: blocks, and the deltas in which a model writes them.

    deltas   TextDelta  TextDelta  ToolUseStart  ToolInputDelta  ToolInputDelta
    blocks   [ Text            ]   [ ToolUse                                   ]
    events   start  delta  delta  stop  start   delta           delta   stop

A model yields deltas. A block ends where a delta of another kind follows, or another tool use
begins. `Blocks` turns deltas into events, which say of each delta to which block it belongs, and
keeps the whole blocks. The application has blocks of the same names in `app.models.content`, which
are the same nouns on its side of the wire.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # it imports this module
    from app.local.engine.writer.prompt import Document

JSON = dict[str, Any]


@dataclass(frozen=True)
class Quote:
    """What an answer quotes, and where it stands.

    Attributes:
        kind: what `start` and `end` count: characters of a document, its pages from 1, its blocks
            from 0, or the blocks of a search result. What is at `end` is no longer part of it.
        source: the place of the document among the request's documents, or of the search result
            among its search results.
        text: the words that stand there.
        title: of the document or the search result.
        origin: where a search result comes from.
    """

    kind: Literal["char", "page", "block", "search_result"]
    source: int
    start: int
    end: int
    text: str
    title: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Text:
    """Text for the reader, and what it quotes."""

    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Reasoning:
    """What the model thought before it answered. The signature proves that it was the model."""

    text: str
    signature: str = ""


@dataclass(frozen=True)
class ToolUse:
    """A call that the model asks for.

    Attributes:
        id: what the result will name.
        name: of the tool.
        input: its parameters, a JSON object as the model wrote it.
    """

    id: str
    name: str
    input: str

    def parameters(self) -> JSON:
        """The input as an object. A tool without parameters may have an empty one.

        Raises:
            ValueError: it is no JSON object; the answer was cut in the middle, for one.
        """
        parameters = json.loads(self.input or "{}")
        if not isinstance(parameters, dict):
            raise ValueError(f"{self.input!r} is no JSON object")
        return parameters

    def parameters_so_far(self) -> JSON:
        """The parameters that are whole: of an input that was cut, those before the cut.

        >>> cut = ToolUse("t1", "order", '{"id": "A1", "lines": [{"n": 1}, {"n": 2}], "weight": 1')
        >>> cut.parameters_so_far()
        {'id': 'A1', 'lines': [{'n': 1}, {'n': 2}]}
        """
        commas = [place for place, sign in enumerate(self.input) if sign == ","]
        wholes = (self.input, *(f"{self.input[:place]}}}" for place in reversed(commas)))
        for text in wholes:
            with suppress(ValueError):
                return replace(self, input=text).parameters()
        return {}


@dataclass(frozen=True)
class Image:
    """A picture; `data` is the file."""

    format: Literal["png", "jpeg", "gif", "webp"]
    data: bytes


@dataclass(frozen=True)
class ToolResult:
    """What a tool answered to the call with this id, or why it failed. Its documents become part
    of its text once they are read; those that are to be cited stay beside it.
    """

    id: str
    text: str
    failed: bool = False
    images: tuple[Image, ...] = ()
    documents: "tuple[Document, ...]" = ()


Block = Text | Reasoning | ToolUse


@dataclass(frozen=True)
class TextDelta:
    """More text."""

    text: str


@dataclass(frozen=True)
class TextStart:
    """A block of text begins, though the one before it may be text, too."""


@dataclass(frozen=True)
class QuoteDelta:
    """What the text of the block quotes."""

    quote: Quote


@dataclass(frozen=True)
class ReasoningDelta:
    """More reasoning, or its signature."""

    text: str = ""
    signature: str = ""


@dataclass(frozen=True)
class ToolUseStart:
    """A tool use begins. Its input follows."""

    id: str
    name: str


@dataclass(frozen=True)
class ToolInputDelta:
    """A piece of the JSON that is the input of the tool use that began last."""

    json: str


Delta = TextStart | TextDelta | QuoteDelta | ReasoningDelta | ToolUseStart | ToolInputDelta
PartDelta = TextDelta | QuoteDelta | ReasoningDelta | ToolInputDelta  # what a block grows by


@dataclass(frozen=True)
class BlockStart:
    """A block begins.

    Attributes:
        index: how many blocks came before it.
        nth: how many of them were of its kind.
        block: the block, empty as yet.
    """

    index: int
    nth: int
    block: Block


@dataclass(frozen=True)
class BlockDelta:
    """The block that began last grows. `index` and `nth` are those of its start."""

    index: int
    nth: int
    delta: PartDelta


@dataclass(frozen=True)
class BlockStop:
    """The block that began last is whole."""

    index: int
    block: Block


BlockEvent = BlockStart | BlockDelta | BlockStop


class Blocks:
    """Collects deltas to blocks, and says at each step what happens to which block."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    @property
    def content(self) -> tuple[Block, ...]:
        """The blocks so far."""
        return tuple(self._blocks)

    def add(self, delta: Delta) -> Iterator[BlockEvent]:
        """The events of one delta.

        >>> blocks = Blocks()
        >>> for delta in (TextDelta("Hi"), ToolUseStart("1", "clock"), ToolInputDelta("{}")):
        ...     print([type(event).__name__ for event in blocks.add(delta)])
        ['BlockStart', 'BlockDelta']
        ['BlockStop', 'BlockStart']
        ['BlockDelta']
        >>> blocks.content
        (Text(text='Hi', quotes=()), ToolUse(id='1', name='clock', input='{}'))
        """
        match delta:
            case TextStart():
                yield from self._begin(Text(""))
                return
            case TextDelta() | QuoteDelta():
                if not isinstance(self._last, Text):
                    yield from self._begin(Text(""))
            case ReasoningDelta():
                if not isinstance(self._last, Reasoning):
                    yield from self._begin(Reasoning(""))
            case ToolUseStart(id, name):
                yield from self._begin(ToolUse(id, name, ""))
                return
            case ToolInputDelta():
                if not isinstance(self._last, ToolUse):
                    raise ValueError("the input of a tool follows its start")
        self._blocks[-1] = _grown(self._blocks[-1], delta)
        yield BlockDelta(len(self._blocks) - 1, self._nth(), delta)

    def end(self) -> Iterator[BlockEvent]:
        """The last events. An answer without any delta is a block of empty text."""
        if not self._blocks:
            yield from self._begin(Text(""))
        yield BlockStop(len(self._blocks) - 1, self._blocks[-1])

    @property
    def _last(self) -> Block | None:
        return self._blocks[-1] if self._blocks else None

    def _begin(self, block: Block) -> Iterator[BlockEvent]:
        if self._blocks:
            yield BlockStop(len(self._blocks) - 1, self._blocks[-1])
        self._blocks.append(block)
        yield BlockStart(len(self._blocks) - 1, self._nth(), block)

    def _nth(self) -> int:
        """How many blocks of the last one's kind came before it."""
        kind = type(self._blocks[-1])
        return sum(type(block) is kind for block in self._blocks) - 1


def _grown(block: Block, delta: PartDelta) -> Block:
    match block, delta:
        case Text(text), TextDelta(more):
            return replace(block, text=text + more)
        case Text(), QuoteDelta(quote):
            return replace(block, quotes=(*block.quotes, quote))
        case Reasoning(text, signature), ReasoningDelta(more, rest):
            return Reasoning(text + more, signature + rest)
        case ToolUse(), ToolInputDelta(more):
            return replace(block, input=block.input + more)
        case _:
            raise TypeError(f"{delta} does not belong to {block}")


def delta_text(delta: Delta) -> str:
    """What a delta adds, as it is counted in tokens."""
    match delta:
        case TextDelta(text) | ReasoningDelta(text):
            return text
        case ToolInputDelta(text):
            return text
        case ToolUseStart(_, name):
            return name
        case TextStart() | QuoteDelta():
            return ""
