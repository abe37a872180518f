"""What messages are made of: blocks of content, in Bedrock Converse's terms.

    Message(role, content)      content: Text | Reasoning | ToolUse | ToolResult | Image | Document

A reply comes as a stream of deltas, each a part of the block that is open, then a BlockEnd, and so
on with the next block. `app.models.reply` puts them together.

    TextDelta | ReasoningDelta | ToolUseStart ToolInputDelta ..., BlockEnd

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.events import StopReason, Usage

Role = Literal["user", "assistant"]
ReplyStop = StopReason | Literal["tool_use"]
"""Why a reply ends: as an answer does, or because the model waits for the results of tools."""

ImageFormat = Literal["png", "jpeg", "gif", "webp"]
DocumentFormat = Literal["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"]


Qualifier = Literal["guard_content", "grounding_source", "query"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words. (`app.events.Text` is a piece of them, on its way to a reader.)

    Attributes:
        qualifier: what a guardrail over the call takes them for: what it judges, what an answer is
            grounded in, or what it has to be relevant to. Without such a guardrail it says nothing.
    """

    text: str
    qualifier: Qualifier | None = None


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What a model thought before it spoke.

    Attributes:
        text: the reasoning; empty where it is redacted.
        signature: the model's own proof that the text is its own. A text that is sent back goes
            with the signature that it came with.
        redacted: reasoning that only the model's maker can read, to be sent back as it came.
    """

    text: str = ""
    signature: str | None = None
    redacted: bytes | None = None


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A model's call of a tool.

    Attributes:
        id: the model's name for this call; its ToolResult repeats it.
        name: of the tool.
        input: the arguments, a JSON object by the tool's schema.
    """

    id: str
    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; `data` is the file, not base64."""

    format: ImageFormat
    data: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the model reads whole; `data` is the file, not base64."""

    name: str
    format: DocumentFormat
    data: bytes


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call of a tool came to; `id` is that of its ToolUse."""

    id: str
    content: tuple[Text | Image | Document, ...]
    status: Literal["success", "error"] = "success"


Block = Text | Reasoning | ToolUse | ToolResult | Image | Document

KINDS: Mapping[type[Block], str] = {
    Text: "text",
    Reasoning: "reasoning",
    ToolUse: "tool use",
    ToolResult: "tool result",
    Image: "image",
    Document: "document",
}
"""What each kind of block is called in errors."""


def text_of(blocks: Iterable[Block]) -> str:
    """The words of the Text blocks, joined as they stand.

    >>> text_of((Reasoning("Hm."), Text("Yes"), Text(".")))
    'Yes.'
    """
    return "".join(block.text for block in blocks if isinstance(block, Text))


@dataclass(frozen=True, slots=True)
class Message:
    """What one side of a conversation says."""

    role: Role
    content: tuple[Block, ...]

    @property
    def text(self) -> str:
        """The words of it."""
        return text_of(self.content)


def user(text: str) -> Message:
    return Message("user", (Text(text),))


def assistant(text: str) -> Message:
    return Message("assistant", (Text(text),))


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of a Text block."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """The next piece of a Reasoning block; its signature comes last."""

    text: str = ""
    signature: str | None = None
    redacted: bytes | None = None


@dataclass(frozen=True, slots=True)
class ToolUseStart:
    """A ToolUse block begins. Its input follows as ToolInputDelta."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolInputDelta:
    """The next piece of a tool's input, as JSON: it may be cut anywhere."""

    json: str


@dataclass(frozen=True, slots=True)
class BlockEnd:
    """The block that was open is whole."""


Delta = TextDelta | ReasoningDelta | ToolUseStart | ToolInputDelta | BlockEnd


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's reply, whole.

    Attributes:
        content: its blocks, without white space before the first text, and without blocks that
            say nothing.
        stop_reason: why it ends. `guardrail` means that the guardrail stepped in, and the text is
            what it put in place of the reply.
        usage: what Bedrock counted; 0 where it did not say.
        trace: what the guardrail judged, where a trace was asked for.
        author: who wrote it, where that is not the model that was asked: the stand-in says so.
        intervened: whether a guardrail over the call stepped in, to block or to mask; None if the
            reply does not say, as without one.
    """

    content: tuple[Block, ...]
    stop_reason: ReplyStop
    usage: Usage
    trace: Mapping[str, Any] | None = field(default=None)
    author: str | None = None
    intervened: bool | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The words of it, without its reasoning."""
        return text_of(self.content)
