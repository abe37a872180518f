"""The routes of the caller's own conversations. Those of others are not found."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.aws import Clients
from app.conversations import Conversations, Feedback, superseded_by
from app.errors import NotFound
from app.settings import Settings
from app.web import schemas
from app.web.costs import costs_of
from app.web.principal import principal_of
from app.web.ui_messages import messages_of

TAG = "conversations"
MOST_TURNS = 999_999  # by the digits of a turn's key
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/conversations`."""
    routes = APIRouter(prefix="/conversations")
    principal = principal_of(settings)
    cost = costs_of(settings)

    def own(owner: Annotated[str, Depends(principal)]) -> Conversations:
        return Conversations(clients.s3, settings.conversations_bucket, owner)

    Own = Annotated[Conversations, Depends(own)]

    @routes.get("")
    def listing(
        conversations: Own,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> schemas.Conversations:
        """List the caller's conversations, newest first."""
        items, following = conversations.summaries(limit, cursor)
        return schemas.Conversations.model_validate({"items": items, "next_cursor": following})

    @routes.get("/{id}")
    def find(id: Id, conversations: Own) -> schemas.Conversation:
        """Show a conversation, turn by turn."""
        stored = conversations.find(id)
        successors, ratings = superseded_by(stored.turns), conversations.ratings(id)
        turns = [
            schemas.StoredTurn.model_validate(turn).model_copy(
                update={
                    "superseded_by": successors.get(turn.number or 0),
                    "feedback": _feedback(ratings, turn.number),
                }
            )
            for turn in stored.turns
        ]
        return schemas.Conversation(id=id, title=stored.title, turns=turns)

    @routes.get("/{id}/messages")
    def messages(id: Id, conversations: Own) -> schemas.Messages:
        """Show the thread of a conversation as messages, for `useChat`."""
        stored = conversations.find(id)
        return schemas.Messages(
            id=id,
            title=stored.title,
            messages=messages_of(id, stored.thread, conversations.ratings(id), cost),
        )

    @routes.get("/{id}/turns/{turn}/passages/{number}")
    def passage(
        id: Id,
        turn: Annotated[int, Path(ge=0, le=MOST_TURNS)],
        number: Annotated[int, Path(ge=1, le=100)],
        conversations: Own,
    ) -> schemas.CitedPassage:
        """Show a passage that a turn cites, by its number in the answer's marks."""
        for citation in conversations.turn(id, turn).citations:
            if citation.number == number:
                return schemas.CitedPassage.model_validate(citation)
        raise NotFound(f"Turn {turn} does not cite a passage {number}.", field="number")

    @routes.post("/{id}/turns/{turn}/feedback", status_code=204)
    def rate(
        id: Id,
        turn: Annotated[int, Path(ge=0, le=MOST_TURNS)],
        body: schemas.NewFeedback,
        conversations: Own,
    ) -> None:
        """Say whether an answer was of use; the last time counts."""
        conversations.rate(id, turn, Feedback(body.rating, body.words or None))

    @routes.patch("/{id}", status_code=204)
    def rename(id: Id, body: schemas.NewTitle, conversations: Own) -> None:
        """Give a conversation another title."""
        conversations.rename(id, body.title)

    @routes.delete("/{id}", status_code=204)
    def delete(id: Id, conversations: Own) -> None:
        """Delete a conversation."""
        conversations.delete(id)

    return routes


def _feedback(ratings: Mapping[int, Feedback], turn: int | None) -> schemas.Feedback | None:
    feedback = ratings.get(turn) if turn is not None else None
    return schemas.Feedback.model_validate(feedback) if feedback else None
