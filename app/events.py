"""The events of a flow, and the values in them.

A flow yields events in this order and ends with exactly one terminal event, `Done` or `Error`.
`Done` has the whole answer, for a reader who does not want a stream. Events are values: no
identity, no I/O, equal when their fields are.

    Started Retrieval    Text Text Citation Text ... Usage Done
    Started Retrieval    Text ... BudgetWarning Usage Done     (much of a budget is spent)
    Started Retrieval    Text Nearest Usage Done               (the documents do not say)
    Started Retrieval    Text Error                            (nothing of it is stored)
    Started ToolCall ToolOutcome Text ... Usage Done           (an agent's turn)
    Started ToolCall Confirm Text ... Usage Done               (a person has to confirm first)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from app.errors import OperatorError, OutcropError

MetadataValue = str | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that Retrieve has found.

    Attributes:
        number: its place in the prompt, from 1, by which the model cites it.
        text: the chunk, word for word.
        uri: the address of its document, `s3://bucket/key`.
        score: how well it fits the query, 0 to 1; comparable within one retrieval only.
        page: the page of a PDF on which it begins, from 1, if the Knowledge Base has it.
        metadata: the document's own attributes, from its sidecar.
        own_title: the title that the document gives itself, if it is known.
        page_label: what the PDF calls the page, such as iii or A-3; None if that is its number, or
            if the Knowledge Base does not have it.
    """

    number: int
    text: str
    uri: str
    score: float
    page: int | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    own_title: str | None = None
    page_label: str | None = None

    @property
    def document(self) -> str:
        """The document's path: its key in the bucket; of one that is not in S3, its address.

        >>> Passage(1, "", "s3://docs/guides/setup.md", 0.5).document
        'guides/setup.md'
        """
        bucket, _, key = self.uri.removeprefix("s3://").partition("/")
        return key if key and self.uri.startswith("s3://") and bucket else self.uri

    @property
    def title(self) -> str:
        """The document's own title, or else its file's name."""
        return self.own_title or self.document.rstrip("/").rsplit("/", 1)[-1]


GuardrailMode = Literal["buffer", "window", "verdict"]
"""When an answer is judged: before any of it is shown; window by window; when all is shown."""


@dataclass(frozen=True, slots=True)
class Started:
    """A turn has begun, in this conversation and with this model.

    Attributes:
        guardrail_mode: when the answer is judged; None without a guardrail.
        turn: the number under which the turn will be stored; None if it will not be.
    """

    kind: ClassVar[str] = "started"
    conversation: str
    model: str
    guardrail_mode: GuardrailMode | None = None
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The query, and the passages for it, best first."""

    kind: ClassVar[str] = "retrieval"
    query: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer. The pieces, joined, are the answer."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document that comes near a question, though it does not answer it.

    Attributes:
        document: the document's path, as in a citation.
        title: the document's own title, or else its file's name.
        section: the nearest heading above what is nearest to the question, if there is one.
        page: the page of a PDF, from 1.
        score: the passage's score.
        page_label: what the PDF calls the page, if that is not its number.
    """

    document: str
    title: str
    uri: str
    page: int | None
    section: str | None
    score: float
    page_label: str | None = None


@dataclass(frozen=True, slots=True)
class Nearest:
    """The documents do not answer the question; these places come nearest to it, best first."""

    kind: ClassVar[str] = "nearest"
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A mark `[number]` in the answer, resolved to a quote from a passage.

    Attributes:
        number: the number in the answer's brackets: 1 for the first passage cited, 2 for the next.
        document: the document's path: its key in the bucket.
        title: the document's own title, or else its file's name.
        uri: the document's address.
        page: the page of a PDF, from 1.
        section: the nearest heading above the quote, if the passage has one.
        start: the place of the quote in the passage, in characters (Unicode code points) from 0.
        end: the place after it; `passage[start:end]` is the quote.
        text: the quote.
        passage: the whole passage.
        score: the passage's score.
        mark: the place of the mark in the answer, in characters. An answer may hold numbers in
            brackets that are no marks: code, or numbers that a document has itself.
        mark_utf16: the same in UTF-16 code units, as JavaScript counts.
        headings: the headings of the sections of the passage that the quote is in, outermost first.
        table_header: the header of the table, if the quote is one of its rows.
        supported: whether the words of the quote and its passage support the sentence before the
            mark; None if that is not known.
        page_label: what the PDF calls the page, if that is not its number.
    """

    kind: ClassVar[str] = "citation"
    number: int
    document: str
    title: str
    uri: str
    page: int | None
    section: str | None
    start: int
    end: int
    text: str
    passage: str
    score: float
    mark: int | None = None  # None in turns that older versions have stored
    mark_utf16: int | None = None
    headings: tuple[str, ...] = ()
    table_header: str | None = None
    supported: bool | None = None
    page_label: str | None = None

    @property
    def start_utf16(self) -> int:
        """`start` in UTF-16 code units: `passage.slice(startUtf16, endUtf16)` in JavaScript."""
        return utf16_length(self.passage[: self.start])

    @property
    def end_utf16(self) -> int:
        return self.start_utf16 + utf16_length(self.passage[self.start : self.end])


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 code units, as JavaScript, Java and C# count.

    >>> utf16_length("rate"), utf16_length("🎉")
    (4, 2)
    """
    return len(text) if text.isascii() else len(text) + sum(sign > "\uffff" for sign in text)


GuardrailSource = Literal["question", "passage", "tool_input", "tool_result", "answer"]
GuardrailAction = Literal["none", "masked", "blocked", "unjudged"]
GuardrailPolicy = Literal["topic", "content", "word", "sensitive_information", "grounding"]


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """What one policy of a guardrail found in a text, without the text that matched.

    Attributes:
        kind: a topic's name; a kind of content such as VIOLENCE or PROMPT_ATTACK; WORD, or the
            managed list's type; a type of PII or the name of a regular expression; GROUNDING or
            RELEVANCE.
        action: BLOCKED, ANONYMIZED or NONE, as Bedrock reports it.
        confidence: of a content filter: NONE, LOW, MEDIUM or HIGH.
        score: of grounding and relevance, 0 to 1.
        threshold: the least score that passes.
    """

    policy: GuardrailPolicy
    kind: str
    action: str
    confidence: str | None = None
    score: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A verdict of the guardrail that its reader has to know of: it masked parts of a text, such as
    names, or blocked the text; it let the text pass and reports findings or scores (`none`); or the
    text passed `unjudged`, because the guardrail was down and the settings let texts pass then.

    A masked question, passage, tool input or tool result is used as `text`. A blocked question has
    `text`, the guardrail's message, as its answer; a blocked passage is not shown to the model. If
    the answer is masked or blocked, a reader has to replace all text shown so far by `text`; a
    masked answer keeps its citations.

    Attributes:
        text: in place of the text that was judged; None if that stays as it is.
        reason: the guardrail's own words, or why there is no verdict.
        subject: the address of a passage's document, or the name of a tool.
        policies: what each policy found.
    """

    kind: ClassVar[str] = "guardrail"
    source: GuardrailSource
    action: GuardrailAction
    text: str | None
    reason: str | None = None
    subject: str | None = None
    policies: tuple[PolicyFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model calls a tool. The outcome follows, or a Confirm.

    Attributes:
        call: the call's id in its turn.
        arguments: as they are used: the guardrail may have masked parts of them.
    """

    kind: ClassVar[str] = "tool_call"
    call: str
    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a call came to.

    Attributes:
        call: the id of its ToolCall.
        text: what the model reads of it, mostly JSON.
        is_error: whether the call was refused, or has failed.
    """

    kind: ClassVar[str] = "tool_result"
    call: str
    tool: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """A call that is not made before the person who asks confirms it. It ends the turn.

    Attributes:
        confirmation: the id by which it is confirmed or denied, once.
        call: the id of its ToolCall.
        expires: from then on it can be confirmed no more.
    """

    kind: ClassVar[str] = "confirm"
    confirmation: str
    call: str
    tool: str
    arguments: Mapping[str, Any]
    expires: datetime


ToolStep = ToolCall | ToolOutcome | Confirm


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that the turn's model calls are billed for."""

    kind: ClassVar[str] = "usage"
    input_tokens: int
    output_tokens: int

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        )


@dataclass(frozen=True, slots=True)
class BudgetWarning:
    """Much of a principal's budget is spent, but not all of it.

    Attributes:
        amount: what is spent in the period so far, calls under way included.
        limit: the most that may be spent; then questions are refused.
        resets: when the next period begins.
    """

    kind: ClassVar[str] = "budget"
    period: Literal["day", "month"]
    unit: Literal["tokens", "dollars"]
    amount: float
    limit: float
    resets: datetime


StopReason = Literal["end", "length", "stop_sequence", "guardrail", "filtered", "confirm", "limit"]
"""Why an answer ends. An agent's may end because a call waits to be confirmed (`confirm`), or
because a limit of its turn is reached (`limit`).
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole turn, as the guardrail has left it.

    Attributes:
        turn: the number under which it is stored, from 0; None if it is not stored: a question that
            the guardrail blocked, or a conversation that the caller keeps.
        nearest: the places that come nearest to the question, if the documents do not answer it.
        guardrail: the verdicts of the turn, in their order.
        steps: an agent's calls and what they came to, in their order.
    """

    answer: str
    citations: tuple[Citation, ...]
    usage: Usage
    model: str
    conversation_id: str
    turn: int | None
    stop_reason: StopReason
    nearest: tuple[Place, ...] = ()
    guardrail: tuple[Guardrail, ...] = ()
    steps: tuple[ToolStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The answer is whole, and the turn is stored, unless the caller keeps the conversation."""

    kind: ClassVar[str] = "done"
    answer: Answer


@dataclass(frozen=True, slots=True)
class Error:
    """The turn has failed, and nothing of it is stored. Fields as in `problem+json`.

    Attributes:
        retry_after: in how many seconds the same question may succeed; None for a few.
        resets_at: the moment at which it may, if that is known.
    """

    kind: ClassVar[str] = "error"
    status: int
    code: str
    title: str
    detail: str
    retryable: bool
    retry_after: int | None = None
    resets_at: datetime | None = None

    @classmethod
    def of(cls, error: OutcropError) -> "Error":
        """The part of an error that a caller may read: an operator's detail stays in the log."""
        detail = error.title if isinstance(error, OperatorError) else error.detail
        return cls(
            error.status,
            error.code,
            error.title,
            detail,
            error.retryable,
            error.retry_after,
            error.resets_at,
        )


Event = (
    Started
    | Retrieval
    | Text
    | Citation
    | Guardrail
    | Nearest
    | ToolCall
    | ToolOutcome
    | Confirm
    | BudgetWarning
    | Usage
    | Done
    | Error
)
