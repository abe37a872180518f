"""A question in, an answer out: whole, or as it is written."""

from collections.abc import Generator, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.answer import Means, Question, answer, collect
from app.aws import Clients
from app.conversations import Conversations
from app.errors import InvalidRequest
from app.events import Error, Event
from app.guardrail import guard
from app.settings import Settings
from app.web import schemas, streams
from app.web.principal import principal_of
from app.web.problems import problem

TAG = "chat"


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/chat` and `/chat/stream`."""
    routes = APIRouter()
    Principal = Annotated[str, Depends(principal_of(settings))]
    guarded = guard(clients.bedrock_runtime, settings.guardrail_id, settings.guardrail_version)

    def turn(asked: schemas.AnyQuestion, principal: Principal) -> Generator[Event, None, None]:
        """The turn, begun: what is wrong with the question is known before the first byte."""
        conversations = Conversations(clients.s3, settings.conversations_bucket, principal)
        return answer(_question(asked), Means(clients, settings, guarded, conversations))

    Turn = Annotated[Generator[Event, None, None], Depends(turn)]

    @routes.post("/chat", response_model=schemas.Answer)
    def chat(events: Turn) -> schemas.Answer | Response:
        """Answer a question, whole."""
        answered = collect(events)
        if isinstance(answered, Error):
            return problem(answered)
        return schemas.Answer.model_validate(answered)

    @routes.post(
        "/chat/stream", response_class=EventSourceResponse, dependencies=[Depends(_stream_head)]
    )
    def chat_stream(events: Turn) -> Iterator[ServerSentEvent]:
        """Answer a question as the answer is written: a UI message stream, ended by `[DONE]`."""
        for line in streams.sse(events):
            yield ServerSentEvent(raw_data=line.decode().removeprefix("data: ").strip())

    return routes


def _stream_head(response: Response) -> None:
    """What a stream's head has; its body does not begin before the head is sent."""
    response.headers.update(streams.HEADERS)


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
