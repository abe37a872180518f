"""Stored conversations."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from app.events import StopReason
from app.models import text_of
from app.web.schemas.agents import Steps
from app.web.schemas.answers import Citation, Nearest, Usage
from app.web.schemas.base import Schema


class ConversationSummary(Schema):
    """A line in the list of conversations."""

    id: str
    title: str
    started: datetime


class Conversations(Schema):
    """A page of conversations, newest first."""

    items: list[ConversationSummary]
    next_cursor: str | None


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


class Conversation(Schema):
    """A conversation: every turn, also those that were superseded, oldest first."""

    id: str
    title: str
    turns: list[StoredTurn]
