"""The routes of questions: answered as a whole, or as the answer is written."""

from collections.abc import Generator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.aws import Clients
from app.events import Event
from app.meter import Account
from app.settings import Settings
from app.web import responses, schemas, streams
from app.web.costs import costs_of
from app.web.routes.dependencies import (
    Starter,
    TurnStarter,
    UnderWay,
    account_of,
    streamed_answer,
    whole_answer,
)
from app.web.sampling import sampling_in
from app.web.ui_decisions import decision_in
from app.web.ui_questions import question_in

TAG = "chat"


def router(_clients: Clients, settings: Settings) -> APIRouter:
    """`/chat` and `/chat/stream`."""
    routes = APIRouter()
    cost = costs_of(settings)
    PrincipalAccount = Annotated[Account, Depends(account_of(settings))]

    def turn(
        starter: TurnStarter, body: schemas.AnyQuestion, account: Account, *, is_whole: bool
    ) -> Generator[Event, None, None]:
        if one := decision_in(body):
            return starter.decide(
                one.confirmation, account, confirmed=one.confirmed, is_whole=is_whole
            )
        question = question_in(body, sampling_in(body, settings))
        return starter.begin(question, account, is_whole=is_whole, mode=body.mode)

    @routes.post("/chat", response_model=schemas.Answer)
    async def chat(
        body: schemas.AnyQuestion,
        account: PrincipalAccount,
        turns: UnderWay,
        starter: Starter,
        request: Request,
    ) -> schemas.Answer | Response:
        """Answer a question, and respond with the whole answer."""
        reply = await whole_answer(
            turns, lambda: turn(starter, body, account, is_whole=True), request.receive
        )
        return reply if isinstance(reply, Response) else schemas.Answer.model_validate(reply)

    @routes.post("/chat/stream", **responses.STREAM)
    async def chat_stream(
        body: schemas.AnyQuestion, account: PrincipalAccount, turns: UnderWay, starter: Starter
    ) -> Response:
        """Answer a question as the answer is written: a UI message stream, ended by `[DONE]`."""
        return await streamed_answer(
            turns,
            lambda: streams.ui_message_stream(
                turn(starter, body, account, is_whole=False), decision_in(body), cost
            ),
            settings,
            streams.HEADERS,
        )

    @routes.get("/chat/stream/{id}/stream", status_code=204)
    async def resume(id: schemas.Identifier) -> None:
        """Respond that no answer goes on: one whose connection is lost is broken off."""

    return routes
