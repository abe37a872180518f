"""The routes of the OpenAI API: models, chat completions, embeddings."""

import base64
import struct
import time
from collections.abc import Generator, Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app import models
from app.aws import Clients, calling
from app.events import Event, Usage
from app.meter import Account
from app.models import embedding
from app.models.allowed import allowed, allowed_embedding, check_allowed
from app.models.estimate import estimate
from app.models.facts.embedding import EMBEDDING_MODELS
from app.models.facts.regions import names_of
from app.settings import Settings
from app.web.openai import chat, schemas
from app.web.routes.dependencies import (
    Starter,
    UnderWay,
    account_of,
    streamed_answer,
    whole_answer,
)

TAG = "openai"


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/v1/models`, `/v1/chat/completions` and `/v1/embeddings`."""
    routes = APIRouter()
    PrincipalAccount = Annotated[Account, Depends(account_of(settings))]

    @routes.get("/v1/models")
    def list_models() -> schemas.ModelList:
        """List the models that can answer or embed, by the OpenAI API; the default is first."""
        ids, embedding_ids = allowed(settings), allowed_embedding(settings)
        if ids and embedding_ids:
            return _list((*ids, *embedding_ids))
        with calling("ListFoundationModels"):
            response = clients.bedrock.list_foundation_models()
        here = {
            one["modelId"]: one["inferenceTypesSupported"] for one in response["modelSummaries"]
        }
        region = clients.bedrock.meta.region_name
        answering = [
            name
            for each in models.MODELS
            if each.id in here
            for name in names_of(each.id, each.geographies, here[each.id], region)[:1]
        ]
        vectors = [each.id for each in EMBEDDING_MODELS if each.id in here]
        answering = [settings.model_id, *answering]
        return _list(dict.fromkeys([*(ids or answering), *(embedding_ids or vectors)]))

    @routes.post("/v1/chat/completions", response_model=schemas.ChatCompletion)
    async def chat_completions(
        body: schemas.ChatCompletionRequest,
        account: PrincipalAccount,
        turns: UnderWay,
        starter: Starter,
        request: Request,
    ) -> schemas.ChatCompletion | Response:
        """Answer a question by the OpenAI API: whole, or with `stream` as it is written."""
        question = chat.question_of(body)

        def turn() -> Generator[Event, None, None]:
            return starter.begin(question, account, is_whole=not body.stream)

        if body.stream:
            # What is shown cannot be taken back here.
            hold = settings.guardrail_id is not None and settings.guardrail_mode == "verdict"
            include_usage = body.stream_options is not None and body.stream_options.include_usage
            return await streamed_answer(
                turns,
                lambda: chat.chunks(turn(), hold=hold, include_usage=include_usage),
                settings,
            )
        reply = await whole_answer(turns, turn, request.receive)
        return reply if isinstance(reply, Response) else chat.completion(reply)

    @routes.post("/v1/embeddings")
    def embeddings(
        body: schemas.EmbeddingRequest, account: PrincipalAccount
    ) -> schemas.EmbeddingList:
        """Embed texts by the OpenAI API."""
        check_allowed(body.model, allowed_embedding(settings))
        model = embedding.find(body.model, body.dimensions)
        vectors: list[tuple[float, ...]] = []
        tokens = 0
        most = Usage(sum(map(estimate, body.input)), 0)
        with account.call(model.id, "embed", most) as call:
            for part in embedding.embed(
                clients.bedrock_runtime, model, body.input, body.dimensions
            ):
                vectors += part.vectors
                tokens += part.input_tokens
                call.observe(Usage(tokens, 0))
        return schemas.EmbeddingList(
            data=[
                schemas.Embedding(
                    index=index,
                    embedding=_base64(vector) if body.encoding_format == "base64" else list(vector),
                )
                for index, vector in enumerate(vectors)
            ],
            model=model.id,
            usage=schemas.EmbeddingUsage(prompt_tokens=tokens, total_tokens=tokens),
        )

    return routes


def _list(ids: Iterable[str]) -> schemas.ModelList:
    created = int(time.time())
    return schemas.ModelList(
        data=[schemas.ListedModel(id=each, created=created, owned_by="outcrop") for each in ids]
    )


def _base64(vector: tuple[float, ...]) -> str:
    """The numbers as little-endian float32, in base64: what OpenAI's SDK asks for by default."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
