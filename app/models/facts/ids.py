"""The names that a model is called by: ids, inference profiles, ARNs."""

import re
from difflib import get_close_matches

from app.errors import InvalidRequest
from app.models.facts.catalogue import MODELS, Model

_BY_ID = {model.id: model for model in MODELS}
_PROVIDERS = {model.id.partition(".")[0] for model in MODELS}

# ARNs that name a thing of the account, and not the model in it.
_OPAQUE = re.compile(r"arn:[^:]+:bedrock:[^:]*:[^:]*:(?!foundation-model/|inference-profile/)")


def find(model_id: str, base_model_id: str | None = None) -> Model:
    """The row of a model, by whatever name it is called.

    >>> find("eu.anthropic.claude-sonnet-4-6").id
    'anthropic.claude-sonnet-4-6'
    >>> find("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0").family.name
    'nova'

    Args:
        model_id: a model id, alone or with a geography before it (`us.`, `global.`, ..), or the
            ARN of a foundation model or of an inference profile of the system.
        base_model_id: the model behind it, where `model_id` does not tell: behind an application
            inference profile, a custom, imported or provisioned model. For a model that is newer
            than the table, a relative that takes the same body.

    Raises:
        InvalidRequest: naming `model`, with near matches.
    """
    for name in (model_id, base_model_id or ""):
        if model := _BY_ID.get(bare(name)):
            return model
    unknown = base_model_id or model_id
    if _OPAQUE.match(unknown):
        raise InvalidRequest(
            f"{unknown} does not tell which model is behind it. Name that model in "
            "OUTCROP_BASE_MODEL_ID.",
            field="model",
        )
    near = get_close_matches(bare(unknown), _BY_ID, n=3)
    meant = f" Did you mean {', '.join(near)}?" if near else ""
    raise InvalidRequest(
        f"{unknown!r} is not a text model that Outcrop knows how to invoke.{meant} A newer model "
        "works with an older one that takes the same body in OUTCROP_BASE_MODEL_ID.",
        field="model",
    )


def bare(model_id: str) -> str:
    """The model id in an id or ARN, without geography and without context-length variant.

    >>> bare("arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-pro-v1:0")
    'amazon.nova-pro-v1:0'
    >>> bare("meta.llama3-1-8b-instruct-v1:0:128k")
    'meta.llama3-1-8b-instruct-v1:0'
    """
    _, _, rest = model_id.rpartition("/")
    rest = re.sub(r":\d+k$", "", rest)
    head, _, tail = rest.partition(".")
    return tail if head not in _PROVIDERS and tail.partition(".")[0] in _PROVIDERS else rest
