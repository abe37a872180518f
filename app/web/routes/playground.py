"""The routes of the playground: a model is asked by itself, without documents and conversations."""

import base64
from collections.abc import Generator, Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.aws import Clients
from app.errors import CallerError
from app.guardrail import guard
from app.meter import Account
from app.models import Block, Image, Message, Text
from app.playground import PlaygroundContext, PlaygroundEvent, Trial, collect, play
from app.playground.templates import STARTS, start
from app.settings import Settings
from app.web import responses, schemas
from app.web.routes.dependencies import (
    account_of,
    begun,
    streamed_answer,
    turns_of,
    whole_reply,
)
from app.web.sse import sse
from app.web.streams import HEADERS
from app.web.trial_parts import TrialParts
from app.web.turns import Turns

TAG = "playground"
UnderWay = Annotated[Turns, Depends(turns_of)]

FIELDS = {
    name: f"parameters.{wire}"
    for name, wire in (
        ("temperature", "temperature"),
        ("top_p", "topP"),
        ("top_k", "topK"),
        ("max_tokens", "maxTokens"),
        ("stop", "stop"),
    )
}
"""What the parameters of a prompt are called in the body of a trial."""


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/playground`, `/playground/stream` and `/playground/templates`."""
    routes = APIRouter()
    shared_guard = guard(clients.bedrock_runtime, settings)
    PrincipalAccount = Annotated[Account, Depends(account_of(settings))]

    def trial(
        body: schemas.NewTrial, account: Account, *, is_whole: bool
    ) -> Generator[PlaygroundEvent, None, None]:
        context = PlaygroundContext(
            clients.bedrock_runtime, settings, shared_guard, account, is_whole
        )
        try:
            return begun(account, lambda: play(_trial(body), context))
        except CallerError as error:
            error.field = FIELDS.get(error.field or "", error.field)
            raise

    @routes.post("/playground", response_model=schemas.TrialReply)
    async def playground(
        body: schemas.NewTrial, account: PrincipalAccount, turns: UnderWay, request: Request
    ) -> schemas.TrialReply | Response:
        """Ask a model by itself, and respond with its reply and the native request and response."""
        outcome = await whole_reply(
            turns, lambda: collect(trial(body, account, is_whole=True)), request.receive
        )
        if isinstance(outcome, Response):
            return outcome
        native, reply = outcome
        request_part = schemas.NativeRequest.model_validate(native) if native else None
        members = {name: getattr(reply, name) for name in reply.__slots__}
        return schemas.TrialReply.model_validate(members | {"request": request_part})

    @routes.post("/playground/stream", response_class=responses.TurnStream, status_code=200)
    async def playground_stream(
        body: schemas.NewTrial, account: PrincipalAccount, turns: UnderWay
    ) -> Response:
        """Ask a model by itself as it replies: a UI message stream, ended by `[DONE]`."""
        parts = TrialParts(body.model or settings.model_id)
        return await streamed_answer(
            turns,
            lambda: sse(trial(body, account, is_whole=False), parts),
            settings,
            HEADERS,
        )

    @routes.get("/playground/templates")
    async def templates() -> schemas.TrialTemplates:
        """List the prompts to begin with, each with its variables and its examples."""
        items = [schemas.TrialTemplate.model_validate(each) for each in STARTS.values()]
        return schemas.TrialTemplates(items=items)

    @routes.post("/playground/templates/{name}")
    async def fill_in(name: str, body: schemas.TemplateValues) -> schemas.TrialStart:
        """Fill in a template: a trial's system text and messages, with so many examples."""
        template = start(name)
        prompt = template.render(template.parse(body.values), shots=body.shots)
        return schemas.TrialStart(
            system=prompt.system, messages=[_message(each) for each in prompt.messages]
        )

    return routes


def _trial(body: schemas.NewTrial) -> Trial:
    parameters = body.parameters
    return Trial(
        messages=tuple(Message(each.role, tuple(_blocks(each.content))) for each in body.messages),
        model=body.model,
        system=body.system or "",
        max_tokens=parameters.max_tokens,
        temperature=parameters.temperature,
        top_p=parameters.top_p,
        top_k=parameters.top_k,
        stop=tuple(parameters.stop),
        guardrail=body.guardrail,
    )


def _blocks(content: Iterable[schemas.TextBlock | schemas.ImageBlock]) -> Iterable[Block]:
    for block in content:
        if isinstance(block, schemas.TextBlock):
            yield Text(block.text)
        else:
            image = block.image
            yield Image(image.format, base64.b64decode(image.source.bytes))


def _message(message: Message) -> schemas.TrialMessage:
    return schemas.TrialMessage(role=message.role, content=[schemas.TextBlock(text=message.text)])
