"""The bodies of requests and responses. Names are camelCase on the wire, as Bedrock's are.

Unknown fields are refused by name, so that a misspelt option is not ignored in silence.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)
from pydantic.alias_generators import to_camel

from app.events import MetadataValue, StopReason
from app.models import text_of
from app.retrieval import check_filter

LONGEST_MESSAGE = 10_000  # characters
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Message = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_MESSAGE),
]

RetrievalFilter = Annotated[
    dict[str, Any], AfterValidator(lambda members: members and check_filter(members))
]
"""A filter in a request's body. An empty one filters nothing."""


class _Schema(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        from_attributes=True,
        extra="forbid",
        frozen=True,
    )


class Violation(_Schema):
    """A part of the request, and the rule that it breaks."""

    field: str
    rule: str


class Problem(_Schema):
    """An RFC 9457 problem."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    request_id: str
    errors: list[Violation] | None = None
    resets_at: datetime | None = Field(
        default=None, description="When a budget that is spent begins anew."
    )


class TurnError(_Schema):
    """The error of a turn, in a stream."""

    status: int
    code: str
    title: str
    detail: str
    retryable: bool
    retry_after: int | None
    resets_at: datetime | None


class Question(_Schema):
    """A question, alone or as the next of a conversation."""

    message: Message
    conversation_id: Identifier | None = Field(
        default=None, description="The conversation to go on with; left out, a new one begins."
    )
    model: str | None = Field(default=None, max_length=2048, description="An id of GET /models.")
    filter: RetrievalFilter | None = Field(
        default=None, description="Bedrock's RetrievalFilter: which documents may be used."
    )


class UIPart(BaseModel):
    """A part of a message of the UI message protocol."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str = ""


class UIMessage(BaseModel):
    """A message of the UI message protocol. Only the last one is read: Outcrop stores the
    conversation, and not the page.
    """

    model_config = ConfigDict(extra="allow")

    id: str
    role: Literal["system", "user", "assistant"]
    parts: list[UIPart]


class UIQuestion(_Schema):
    """The body of `useChat`: the chat's id and its messages, of which the last is the question; and
    `model` and `filter`, from the option `body`.
    """

    id: Identifier = Field(description="The conversation.")
    messages: Annotated[list[UIMessage], Field(min_length=1)]
    trigger: Literal["submit-message", "regenerate-message"] = Field(
        default="submit-message", description="Ignored: the last message is answered."
    )
    message_id: str | None = Field(default=None, description="Ignored: the last is answered.")
    metadata: Any = Field(default=None, description="Ignored.")
    model: str | None = Field(default=None, max_length=2048, description="An id of GET /models.")
    filter: RetrievalFilter | None = Field(
        default=None, description="Bedrock's RetrievalFilter: which documents may be used."
    )


QUESTION_TAGS = ("question", "ui")


def _which(body: Any) -> str:
    return "ui" if isinstance(body, dict) and "messages" in body else "question"


AnyQuestion = Annotated[
    Annotated[Question, Tag("question")] | Annotated[UIQuestion, Tag("ui")], Discriminator(_which)
]


class CitedQuote(_Schema):
    """A mark `[number]` of the answer, resolved to a quote.

    `passage[start:end]` is `text`, the quote for the sentence before the mark. `mark` is the place
    of the mark in the answer: other numbers in brackets there are no marks. All three count Unicode
    code points, as Python does; those named utf16 count UTF-16 code units, as JavaScript does:
    `passage.slice(startUtf16, endUtf16) === text`.
    """

    number: int
    document: str
    title: str
    uri: str
    page: int | None
    page_label: str | None
    section: str | None
    start: int
    end: int
    start_utf16: int
    end_utf16: int
    text: str
    score: float
    mark: int | None
    mark_utf16: int | None
    headings: list[str]
    table_header: str | None
    supported: bool | None


class Citation(CitedQuote):
    """A mark `[number]` of the answer, resolved to a quote, with the text of its passage."""

    passage: str


class CitedPassage(_Schema):
    """A passage that a stored answer cites."""

    number: int
    text: str = Field(validation_alias="passage")
    document: str
    title: str
    uri: str
    page: int | None
    score: float


class Place(_Schema):
    """A place in a document that comes near a question, though it does not answer it."""

    document: str
    title: str
    uri: str
    page: int | None
    page_label: str | None
    section: str | None
    score: float


Nearest = Annotated[
    list[Place],
    Field(description="If the documents do not answer: the nearest places, best first, or none."),
]


class Usage(_Schema):
    """The tokens that the turn's model calls are billed for."""

    input_tokens: int
    output_tokens: int


class BudgetWarning(_Schema):
    """Much of a budget is spent: `amount` of `limit`, in a period that ends at `resets`."""

    period: Literal["day", "month"]
    unit: Literal["tokens", "dollars"]
    amount: float
    limit: float
    resets: datetime


class PeriodSpending(_Schema):
    """What was spent in a period, calls under way included, and what may be.

    Attributes:
        period: a day or a month, as in 2026-11-29.
        dollars: by list prices.
        most_tokens: the budget; None if there is none.
        resets: when the period ends.
    """

    period: str
    calls: int
    tokens: int
    dollars: float
    most_tokens: int | None = None
    most_dollars: float | None = None
    resets: datetime | None = None


class Spending(_Schema):
    """What the caller has spent in a month.

    Attributes:
        today: None for another month than this.
        days: each day with a call.
        unpriced_calls: calls of models whose price is not known; they count no dollars.
        prices_as_of: the date of the list prices.
    """

    month: PeriodSpending
    today: PeriodSpending | None
    days: list[PeriodSpending]
    unpriced_calls: int
    prices_as_of: date


class Answer(_Schema):
    """A whole answer."""

    answer: str
    citations: list[Citation]
    usage: Usage
    model: str
    conversation_id: str
    turn: int | None
    stop_reason: StopReason
    nearest: Nearest


class Search(_Schema):
    """A query."""

    query: Message
    limit: int = Field(default=5, ge=1, le=100)
    filter: RetrievalFilter | None = Field(default=None, description="Bedrock's RetrievalFilter.")
    search_type: Literal["HYBRID", "SEMANTIC"] | None = Field(
        default=None, description="Default: that of answers."
    )
    explain: bool = Field(default=False, description="Explain the rank of each passage.")


class Explanation(_Schema):
    """Why a passage is at its place.

    Attributes:
        semantic_rank: its place by meaning alone, from 1; None if it is not among the candidates,
            or if the Knowledge Base is managed.
        words: the query's words in it, as they are written there.
        used: whether an answer would use it.
        reason: why an answer would not.
    """

    semantic_rank: int | None
    words: list[str]
    used: bool
    reason: str | None


class Passage(_Schema):
    """A passage that Retrieve has found."""

    number: int
    text: str
    document: str
    title: str
    uri: str
    page: int | None
    page_label: str | None
    score: float
    metadata: dict[str, MetadataValue]
    explanation: Explanation | None = None


class Intervention(_Schema):
    """The guardrail's intervention in a passage: `masked` or `blocked`.

    Attributes:
        text: the masked passage, or the guardrail's message.
        reason: the guardrail's own words.
        subject: the address of the passage's document.
    """

    source: Literal["passage"]
    action: Literal["masked", "blocked"]
    text: str
    reason: str | None
    subject: str | None


class SearchResults(_Schema):
    """The passages for a query, best first, and the guardrail's interventions."""

    query: str
    search_type: str
    passages: list[Passage]
    interventions: list[Intervention]


class NewDocument(_Schema):
    """A document to upload."""

    name: str = Field(description="A relative path, as in guides/setup.md.", max_length=1024)
    metadata: dict[str, MetadataValue] | None = Field(
        default=None,
        description="Attributes that searches can be filtered by. They replace those of the "
        "document before it, as does an upload without any.",
    )
    sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="The document's digest. The form then accepts this content only, and "
        "`unchanged` in the response says whether it is indexed already.",
    )
    charset: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,39}$",
        description="The encoding of a text that is not in UTF-8, such as windows-1250. It becomes "
        "a part of the object's content type, which the laptop's Knowledge Base reads. AWS "
        "documents no such thing for its own: there, upload UTF-8.",
    )


class Upload(_Schema):
    """A form: POST every field, then the document as `file`, as multipart/form-data, to `url`.

    Attributes:
        replaces: whether the upload replaces a document of this name.
        unchanged: whether that document has this content (`sha256`) and these attributes, and is
            indexed.
    """

    id: str
    url: str
    fields: dict[str, str]
    expires: datetime
    replaces: bool
    unchanged: bool


class Document(_Schema):
    """A document and its status: UPLOADED, DELETING, REFUSED, or Bedrock's DocumentStatus.

    Attributes:
        reason: why it is FAILED or REFUSED.
        warnings: of an indexed document, which of its text searches do not find, and why.
    """

    id: str
    name: str
    uri: str
    size: int | None
    modified: datetime | None
    updated: datetime | None
    status: str
    reason: str | None
    warnings: list[str]


class Documents(_Schema):
    """A page of documents, by name."""

    items: list[Document]
    next_cursor: str | None


class ConversationSummary(_Schema):
    """A line in the list of conversations."""

    id: str
    title: str
    started: datetime


class Conversations(_Schema):
    """A page of conversations, newest first."""

    items: list[ConversationSummary]
    next_cursor: str | None


Words = Annotated[str, BeforeValidator(text_of)]
"""The words of blocks of content: reasoning and calls of tools are not shown."""


class StoredTurn(_Schema):
    """A question and its answer, as they are stored."""

    question: Words
    answer: Words
    citations: list[Citation]
    usage: Usage
    model: str
    at: datetime
    nearest: Nearest


class Conversation(_Schema):
    """A conversation, oldest turn first."""

    id: str
    turns: list[StoredTurn]


class Model(_Schema):
    """A model, and the parameters that it takes.

    Attributes:
        offered: whether Bedrock lists it in this Region.
        one_sampler: whether it takes `temperature` or `top_p`, but not both at once.
        needs_inference_profile: whether this Region does not take its bare id.
        inference_profiles: the ids of inference profiles by which this Region takes it.
    """

    id: str
    family: str
    offered: bool
    state: Literal["active", "legacy", "gone"]
    end_of_life: str | None
    successor: str | None
    context_tokens: int | None
    output_tokens: int | None
    parameters: list[str]
    one_sampler: bool
    streams: bool
    needs_inference_profile: bool
    inference_profiles: list[str]
    note: str | None


class Models(_Schema):
    """The models that can answer, and the default."""

    default: str
    items: list[Model]
