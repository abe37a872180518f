"""Answers, their citations and places, and what they cost."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.events import GuardrailAction, GuardrailPolicy, GuardrailSource, StopReason
from app.web.schemas.agents import Steps
from app.web.schemas.base import Schema


class CitedQuote(Schema):
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


class CitedPassage(Schema):
    """A passage that a stored answer cites."""

    number: int
    text: str = Field(validation_alias="passage")
    document: str
    title: str
    uri: str
    page: int | None
    score: float


class Place(Schema):
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


class Usage(Schema):
    """The tokens that the turn's model calls are billed for."""

    input_tokens: int
    output_tokens: int


class BudgetWarning(Schema):
    """Much of a budget is spent: `amount` of `limit`, in a period that ends at `resets`."""

    period: Literal["day", "month"]
    unit: Literal["tokens", "dollars"]
    amount: float
    limit: float
    resets: datetime


class PolicyFinding(Schema):
    """What one policy of the guardrail found in a text, without the text that matched.

    Attributes:
        kind: a topic, a kind of content, WORD or PROFANITY, a type of PII or the name of a regular
            expression, GROUNDING or RELEVANCE.
        action: BLOCKED, ANONYMIZED or NONE.
        confidence: of a content filter.
        score: of grounding and relevance; below the threshold it does not pass.
    """

    policy: GuardrailPolicy
    kind: str
    action: str
    confidence: str | None
    score: float | None
    threshold: float | None


class GuardrailVerdict(Schema):
    """The guardrail's verdict on a text: it `masked` parts of it or `blocked` it; it let it pass
    and reports what it found (`none`); or it was down, and the text passed `unjudged`.

    Attributes:
        text: the masked text, or the guardrail's message in place of a blocked one; null if the
            text stays as it is.
        reason: the guardrail's own words.
        subject: the address of a passage's document.
        policies: what each policy found.
    """

    source: GuardrailSource
    action: GuardrailAction
    text: str | None
    reason: str | None
    subject: str | None
    policies: list[PolicyFinding]


class Answer(Schema):
    """A whole answer."""

    answer: str
    citations: list[Citation]
    usage: Usage
    model: str
    conversation_id: str
    turn: int | None
    stop_reason: StopReason
    nearest: Nearest
    guardrail: Annotated[
        list[GuardrailVerdict],
        Field(description="The verdicts of the guardrail, of texts in which it found anything."),
    ]
    steps: Steps
