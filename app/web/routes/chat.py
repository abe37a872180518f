"""A question in, an answer out: whole, or as it is written."""

from collections.abc import Generator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.answer import Answer, Means, Question, answer, collect
from app.aws import Clients
from app.conversations import Conversations
from app.errors import InvalidRequest
from app.events import Error, Event
from app.guardrail import guard
from app.settings import Settings
from app.web import schemas, sending, streams
from app.web.principal import principal_of
from app.web.problems import problem
from app.web.turns import Turns

TAG = "chat"
LAST_WORDS_SECONDS = 30  # for a slow reader to read the end of a turn that has ended


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/chat` and `/chat/stream`."""
    routes = APIRouter()
    Principal = Annotated[str, Depends(principal_of(settings))]
    UnderWay = Annotated[Turns, Depends(_turns)]
    guarded = guard(clients.bedrock_runtime, settings.guardrail_id, settings.guardrail_version)

    def turn(asked: schemas.AnyQuestion, principal: str) -> Generator[Event, None, None]:
        """The turn, begun: what is wrong with the question is known before the first byte."""
        conversations = Conversations(clients.s3, settings.conversations_bucket, principal)
        return answer(_question(asked), Means(clients, settings, guarded, conversations))

    @routes.post("/chat", response_model=schemas.Answer)
    async def chat(
        asked: schemas.AnyQuestion, principal: Principal, turns: UnderWay, request: Request
    ) -> schemas.Answer | Response:
        """Answer a question, whole."""

        def collected() -> tuple[Answer | Error]:
            return (collect(turn(asked, principal)),)

        try:
            answered = await sending.whole(turns.start(collected), request.receive)
        except sending.Left:
            return Response()  # which nobody reads
        if isinstance(answered, Error):
            return problem(answered)
        return schemas.Answer.model_validate(answered)

    @routes.post("/chat/stream", response_class=sending.TurnStream, status_code=200)
    async def chat_stream(
        asked: schemas.AnyQuestion, principal: Principal, turns: UnderWay
    ) -> Response:
        """Answer a question as the answer is written: a UI message stream, ended by `[DONE]`."""
        streamed = turns.start(lambda: streams.sse(turn(asked, principal)))
        try:
            await streamed.begun
        except BaseException:
            streamed.leave()
            raise
        return sending.TurnStream(streamed, settings.deadline_seconds + LAST_WORDS_SECONDS)

    return routes


async def _turns(request: Request) -> Turns:
    turns: Turns = request.app.state.turns
    return turns


def _question(asked: schemas.Question | schemas.UIQuestion) -> Question:
    if isinstance(asked, schemas.Question):
        return Question(
            text=asked.message,
            conversation=asked.conversation_id,
            known=asked.conversation_id is not None,
            model=asked.model,
            retrieval_filter=asked.filter,
        )
    last = asked.messages[-1]
    text = "".join(part.text for part in last.parts if part.type == "text").strip()
    if last.role != "user" or not 0 < len(text) <= schemas.LONGEST_MESSAGE:
        raise InvalidRequest(
            "The last message has to be the user's, with text of at most "
            f"{schemas.LONGEST_MESSAGE} characters.",
            field="messages",
        )
    return Question(text, conversation=asked.id)
