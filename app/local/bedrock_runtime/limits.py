"""What a model's limits are, and how what is beyond them is refused: its parameters for sampling,
its longest answer, its context window, and whether it goes on from an answer that is begun.
"""

from collections.abc import Callable
from dataclasses import replace

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies import InvalidBody, Request
from app.local.bedrock_runtime.bodies.conversation import MUST_END
from app.local.bedrock_runtime.models import InvokedModel
from app.local.engine.writer import Prompt


def fit(model: InvokedModel, request: Request, prefix: str = "") -> Request:
    """The request, its longest answer within the model's limit.

    Raises:
        InvalidBody: it names a parameter that the model refuses; the message begins with `prefix`.
    """
    named = request.named & {"temperature", "top_p", "top_k"}
    if model.sampling == "none" and named:
        raise InvalidBody(f"{prefix}`{min(named)}` is deprecated for this model.")
    if model.sampling == "one" and named >= {"temperature", "top_p"}:
        raise InvalidBody(
            f"{prefix}`temperature` and `top_p` cannot both be specified for this model. Please "
            "use only one."
        )
    longest, limit = request.sampling.max_tokens, model.max_tokens
    if limit is None or longest <= limit:
        return request
    if "max_tokens" in request.named:
        raise InvalidBody(
            f"The maximum tokens you requested exceeds the model limit of {limit}. Try again with "
            f"a maximum tokens value that is lower than {limit}."
        )
    return replace(request, sampling=replace(request.sampling, max_tokens=limit))


def check_context(
    model: InvokedModel, request: Request, count: Callable[[Prompt], int], prefix: str = ""
) -> None:
    """Check that what is read fits the model's context window; of some of Claude's, together with
    the longest answer that is asked for.

    Args:
        count: the tokens of a prompt.
        prefix: how Converse begins what the model says.

    Raises:
        InvalidBody: in the words that clients look for before they shorten a conversation.
    """
    window, answer = model.context, request.sampling.max_tokens
    reserves = "max_tokens" in request.named and _RESERVES.match(model.id) is not None
    most = window and window - answer * reserves
    # No text has more tokens than characters, and to count them takes time.
    characters = sum(map(len, request.prompt.texts)) + _ROOM * len(request.prompt.turns)
    if window is None or most is None or characters <= most:
        return
    tokens = count(request.prompt)
    if tokens > window:
        if not _COUNTS_ALOUD.match(model.id):
            raise InvalidBody(f"{prefix * (model.body == 'anthropic')}{TOO_LONG}")
        raise InvalidBody(f"{prefix}prompt is too long: {tokens} tokens > {window} maximum")
    if tokens > most:
        raise InvalidBody(
            f"{prefix}input length and `max_tokens` exceed context limit: {tokens} + {answer} > "
            f"{window}, decrease input length or `max_tokens` and try again"
        )


def check_prefill(model: InvokedModel, request: Request, prefix: str = "") -> None:
    """Check that a model goes on from an assistant's message, where one comes last.

    Raises:
        InvalidBody: it does not; or, of Claude's, not from white space.
    """
    begun = request.prompt.prefill
    if begun and not model.prefill:
        claudes = model.body == "anthropic"
        raise InvalidBody(f"{prefix}{_NO_PREFILL}" if claudes else MUST_END)
    if begun.rstrip() != begun and model.body == "anthropic":
        raise InvalidBody(
            f"{prefix}messages: final assistant content cannot end with trailing whitespace"
        )


_NO_PREFILL = (
    "This model does not support assistant message prefill. The conversation must end with a user "
    "message."
)
_ROOM = 2000  # tokens that a message may have beside its texts: more than around it, and an image
TOO_LONG = "Input is too long for requested model."
_COUNTS_ALOUD = re.compile(r"anthropic\.claude-(3-7|opus|sonnet|haiku|fable)-")
_RESERVES = re.compile(r"anthropic\.claude-(3-7-sonnet|(opus|sonnet)-4-\d{8}|opus-4-1)-?")
