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
from dataclasses import replace
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
    MULTILINGUAL,
    RERANKERS,
    TEMPLATES,
    Family,
    InvalidBody,
    Request,
    parse,
)
from app.local.bedrock_runtime.bodies.family import RETURNED, Cached
from app.local.bedrock_runtime.cache_points import has_points, pieces
from app.local.bedrock_runtime.capabilities import permit
from app.local.bedrock_runtime.guarding import GuardedCall, GuardrailUse
from app.local.bedrock_runtime.guarding.input import judge_body, judge_converse
from app.local.bedrock_runtime.guarding.use import CONFIG, read_converse_use, take_use
from app.local.bedrock_runtime.guardrail_checks import GuardrailChecks
from app.local.bedrock_runtime.guardrails import AppliedGuardrails
from app.local.bedrock_runtime.limits import check_context, check_prefill, fit
from app.local.bedrock_runtime.models import Catalogue, InvokedModel
from app.local.bedrock_runtime.prompt_cache import PromptCache, least_tokens
from app.local.bedrock_runtime.reasoning import reasoned
from app.local.bedrock_runtime.stored_prompts import PromptLibrary, is_prompt, with_prompt
from app.local.engine import Engine
from app.local.engine.encoder import Languages
from app.local.engine.guard.scores import GuardScores
from app.local.judgement import Judge
from app.local.wire import JSON, Call, ServiceError, WaitingService

UNGUARDED = "A guardrail judges what models read and write; this model writes no text."
SERVER = "Start an OpenAI-compatible server, and name it in OUTCROP_LOCAL_MODEL_URL."


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
    runtime = _Runtime(engine, models, now, attachments, clock, judge, prompts)
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
        clock: Callable[[], float],
        judge: Judge | None,
        prompts: PromptLibrary | None,
    ) -> None:
        self._engine = engine
        self._models = models
        self._now = now
        self._attachments = attachments
        self._cache = PromptCache(clock)
        self._judge = judge
        self._prompts = prompts

    def invoke_model(self, call: Call) -> JSON | Awaitable[JSON]:
        if self._names_prompt(call):
            return self._invoked(*self._prompt_invocation(call))
        model = self._model(call)
        with failing(model):
            body = parse(invoke_response.payload(call))
            guard = self._guard(take_use(call.params, body))
            if guard and model.body not in FAMILIES:
                raise ServiceError("ValidationException", UNGUARDED)
            if embed := EMBEDDINGS.get(model.body):
                began = perf_counter()
                languages: Languages = "multilingual" if model.id in MULTILINGUAL else "english"
                reply, tokens = embed(body, self._engine.encoder_of(languages))
                latency = milliseconds(perf_counter() - began)
                counts = {"input-token-count": tokens, "invocation-latency": latency}
                return invoke_response.whole(call, reply, counts, {})
            if order := RERANKERS.get(model.body):
                began = perf_counter()
                reply = order(body, self._engine.rerank)
                latency = milliseconds(perf_counter() - began)
                return invoke_response.whole(call, reply, {"invocation-latency": latency}, {})
            family = FAMILIES[model.body]
            body, request = self._body_request(body, model, family, guard)
        return self._invoked(call, model, family, body, request, guard)

    def invoke_model_with_response_stream(self, call: Call) -> Awaitable[JSON]:
        if self._names_prompt(call):
            return self._streamed(*self._prompt_invocation(call, streamed=True))
        model = self._model(call)
        family = _writing(model, "The model is unsupported for streaming.", stream=True)
        with failing(model):
            body = parse(invoke_response.payload(call))
            guard = self._guard(take_use(call.params, body))
            body, request = self._body_request(body, model, family, guard)
        return self._streamed(call, model, family, body, request, guard)

    def converse(self, call: Call) -> Awaitable[JSON]:
        call = with_prompt(self._prompts, call)
        model = self._model(call)
        family = _writing(model, conversing.UNSUPPORTED)
        guard = self._guard(read_converse_use(call.params))
        with failing(model):
            request = self._converse_request(call.params, model, family, guard)
        return self._conversed(call, model, family, request, guard)

    def converse_stream(self, call: Call) -> Awaitable[JSON]:
        call = with_prompt(self._prompts, call)
        model = self._model(call)
        family = _writing(model, conversing.UNSUPPORTED, stream=True)
        guard = self._guard(read_converse_use(call.params))
        with failing(model):
            request = self._converse_request(call.params, model, family, guard, streamed=True)
        return self._conversing(call, model, family, request, guard)

    def _names_prompt(self, call: Call) -> bool:
        return self._prompts is not None and is_prompt(call.params["modelId"])

    def _prompt_invocation(
        self, call: Call, *, streamed: bool = False
    ) -> tuple[Call, InvokedModel, Family, JSON, Request, GuardedCall | None]:
        """What InvokeModel is to do for a prompt. It reads no body: the prompt says it all."""
        params = with_prompt(
            self._prompts, replace(call, params={"modelId": call.params["modelId"]})
        ).params
        call = replace(call, params={**call.params, "modelId": params["modelId"]})
        model = self._model(call)
        family = _writing(model, conversing.UNSUPPORTED, stream=streamed)
        guard = self._guard(take_use(call.params, {}))
        with failing(model):
            request = self._converse_request(params, model, family, guard, streamed=streamed)
        return call, model, family, {}, request, guard

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

    def _converse_request(
        self,
        params: JSON,
        model: InvokedModel,
        family: Family,
        guard: GuardedCall | None,
        *,
        streamed: bool = False,
    ) -> Request:
        conversing.check_media(model, params)

        def read(params: JSON) -> Request:
            request = fit(model, conversing.read(params, family), RETURNED)
            request = reasoned(model, request, RETURNED)
            conversing.permit(model, params, request, streamed=streamed)
            check_prefill(model, request, RETURNED)
            request = self._able(request)
            check_context(model, request, self._engine.writer.count, RETURNED)
            return request

        if guard is None:
            return self._cached(params, model, read(params), RETURNED)
        params, request = judge_converse(guard, params, read)
        return self._cached(params, model, request, RETURNED, guard)

    def _body_request(
        self, body: JSON, model: InvokedModel, family: Family, guard: GuardedCall | None
    ) -> tuple[JSON, Request]:
        """The body as the model gets it, and what it asks for."""

        def read(body: JSON) -> Request:
            request = reasoned(model, fit(model, family.read(body)))
            permit(model, request.prompt)
            if model.body not in TEMPLATES:
                check_prefill(model, request)
            request = self._able(request)
            check_context(model, request, self._engine.writer.count)
            return request

        if guard is None:
            return body, self._cached(body, model, read(body))
        body, request = judge_body(guard, body, read)
        return body, self._cached(body, model, request, guard=guard)

    def _guard(self, use: GuardrailUse | None) -> GuardedCall | None:
        return GuardedCall(self._judge, use) if use else None

    def _cached(
        self,
        source: JSON,
        model: InvokedModel,
        request: Request,
        prefix: str = "",
        guard: GuardedCall | None = None,
    ) -> Request:
        """The request, with what the prompt cache does for it: nothing if it reaches no model."""
        caches = least_tokens(model) is not None
        if not has_points(source) or (guard and guard.blocks_input):
            return replace(request, cached=Cached() if caches else None)
        documents = request.prompt.all_documents
        parts = list(pieces(source, documents, self._engine.encoder.count))
        return replace(request, cached=self._cache.use(model, parts, prefix))

    def _able(self, request: Request) -> Request:
        """The request, its files read, if what writes in the model's place can do what it asks."""
        prompt = request.prompt
        plans = prompt.tools or prompt.output_schema is not None
        if plans and not self._engine.writer.uses_tools:
            raise InvalidBody(f"The stand-in's writer uses no tools and fills no schemas. {SERVER}")
        return self._attachments.read(request)

    def _model(self, call: Call) -> InvokedModel:
        return self._models.invoked(call.params["modelId"], call.region, self._now())


def _writing(model: InvokedModel, otherwise: str, *, stream: bool = False) -> Family:
    """The bodies of a model that writes, and that streams if it is to."""
    family = FAMILIES.get(model.body)
    if family is None or (stream and not model.streaming):
        raise ServiceError("ValidationException", otherwise)
    return family
