"""bedrock-runtime: invoke a model, with its family's own bodies or with Converse's.

    prompt    where the model is named by a prompt's ARN: the prompt, its variables filled in
    model     by id, inference profile or ARN: known, not ended, able to do this
    body      read by its family, or as a Converse request; checked against what the model takes
    guarding  where the request names a guardrail: the prompt is judged, and then the answer
    answer    written by the stand-in model, or by the server in its place
    body      the family's or Converse's, whole or chunk by chunk

What is wrong is told before the first byte, so that it is a plain error and not a broken stream.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic, perf_counter

from app.local.bedrock_runtime import converse as conversing
from app.local.bedrock_runtime import converse_response, invoke_response
from app.local.bedrock_runtime.answers import (
    Answering,
    Events,
    failing,
    milliseconds,
)
from app.local.bedrock_runtime.attachments import Attachments
from app.local.bedrock_runtime.bodies import (
    EMBEDDINGS,
    FAMILIES,
    RERANKERS,
    Family,
    Request,
    parse,
)
from app.local.bedrock_runtime.guarding import GuardedCall
from app.local.bedrock_runtime.guarding.use import CONFIG, read_converse_use, take_use
from app.local.bedrock_runtime.guardrail_checks import GuardrailChecks
from app.local.bedrock_runtime.guardrails import AppliedGuardrails
from app.local.bedrock_runtime.models import Catalogue, InvokedModel
from app.local.bedrock_runtime.request_reader import RequestReader, writing_family
from app.local.bedrock_runtime.stored_prompts import PromptLibrary
from app.local.embedding_models import languages_of
from app.local.engine import Engine
from app.local.engine.guard.scores import GuardScores
from app.local.judgement import Judge
from app.local.wire import JSON, Call, ServiceError, WaitingService

UNGUARDED = "A guardrail judges what models read and write; this model writes no text."


def handlers(
    engine: Engine,
    models: Catalogue,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    attachments: Attachments | None = None,
    clock: Callable[[], float] = monotonic,
    judge: Judge | None = None,
    prompts: PromptLibrary | None = None,
) -> WaitingService:
    """The operations of bedrock-runtime.

    Args:
        engine: embeds, writes, and counts tokens.
        models: the foundation models.
        now: says which models are past their end of life.
        attachments: reads the files of requests; with files in S3, and closed, by who made it.
        clock: seconds, by which prompts are kept in the cache.
        judge: judges texts by guardrails; without it, no guardrail can be applied.
        prompts: those that can be run by their ARN.
    """
    attachments = attachments or Attachments(engine.new_parser)
    reader = RequestReader(engine, models, now, attachments, clock, judge, prompts)
    runtime = _Runtime(engine, models, now, attachments, reader)
    return {
        "InvokeModel": runtime.invoke_model,
        "InvokeModelWithResponseStream": runtime.invoke_model_with_response_stream,
        "Converse": runtime.converse,
        "ConverseStream": runtime.converse_stream,
        "CountTokens": runtime.count_tokens,
        "InvokeGuardrailChecks": GuardrailChecks(GuardScores(engine.encoder)).invoke,
        **({"ApplyGuardrail": AppliedGuardrails(judge).apply} if judge else {}),
    }


class _Runtime:
    def __init__(
        self,
        engine: Engine,
        models: Catalogue,
        now: Callable[[], datetime],
        attachments: Attachments,
        reader: RequestReader,
    ) -> None:
        self._engine = engine
        self._models = models
        self._now = now
        self._attachments = attachments
        self._reader = reader

    def invoke_model(self, call: Call) -> JSON | Awaitable[JSON]:
        if self._reader.names_prompt(call):
            return self._invoked(*self._reader.prompt_invocation(call))
        model = self._reader.model(call)
        with failing(model):
            body = parse(invoke_response.payload(call))
            guard = self._reader.guard(take_use(call.params, body))
            if guard and model.body not in FAMILIES:
                raise ServiceError("ValidationException", UNGUARDED)
            if embed := EMBEDDINGS.get(model.body):
                began = perf_counter()
                reply, tokens = embed(body, self._engine.encoder_of(languages_of(model.id)))
                latency = milliseconds(perf_counter() - began)
                counts = {"input-token-count": tokens, "invocation-latency": latency}
                return invoke_response.whole(call, reply, counts, {})
            if order := RERANKERS.get(model.body):
                began = perf_counter()
                reply = order(body, self._engine.rerank)
                latency = milliseconds(perf_counter() - began)
                return invoke_response.whole(call, reply, {"invocation-latency": latency}, {})
            family = FAMILIES[model.body]
            body, request = self._reader.body_request(body, model, family, guard)
        return self._invoked(call, model, family, body, request, guard)

    def invoke_model_with_response_stream(self, call: Call) -> Awaitable[JSON]:
        if self._reader.names_prompt(call):
            return self._streamed(*self._reader.prompt_invocation(call, streamed=True))
        model = self._reader.model(call)
        family = writing_family(model, "The model is unsupported for streaming.", stream=True)
        with failing(model):
            body = parse(invoke_response.payload(call))
            guard = self._reader.guard(take_use(call.params, body))
            body, request = self._reader.body_request(body, model, family, guard)
        return self._streamed(call, model, family, body, request, guard)

    def converse(self, call: Call) -> Awaitable[JSON]:
        call = self._reader.with_prompt(call)
        model = self._reader.model(call)
        family = writing_family(model, conversing.UNSUPPORTED)
        guard = self._reader.guard(read_converse_use(call.params))
        with failing(model):
            request = self._reader.converse_request(call.params, model, family, guard)
        return self._conversed(call, model, family, request, guard)

    def converse_stream(self, call: Call) -> Awaitable[JSON]:
        call = self._reader.with_prompt(call)
        model = self._reader.model(call)
        family = writing_family(model, conversing.UNSUPPORTED, stream=True)
        guard = self._reader.guard(read_converse_use(call.params))
        with failing(model):
            request = self._reader.converse_request(
                call.params, model, family, guard, streamed=True
            )
        return self._conversing(call, model, family, request, guard)

    # What follows waits for the model, on the event loop.

    async def _invoked(
        self,
        call: Call,
        model: InvokedModel,
        family: Family,
        body: JSON,
        request: Request,
        guard: GuardedCall | None,
    ) -> JSON:
        with failing(model):
            answering = await self._begun(model, body, request, guard)
            reply = family.whole(await answering.whole())
        if guard:
            reply |= guard.body_members()
        metrics = answering.metrics()
        counts = {
            "input-token-count": metrics["inputTokenCount"],
            "output-token-count": metrics["outputTokenCount"],
            "invocation-latency": metrics["invocationLatency"],
        }
        if request.cached is not None:
            counts |= {
                "cache-read-input-token-count": request.cached.read,
                "cache-write-input-token-count": request.cached.written,
            }
        return invoke_response.whole(call, reply, counts, answering.headers)

    async def _streamed(
        self,
        call: Call,
        model: InvokedModel,
        family: Family,
        body: JSON,
        request: Request,
        guard: GuardedCall | None,
    ) -> JSON:
        with failing(model):
            answering = await self._begun(model, body, request, guard, stream=True)
        chunks = Events(invoke_response.chunks(family, answering, guard), answering)
        return {
            "body": chunks,
            "contentType": invoke_response.CONTENT_TYPE,
            "$headers": answering.headers,
            **invoke_response.echoed(call),
        }

    async def _conversed(
        self,
        call: Call,
        model: InvokedModel,
        family: Family,
        request: Request,
        guard: GuardedCall | None,
    ) -> JSON:
        with failing(model):
            answering = await self._begun(model, {}, request, guard)
            reply = await converse_response.whole(call.params, family, answering, guard)
        return reply | {"$headers": answering.headers}

    async def _conversing(
        self,
        call: Call,
        model: InvokedModel,
        family: Family,
        request: Request,
        guard: GuardedCall | None,
    ) -> JSON:
        with failing(model):
            answering = await self._begun(model, {}, request, guard, stream=True)
        events = converse_response.events(call.params, family, answering, guard)
        return {"stream": Events(events, answering), "$headers": answering.headers}

    async def _begun(
        self,
        model: InvokedModel,
        body: JSON,
        request: Request,
        guard: GuardedCall | None,
        *,
        stream: bool = False,
    ) -> Answering:
        return await Answering.begun(model, body, request, self._engine, guard, stream=stream)

    def count_tokens(self, call: Call) -> JSON:
        model = self._models.counted(call.params["modelId"], call.region, self._now())
        family = FAMILIES[model.body]
        counted = call.params["input"]
        with failing(model):
            if "converse" in counted:
                request = conversing.read(counted["converse"], family)
            else:
                body = parse(counted["invokeModel"]["body"])
                body.pop(CONFIG, None)  # no model reads it
                request = family.read(body)
            prompt = self._attachments.read(request).prompt
            return {"inputTokens": self._engine.writer.count(prompt)}
