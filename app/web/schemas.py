"""What goes in and out over HTTP. Names are camelCase on the wire, as Bedrock's are.

Unknown fields are refused by name: a misspelt option must not be ignored in silence.
"""

from datetime import datetime
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
    """A message of the UI message protocol. Of all but the last, nothing is read: the conversation
    is kept here, and not by its page.
    """

    model_config = ConfigDict(extra="allow")

    id: str
    role: Literal["system", "user", "assistant"]
    parts: list[UIPart]


class UIQuestion(_Schema):
    """What `useChat` sends: the chat's id and its messages, of which the last is the question; and
    beside them what its `body` says, `model` and `filter`.
    """

    id: Identifier = Field(description="The conversation.")
    messages: Annotated[list[UIMessage], Field(min_length=1)]
    trigger: Literal["submit-message", "regenerate-message"] = Field(
        default="submit-message", description="Either way the last message is answered."
    )
    message_id: str | None = Field(default=None, description="Of no effect: the last one is asked.")
    metadata: Any = Field(default=None, description="The page's own; of no effect.")
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


class Citation(_Schema):
    """A mark `[number]` of the answer, resolved.

    `passage[start:end]` is `text`, the words that stand behind the sentence before the mark. `mark`
    is where the mark begins in the answer: other numbers in brackets there are no marks. All three
    count Unicode code points, as Python does; those named utf16 count UTF-16 code units, as
    JavaScript does: `passage.slice(startUtf16, endUtf16) === text`.
    """

    number: int
    document: str
    uri: str
    page: int | None
    section: str | None
    start: int
    end: int
    start_utf16: int
    end_utf16: int
    text: str
    passage: str
    score: float
    mark: int | None
    mark_utf16: int | None


class Usage(_Schema):
    """What the turn's model calls were billed for, in tokens."""

    input_tokens: int
    output_tokens: int


class Answer(_Schema):
    """A whole answer."""

    answer: str
    citations: list[Citation]
    usage: Usage
    model: str
    conversation_id: str
    turn: int | None
    stop_reason: StopReason


class Search(_Schema):
    """What to look for."""

    query: Message
    limit: int = Field(default=5, ge=1, le=100)
    filter: RetrievalFilter | None = Field(default=None, description="Bedrock's RetrievalFilter.")
    search_type: Literal["HYBRID", "SEMANTIC"] | None = Field(
        default=None, description="By default, as answers are searched for."
    )
    explain: bool = Field(default=False, description="Say why each passage is where it is.")


class Explanation(_Schema):
    """Why a passage is where it is.

    Attributes:
        semantic_rank: its place by meaning alone, from 1; None if it is not among the candidates,
            or if the search is a managed Knowledge Base's.
        words: the query's words that it holds, as they are written there.
        used: whether an answer would read it.
        reason: why not, if not.
    """

    semantic_rank: int | None
    words: list[str]
    used: bool
    reason: str | None


class Passage(_Schema):
    """What was found."""

    number: int
    text: str
    document: str
    uri: str
    page: int | None
    score: float
    metadata: dict[str, MetadataValue]
    explanation: Explanation | None = None


class Intervention(_Schema):
    """What the guardrail did to a passage: `masked` parts of it, or kept it out, `blocked`.

    Attributes:
        text: the masked passage, or the guardrail's message.
        reason: the guardrail's own words for why.
        subject: the address of the document that the passage is from.
    """

    source: Literal["passage"]
    action: Literal["masked", "blocked"]
    text: str
    reason: str | None
    subject: str | None


class Found(_Schema):
    """What Retrieve found, best first, and what the guardrail did to it."""

    query: str
    search_type: str
    passages: list[Passage]
    interventions: list[Intervention]


class NewDocument(_Schema):
    """A document that is to be uploaded."""

    name: str = Field(description="A relative path, as in guides/setup.md.", max_length=1024)
    metadata: dict[str, MetadataValue] | None = Field(
        default=None,
        description="Attributes that searches can be filtered by. They come with the upload, and "
        "an upload without any takes away those of the document before it.",
    )
    sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="The document's digest. The form then takes no other content, and the answer "
        "says whether the document is there already, just so.",
    )


class Upload(_Schema):
    """A form: POST every field, then the document as `file`, as multipart/form-data, to `url`.

    Attributes:
        replaces: a document of this name is there; the upload replaces it.
        unchanged: it is there with this content (`sha256`) and these attributes, and is indexed.
    """

    id: str
    url: str
    fields: dict[str, str]
    expires: datetime
    replaces: bool
    unchanged: bool


class Document(_Schema):
    """A document, and what became of it: UPLOADED, DELETING, or Bedrock's DocumentStatus."""

    id: str
    name: str
    uri: str
    size: int | None
    modified: datetime | None
    updated: datetime | None
    status: str
    reason: str | None


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
    """A question and its answer, as they are kept."""

    question: Words
    answer: Words
    citations: list[Citation]
    usage: Usage
    model: str
    at: datetime


class Conversation(_Schema):
    """A conversation, oldest turn first."""

    id: str
    turns: list[StoredTurn]


class Model(_Schema):
    """What a model is, and what it takes.

    Attributes:
        offered: whether Bedrock lists it in this Region.
        one_sampler: it takes `temperature` or `top_p`, and not both at once.
        needs_inference_profile: this Region does not take its bare id.
        inference_profiles: the ids by which this Region takes it beside that.
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
    """The models that can be asked, and the one that is asked by default."""

    default: str
    items: list[Model]
