"""Chat completions: the path that OpenAI's clients call, on bedrock-runtime's endpoint.

    POST /openai/v1/chat/completions   InvokeModel's body of an OpenAI-shaped model, and its id
    GET  /openai/v1/models             the models that may be asked so

A guardrail is named and configured as in InvokeModel, by headers and a member of the body.

https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from app.local.bedrock_runtime.answers import (
    Answering,
    Events,
    failing,
    failing_in_stream,
)
from app.local.bedrock_runtime.bodies import FAMILIES, Request
from app.local.bedrock_runtime.capabilities import permit
from app.local.bedrock_runtime.guarding import GuardedCall
from app.local.bedrock_runtime.guarding.input import judge_body
from app.local.bedrock_runtime.guarding.use import TRACES, take_use
from app.local.bedrock_runtime.limits import check_context, fit
from app.local.bedrock_runtime.models import Catalogue, InvokedModel
from app.local.engine import Engine
from app.local.judgement import Judge
from app.local.wire import (
    JSON,
    Endpoints,
    Response,
    ServiceError,
    events_response,
    json_response,
    region_of,
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
    judge: Judge | None = None,
) -> Endpoints:
    """The endpoints, by method and path; the arguments are those of `handlers`."""

    async def list_models(_body: JSON, _headers: Mapping[str, str]) -> Response:
        listed = [one.id for one in models.active(now()) if one.body == BODY]
        data = [
            {"id": one, "object": "model", "created": CREATED, "owned_by": one.partition(".")[0]}
            for one in listed
        ]
        return json_response({"object": "list", "data": data}, {})

    async def complete(body: JSON, headers: Mapping[str, str]) -> Response:
        model = _model(body, models, region_of(headers), now())
        family = FAMILIES[BODY]

        def read(body: JSON) -> Request:
            request = fit(model, family.read(body))
            permit(model, request.prompt)
            check_context(model, request, engine.writer.count)
            return request

        with failing(model):
            use = take_use(_guardrail(headers), body)
            guard = GuardedCall(judge, use) if use else None
            if guard is None:
                request = read(body)
            else:
                body, request = await asyncio.to_thread(judge_body, guard, body, read)
            stream = bool(body.get("stream"))
            answering = await Answering.begun(model, body, request, engine, guard, stream=stream)
            if not stream:
                reply = family.whole(await answering.whole())
                members = guard.body_members() if guard else {}
                return json_response({**reply, **members}, answering.headers)
        options = body.get("stream_options") or {}
        bodies = _chunks(answering, guard, include_usage=bool(options.get("include_usage")))
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


def _guardrail(headers: Mapping[str, str]) -> JSON:
    """What headers say of a guardrail, by the names of InvokeModel's parameters.

    Raises:
        ServiceError: they ask for a trace that there is not.
    """
    params = {
        name: headers[header]
        for name, header in (
            ("guardrailIdentifier", "x-amzn-bedrock-guardrailidentifier"),
            ("guardrailVersion", "x-amzn-bedrock-guardrailversion"),
            ("trace", "x-amzn-bedrock-trace"),
        )
        if header in headers
    }
    if params.get("trace", "DISABLED") not in TRACES:
        raise ServiceError(
            "ValidationException", f"X-Amzn-Bedrock-Trace: must be one of {', '.join(TRACES)}."
        )
    return params


async def _chunks(
    answering: Answering, guard: GuardedCall | None, *, include_usage: bool
) -> AsyncGenerator[JSON, None]:
    """The chunks of a stream; the last has the usage, where the caller asked for it, and what the
    guardrail did.
    """
    family = FAMILIES[BODY]

    def guarded(body: JSON, *, last: bool = False) -> JSON:
        return {**body, **guard.body_members(last=last)} if guard else body

    with failing_in_stream(timeout="ModelTimeoutException"):
        for body in family.opening(answering.opening):
            yield guarded(body)
        async for event, tokens in answering.events():
            for body in family.event(answering.opening, event, tokens):
                yield guarded(body)
        *chunks, usage = family.closing(answering.reply())
        *before, last = [*chunks, usage] if include_usage else chunks
        for body in before:
            yield guarded(body)
        yield guarded(last, last=True)
