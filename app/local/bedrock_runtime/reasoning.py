"""Which models reason, and how they are told to: what a request asks, held against its model.

Claude 3.7 to 4.6          thinking of type enabled, with a budget
Claude 4.6 and later       thinking of type adaptive
Nova 2                     reasoningConfig; its thoughts are redacted
gpt-oss                    always, unless the effort is "none"; here not where the request has
                           tools or a schema
"""

from dataclasses import replace

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies import InvalidBody, Request
from app.local.bedrock_runtime.bodies.thinking import check_thinking
from app.local.bedrock_runtime.models import InvokedModel
from app.local.engine.writer import Thinking

_NO_THINKING = re.compile(r"anthropic\.claude-(3-(?!7)|v2|instant)")
_BUDGETS = re.compile(r"anthropic\.claude-(3-7|[a-z]+-4-(\d{8}|[1-6](-|$)))")
_ADAPTS = re.compile(r"anthropic\.claude-[a-z]+-(4-[6-9](-|$)|[5-9])")
_NOVA = re.compile(r"amazon\.nova-2-")
_ALWAYS = re.compile(r"openai\.gpt-oss-\d")


def reasoned(model: InvokedModel, request: Request, prefix: str = "") -> Request:
    """The request, with what its model does about reasoning by itself.

    Raises:
        InvalidBody: the model does not reason, or not so; the message begins with `prefix`.
    """
    sampling = request.sampling
    thinking = sampling.thinking
    if thinking is None:
        plain = not request.prompt.tools and request.prompt.output_schema is None
        if _ALWAYS.match(model.id) and sampling.effort != "none" and plain:
            return replace(request, sampling=replace(sampling, thinking=Thinking("enabled")))
        return request
    if model.body == "anthropic":
        _check_claude(model, thinking, prefix)
        try:
            check_thinking(sampling, request.named)
        except InvalidBody as error:
            raise InvalidBody(f"{prefix}{error.message}") from error
        if request.prompt.prefill:
            raise InvalidBody(
                f"{prefix}messages.{len(request.prompt.turns) - 1}.content.0.type: Expected "
                "`thinking` or `redacted_thinking`, but found `text`. When `thinking` is enabled, "
                "a final `assistant` message must start with a thinking block."
            )
    elif not _NOVA.match(model.id):
        raise InvalidBody(f"{prefix}#: extraneous key [reasoningConfig] is not permitted")
    elif sampling.effort == "high" and request.named & {"temperature", "top_p", "max_tokens"}:
        raise InvalidBody(
            f"{prefix}temperature, topP and maxTokens have to be left out where "
            "maxReasoningEffort is high."
        )
    return request


def _check_claude(model: InvokedModel, thinking: Thinking, prefix: str) -> None:
    if _NO_THINKING.match(model.id):
        raise InvalidBody(f"{prefix}thinking: Extra inputs are not permitted")
    if thinking.kind == "adaptive" and not _ADAPTS.match(model.id):
        raise InvalidBody(f"{prefix}adaptive thinking is not supported on this model")
    if thinking.kind == "enabled" and not _BUDGETS.match(model.id):
        raise InvalidBody(
            f'{prefix}"thinking.type.enabled" is not supported for this model. Use '
            '"thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
        )
