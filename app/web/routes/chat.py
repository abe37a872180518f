"""The routes of questions: answered as a whole, or as the answer is written."""

from collections.abc import Generator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.aws import Clients
from app.errors import InvalidRequest
from app.events import Event
from app.meter import Account
from app.settings import Settings
from app.turn import Question
from app.web import responses, schemas, streams
from app.web.routes.dependencies import (
    TurnStarter,
    account_of,
    streamed_answer,
    turns_of,
    whole_answer,
)
from app.web.turns import Turns
from app.web.ui_decisions import decision_in

TAG = "chat"
UnderWay = Annotated[Turns, Depends(turns_of)]
TEXT_MEMBERS = {"state", "providerMetadata"}  # of a text part; they say how it came to be


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/chat` and `/chat/stream`."""
    routes = APIRouter()
    starter = TurnStarter(clients, settings)
    PrincipalAccount = Annotated[Account, Depends(account_of(settings))]

    def turn(
        body: schemas.AnyQuestion, account: Account, *, is_whole: bool
    ) -> Generator[Event, None, None]:
        if one := decision_in(body):
            return starter.decide(
                one.confirmation, account, confirmed=one.confirmed, is_whole=is_whole
            )
        return starter.begin(_question(body), account, is_whole=is_whole, mode=body.mode)

    @routes.post("/chat", response_model=schemas.Answer)
    async def chat(
        body: schemas.AnyQuestion, account: PrincipalAccount, turns: UnderWay, request: Request
    ) -> schemas.Answer | Response:
        """Answer a question, and respond with the whole answer."""
        reply = await whole_answer(
            turns, lambda: turn(body, account, is_whole=True), request.receive
        )
        return reply if isinstance(reply, Response) else schemas.Answer.model_validate(reply)

    @routes.post("/chat/stream", response_class=responses.TurnStream, status_code=200)
    async def chat_stream(
        body: schemas.AnyQuestion, account: PrincipalAccount, turns: UnderWay
    ) -> Response:
        """Answer a question as the answer is written: a UI message stream, ended by `[DONE]`."""
        return await streamed_answer(
            turns,
            lambda: streams.ui_message_stream(
                turn(body, account, is_whole=False), decision_in(body)
            ),
            settings,
            streams.HEADERS,
        )

    return routes


def _question(body: schemas.Question | schemas.UIQuestion) -> Question:
    if isinstance(body, schemas.Question):
        return Question(
            text=body.message,
            conversation=body.conversation_id,
            known=body.conversation_id is not None,
            model=body.model,
            retrieval_filter=body.filter,
        )
    return Question(
        _text(body.messages[-1]),
        conversation=body.id,
        model=body.model,
        retrieval_filter=body.filter,
    )


def _text(last: schemas.UIMessage) -> str:
    """The question in the last message. Other parts are refused by name, because they would have no
    effect.

    Raises:
        InvalidRequest: it is not the user's, has no text or too much, or has other parts.
    """
    if last.role != "user":
        raise InvalidRequest("The last message has to be the user's.", field="messages")
    if unknown := _names(last) - {"metadata"}:
        rule = f"The last message has unsupported members: {_join_names(unknown)}."
        raise InvalidRequest(rule, field=f"messages.{min(unknown)}")
    if others := {part.type for part in last.parts} - {"text"}:
        rule = f"A question is text; a part of the type {_join_names(others)} is not supported."
        raise InvalidRequest(rule, field="messages.parts")
    if unknown := {name for part in last.parts for name in _names(part)} - TEXT_MEMBERS:
        rule = f"A part of the question has unsupported members: {_join_names(unknown)}."
        raise InvalidRequest(rule, field=f"messages.parts.{min(unknown)}")
    text = "".join(part.text for part in last.parts).strip()
    if not 0 < len(text) <= schemas.LONGEST_MESSAGE:
        rule = f"The last message needs text, of {schemas.LONGEST_MESSAGE} characters at most."
        raise InvalidRequest(rule, field="messages")
    return text


def _names(item: schemas.UIMessage | schemas.UIPart) -> set[str]:
    """The unknown members of an item."""
    return set(item.model_extra or ())


def _join_names(names: set[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names))
