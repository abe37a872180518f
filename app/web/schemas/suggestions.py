"""Questions that one could ask."""

from app.web.schemas.base import Schema


class Suggestion(Schema):
    """A question, and the name of a document that answers it."""

    question: str
    document: str


class Suggestions(Schema):
    """Questions about the latest documents; none if there are no documents."""

    items: list[Suggestion]
