"""The routes by which a person confirms an agent's call that waits, or denies it."""

from collections.abc import Generator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

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

TAG = "confirmations"
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]


def router(_clients: Clients, settings: Settings) -> APIRouter:
    """`/confirmations`."""
    routes = APIRouter(prefix="/confirmations")
    cost = costs_of(settings)
    PrincipalAccount = Annotated[Account, Depends(account_of(settings))]

    def turn(
        starter: TurnStarter, id: str, body: schemas.Decision, account: Account, *, is_whole: bool
    ) -> Generator[Event, None, None]:
        confirmed = body.decision == "confirm"
        return starter.decide(id, account, confirmed=confirmed, is_whole=is_whole)

    @routes.post("/{id}", response_model=schemas.Answer)
    async def decide(
        id: Id,
        body: schemas.Decision,
        account: PrincipalAccount,
        turns: UnderWay,
        starter: Starter,
        request: Request,
    ) -> schemas.Answer | Response:
        """Confirm a call, which is then made, or deny it; and respond with the agent's answer."""
        reply = await whole_answer(
            turns, lambda: turn(starter, id, body, account, is_whole=True), request.receive
        )
        return reply if isinstance(reply, Response) else schemas.Answer.model_validate(reply)

    @routes.post("/{id}/stream", **responses.STREAM)
    async def decide_stream(
        id: Id,
        body: schemas.Decision,
        account: PrincipalAccount,
        turns: UnderWay,
        starter: Starter,
    ) -> Response:
        """The same, as the answer is written: a UI message stream, ended by `[DONE]`."""
        return await streamed_answer(
            turns,
            lambda: streams.ui_message_stream(
                turn(starter, id, body, account, is_whole=False), cost=cost
            ),
            settings,
            streams.HEADERS,
        )

    return routes
