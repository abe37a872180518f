"""What a model id says: ids, inference profiles and ARNs are read here and nowhere else.

    amazon.nova-lite-v1:0                    a foundation model
    meta.llama3-1-8b-instruct-v1:0:128k      a variant of it, for provisioned throughput
    us.amazon.nova-lite-v1:0                 an inference profile of AWS's: the model in any Region
                                             of a geography
    arn:..:foundation-model/..               either of them, by its ARN
    arn:..:inference-profile/us...
    arn:..:application-inference-profile/..  a thing of the account, which does not tell what model
                                             is behind it; so are custom, imported and provisioned
                                             models

https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
"""

import re
from dataclasses import dataclass

from app.models.facts.catalogue import MODELS
from app.models.facts.embedding import EMBEDDING_MODELS
from app.models.facts.regions import SOURCES

GEOGRAPHIES = frozenset(SOURCES)
"""How the ids of AWS's inference profiles begin."""

_PROVIDERS = {
    model_id.partition(".")[0]
    for model_id in (*(model.id for model in MODELS), *(model.id for model in EMBEDDING_MODELS))
}
_ARN = re.compile(r"arn:[^:]+:bedrock:[^:]*:[^:]*:(?P<kind>[^/]+)/")
_TELLING = ("foundation-model", "inference-profile")


@dataclass(frozen=True, slots=True)
class ModelId:
    """What is called by an id.

    Attributes:
        model: the foundation model, as ListFoundationModels has it. Of an opaque ARN it is only
            the last part.
        geography: of an inference profile of AWS's: `us`, `eu`, `global`, ..; None for others.
        arn: the id is an ARN.
        opaque: the id names a thing of the account, and does not tell which model is behind it.
    """

    model: str
    geography: str | None
    arn: bool
    opaque: bool


def parse(model_id: str) -> ModelId:
    """Read an id.

    >>> parse("arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-pro-v1:0")
    ModelId(model='amazon.nova-pro-v1:0', geography='us', arn=True, opaque=False)
    >>> parse("meta.llama3-1-8b-instruct-v1:0:128k").model
    'meta.llama3-1-8b-instruct-v1:0'
    """
    arn = _ARN.match(model_id)
    rest = re.sub(r":\d+k$", "", model_id.rpartition("/")[2])
    head, _, tail = rest.partition(".")
    profile = head in GEOGRAPHIES or (
        head not in _PROVIDERS and tail.partition(".")[0] in _PROVIDERS
    )
    return ModelId(
        model=tail if profile else rest,
        geography=head if profile else None,
        arn=model_id.startswith("arn:"),
        opaque=arn is not None and arn["kind"] not in _TELLING,
    )
