"""Chat completions: the path that OpenAI's clients call, on bedrock-runtime's endpoint.

    POST /openai/v1/chat/completions   InvokeModel's body of an OpenAI-shaped model, and its id
    GET  /openai/v1/models             the models that may be asked so

https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from app.local.bedrock_runtime.answers import (
    Answering,
    Events,
    failing,
    failing_in_stream,
)
from app.local.bedrock_runtime.bodies import FAMILIES
from app.local.bedrock_runtime.capabilities import permit
from app.local.bedrock_runtime.limits import check_context, fit
from app.local.bedrock_runtime.models import Catalogue, InvokedModel
from app.local.engine import Engine
from app.local.wire import (
    JSON,
    Endpoints,
    Response,
    ServiceError,
    events_response,
    json_response,
)

BODY = "openai"  # the name of the family whose bodies these are
CREATED = 1754352000  # seconds since 1970; Bedrock tells no better


class ListedCatalogue(Catalogue, Protocol):
    """Models that can be listed, too."""

    def active(self, now: datetime) -> Sequence[InvokedModel]:
        """Those that have not ended."""
        ...


def endpoints(
    engine: Engine,
    models: ListedCatalogue,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Endpoints:
    """The endpoints, by method and path; the arguments are those of `handlers`."""

    async def list_models(_body: JSON, _region: str) -> Response:
        listed = [one.id for one in models.active(now()) if one.body == BODY]
        data = [
            {"id": one, "object": "model", "created": CREATED, "owned_by": one.partition(".")[0]}
            for one in listed
        ]
        return json_response({"object": "list", "data": data}, {})

    async def complete(body: JSON, region: str) -> Response:
        model = _model(body, models, region, now())
        family = FAMILIES[BODY]
        with failing(model):
            request = fit(model, family.read(body))
            permit(model, request.prompt)
            check_context(model, request, engine.writer.count)
            answering = await Answering.begun(model, body, request, engine)
            if not body.get("stream"):
                return json_response(family.whole(await answering.whole()), answering.headers)
        options = body.get("stream_options") or {}
        bodies = _chunks(answering, include_usage=bool(options.get("include_usage")))
        events = Events(bodies, answering)
        return events_response(events, answering.headers, events.aclose)

    return {
        ("GET", "/openai/v1/models"): list_models,
        ("POST", "/openai/v1/chat/completions"): complete,
    }


def _model(body: JSON, models: Catalogue, region: str, now: datetime) -> InvokedModel:
    """The model that a body names.

    Raises:
        ServiceError: it names none, or one that is not invoked in this Region or not by this path.
    """
    name = body.get("model")
    if not isinstance(name, str) or not name:
        raise ServiceError("ValidationException", "model: Field required")
    model = models.invoked(name, region, now)
    if model.body != BODY:
        raise ServiceError(
            "ValidationException",
            f"The stand-in answers this path for models with OpenAI's bodies, and '{name}' has "
            "others. Call it by InvokeModel or Converse.",
        )
    return model


async def _chunks(answering: Answering, *, include_usage: bool) -> AsyncGenerator[JSON, None]:
    """The chunks of a stream; the last has the usage, where the caller asked for it."""
    family = FAMILIES[BODY]
    with failing_in_stream(timeout="ModelTimeoutException"):
        for body in family.opening(answering.opening):
            yield body
        async for event, tokens in answering.events():
            for body in family.event(answering.opening, event, tokens):
                yield body
        *chunks, usage = family.closing(answering.reply())
        for body in chunks:
            yield body
        if include_usage:
            yield usage
