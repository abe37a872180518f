"""The nouns that flow: what every answer is made of, whoever reads it.

A flow yields these in order and ends with exactly one terminal event, `Done` or `Error`. `Done`
carries the whole answer, for whoever does not want a stream. They are values: no identity, no I/O,
equal when their fields are.

    Started Retrieval  Text Text Citation Text ... Usage Done
    Started Retrieval  Text Error                          (nothing of it is stored)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from app.errors import OperatorError, OutcropError

MetadataValue = str | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document, as Retrieve found it.

    Attributes:
        number: its place in the prompt, from 1; what the model cites it by.
        text: the chunk, word for word.
        uri: where its document lies, `s3://bucket/key`.
        score: how well it fits, 0 to 1; comparable within one retrieval only.
        page: the page of a PDF that it begins on, from 1, where the Knowledge Base tells.
        metadata: the document's own attributes, from its sidecar.
    """

    number: int
    text: str
    uri: str
    score: float
    page: int | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)

    @property
    def document(self) -> str:
        """The document's name: the last part of its address."""
        return self.uri.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Started:
    """A turn has begun: in which conversation, and which model will answer."""

    kind: ClassVar[str] = "started"
    conversation: str
    model: str


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was looked for, and what was found, best first."""

    kind: ClassVar[str] = "retrieval"
    query: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer. The pieces, joined, are the answer."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A mark `[number]` in the answer, resolved to the words that stand behind it.

    Attributes:
        number: what stands in the answer's brackets: 1 for the first passage cited, 2 for the next.
        document: the document's name.
        uri: where the document lies.
        page: the page of a PDF, from 1.
        section: the nearest heading above the quote, where the passage holds one.
        start: where the quote begins in the passage, in characters (Unicode code points) from 0.
        end: where it ends; `passage[start:end]` is the quote.
        text: the quote.
        passage: the passage, whole.
        score: the passage's score.
        mark: where the mark begins in the answer, in characters. An answer may hold numbers in
            brackets that are no marks: code, or what a document says itself.
        mark_utf16: the same in UTF-16 code units, as JavaScript counts.
    """

    kind: ClassVar[str] = "citation"
    number: int
    document: str
    uri: str
    page: int | None
    section: str | None
    start: int
    end: int
    text: str
    passage: str
    score: float
    mark: int | None = None  # turns that were stored before it was counted have none
    mark_utf16: int | None = None

    @property
    def start_utf16(self) -> int:
        """`start` in UTF-16 code units: `passage.slice(startUtf16, endUtf16)` in JavaScript."""
        return utf16_length(self.passage[: self.start])

    @property
    def end_utf16(self) -> int:
        return self.start_utf16 + utf16_length(self.passage[self.start : self.end])


def utf16_length(text: str) -> int:
    """How long a text is in UTF-16 code units, as JavaScript, Java and C# count.

    >>> utf16_length("rate"), utf16_length("🎉")
    (4, 2)
    """
    return len(text) + sum(sign > "\uffff" for sign in text)


GuardrailSource = Literal["question", "passage", "tool_input", "tool_result", "answer"]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """The guardrail intervened: it masked parts of a text, such as names, or kept the text out.

    A masked question, passage, tool input or tool result goes on as `text`. A blocked question has
    `text`, the guardrail's message, for its answer; a blocked passage is left out of what the model
    reads. Of an answer, what was shown so far is to be taken back and `text` shown in its place; a
    masked answer keeps its citations.

    Attributes:
        reason: the guardrail's own words for why.
        subject: the address of the document that a passage is from, or the name of a tool.
    """

    kind: ClassVar[str] = "guardrail"
    source: GuardrailSource
    action: Literal["masked", "blocked"]
    text: str
    reason: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What the turn's model calls were billed for, in tokens."""

    kind: ClassVar[str] = "usage"
    input_tokens: int
    output_tokens: int

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        )


StopReason = Literal["end", "length", "stop_sequence", "guardrail", "filtered"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A turn, whole: what a reader is left with once the guardrail has judged it.

    Attributes:
        model: who wrote it: the id of the model, or what answered in its place, as in "stand-in, as
            amazon.nova-lite-v1:0".
        turn: the number that it is stored under, from 0; None where it is not stored: a question
            that the guardrail refused, or a conversation that the caller keeps.
    """

    answer: str
    citations: tuple[Citation, ...]
    usage: Usage
    model: str
    conversation_id: str
    turn: int | None
    stop_reason: StopReason


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is whole, and the turn is stored, unless the caller keeps the conversation."""

    kind: ClassVar[str] = "done"
    answer: Answer


@dataclass(frozen=True, slots=True)
class Error:
    """The answer ends here, unfinished; nothing of it is stored. Fields as in `problem+json`."""

    kind: ClassVar[str] = "error"
    status: int
    code: str
    title: str
    detail: str
    retryable: bool

    @classmethod
    def of(cls, error: OutcropError) -> "Error":
        """What a caller may read of an error: an operator's detail stays in the log."""
        shown = error.title if isinstance(error, OperatorError) else error.detail
        return cls(error.status, error.code, error.title, shown, error.retryable)


Event = Started | Retrieval | Text | Citation | Guardrail | Usage | Done | Error
