"""The deltas in which a model writes the blocks of its answer.

    deltas   TextDelta  TextDelta  ToolUseStart  ToolInputDelta  ToolInputDelta
    blocks   [ Text            ]   [ ToolUse                                   ]
    events   start  delta  delta  stop  start   delta           delta   stop

A model yields deltas. A block ends where a delta of another kind follows, or another tool use
begins. `Blocks` turns deltas into events, which say of each delta to which block it belongs, and
keeps the whole blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.local.engine.writer.content import Block, Quote, Reasoning, Text, ToolUse


@dataclass(frozen=True)
class TextDelta:
    """More text of the block that was begun last."""

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
