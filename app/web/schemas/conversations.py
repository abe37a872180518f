"""Stored conversations."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

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
    """A question and its answer, as they are stored."""

    question: Words
    answer: Words
    citations: list[Citation]
    usage: Usage
    model: str
    at: datetime
    nearest: Nearest
    steps: Steps


class Conversation(Schema):
    """A conversation, oldest turn first."""

    id: str
    turns: list[StoredTurn]
