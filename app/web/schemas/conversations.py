"""Stored conversations."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, field_validator

from app.events import StopReason
from app.models import text_of
from app.web.schemas.agents import Steps
from app.web.schemas.answers import Citation, Nearest, Usage
from app.web.schemas.base import Schema
from app.web.schemas.feedback import Feedback

LONGEST_TITLE = 200  # characters
LONGEST_WORDS = 4_000  # characters of feedback


class ConversationSummary(Schema):
    """A line in the list of conversations."""

    id: str
    title: str
    started: datetime


class Conversations(Schema):
    """A page of conversations, newest first."""

    items: list[ConversationSummary]
    next_cursor: str | None


class NewTitle(Schema):
    """Another title of a conversation."""

    title: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TITLE)
    ]

    @field_validator("title")
    @classmethod
    def make_one_line(cls, title: str) -> str:
        return " ".join(title.split())


class NewFeedback(Schema):
    """What a person says of an answer, in place of what was said before."""

    rating: Literal["up", "down"]
    words: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        default=None, max_length=LONGEST_WORDS
    )


Words = Annotated[str, BeforeValidator(text_of)]
"""The words of blocks of content: reasoning and calls of tools are not shown."""


class StoredTurn(Schema):
    """A question and its answer, as they are stored.

    Attributes:
        supersedes: the turn whose place this one takes.
        superseded_by: the turn that took the place of this one, or of one before it; None for a
            turn of the conversation's thread.
    """

    number: int
    question: Words
    answer: Words
    citations: list[Citation]
    usage: Usage
    model: str
    at: datetime
    nearest: Nearest
    steps: Steps
    stop_reason: StopReason
    supersedes: int | None
    superseded_by: int | None = None
    feedback: Feedback | None = None


class Conversation(Schema):
    """A conversation: every turn, also those that were superseded, oldest first."""

    id: str
    title: str
    turns: list[StoredTurn]
