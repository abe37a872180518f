"""The calls of bedrock-runtime, read: the model, and what it is asked, held against what it can do.

modelId     a model, or a prompt of Prompt management, which says what its model is asked
body        of a family, or Converse's: read, judged by the guardrail if the request names one
request     fitted to the model, its files read, counted for the prompt cache
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.local.bedrock_runtime import converse as conversing
from app.local.bedrock_runtime.answers import failing
from app.local.bedrock_runtime.attachments import Attachments
from app.local.bedrock_runtime.bodies import FAMILIES, TEMPLATES, Family, InvalidBody, Request
from app.local.bedrock_runtime.bodies.family import RETURNED, Cached
from app.local.bedrock_runtime.cache_points import has_points, pieces
from app.local.bedrock_runtime.capabilities import permit
from app.local.bedrock_runtime.guarding import GuardedCall, GuardrailUse
from app.local.bedrock_runtime.guarding.input import judge_body, judge_converse
from app.local.bedrock_runtime.guarding.use import take_use
from app.local.bedrock_runtime.limits import check_context, check_prefill, fit
from app.local.bedrock_runtime.models import Catalogue, InvokedModel
from app.local.bedrock_runtime.prompt_cache import PromptCache, least_tokens
from app.local.bedrock_runtime.reasoning import reasoned
from app.local.bedrock_runtime.stored_prompts import PromptLibrary, is_prompt, with_prompt
from app.local.engine import Engine
from app.local.judgement import Judge
from app.local.wire import JSON, Call, ServiceError

SERVER = "Start an OpenAI-compatible server, and name it in OUTCROP_LOCAL_MODEL_URL."


class RequestReader:
    """Reads calls.

    Args:
        engine: counts tokens; its writer says what it can do.
        models: the foundation models.
        now: says which models are past their end of life.
        attachments: reads the files of requests.
        clock: seconds, by which prompts are kept in the cache.
        judge: judges texts by guardrails.
        prompts: those that can be run by their ARN.
    """

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

    def with_prompt(self, call: Call) -> Call:
        """A call of Converse or ConverseStream, as its prompt's model gets it."""
        return with_prompt(self._prompts, call)

    def names_prompt(self, call: Call) -> bool:
        """Whether a call is to run a prompt, and not to invoke a model."""
        return self._prompts is not None and is_prompt(call.params["modelId"])

    def prompt_invocation(
        self, call: Call, *, streamed: bool = False
    ) -> tuple[Call, InvokedModel, Family, JSON, Request, GuardedCall | None]:
        """What InvokeModel is to do for a prompt. It reads no body: the prompt says it all."""
        params = self.with_prompt(replace(call, params={"modelId": call.params["modelId"]})).params
        call = replace(call, params={**call.params, "modelId": params["modelId"]})
        model = self.model(call)
        family = writing_family(model, conversing.UNSUPPORTED, stream=streamed)
        guard = self.guard(take_use(call.params, {}))
        with failing(model):
            request = self.converse_request(params, model, family, guard, streamed=streamed)
        return call, model, family, {}, request, guard

    def converse_request(
        self,
        params: JSON,
        model: InvokedModel,
        family: Family,
        guard: GuardedCall | None,
        *,
        streamed: bool = False,
    ) -> Request:
        """What a Converse request asks for.

        Raises:
            InvalidBody: naming what the model does not take.
        """
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

    def body_request(
        self, body: JSON, model: InvokedModel, family: Family, guard: GuardedCall | None
    ) -> tuple[JSON, Request]:
        """A family's body as the model gets it, and what it asks for.

        Raises:
            InvalidBody: naming what the model does not take.
        """

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

    def guard(self, use: GuardrailUse | None) -> GuardedCall | None:
        """The guardrail over a call, if the request names one."""
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

    def model(self, call: Call) -> InvokedModel:
        """The model that a call invokes.

        Raises:
            ServiceError: it invokes none, there and then.
        """
        return self._models.invoked(call.params["modelId"], call.region, self._now())


def writing_family(model: InvokedModel, otherwise: str, *, stream: bool = False) -> Family:
    """The bodies of a model that writes, and that streams if it is to."""
    family = FAMILIES.get(model.body)
    if family is None or (stream and not model.streaming):
        raise ServiceError("ValidationException", otherwise)
    return family
