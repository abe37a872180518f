"""The foundation models that the stand-in knows: `foundation_models.json`, a row each.

    id, name, provider, input, output, streaming, status, lifecycle times
                as ListFoundationModels tells them; what is not sure is left out
    body        whose bodies it speaks, by the names of `app.local.bedrock_runtime.bodies`
    context     its context window, in tokens
    maxTokens   the longest answer that it writes
    sampling    "one": it takes temperature or top_p, and not both; "none": neither, nor top_k
    system      false: it takes no system prompt
    countsTokens  CountTokens counts for it
    ended       it is past its end of life, on a date that is not known

A snapshot of November 2026. The last models of a family that has gone (Titan Text, Command, Jamba,
Jurassic-2) are kept as LEGACY without an end: nothing else answers in their bodies.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from app.local import lazy_re as re
from app.local.bedrock.availability import Availability, availability
from app.local.bedrock.names import FOUNDATION_MODEL, INFERENCE_PROFILE, ModelName, parse
from app.local.wire import ServiceError

_PREFILL = re.compile(
    r"amazon\.nova-|anthropic\.claude-(v2|instant|3-|(opus|sonnet|haiku)-4-([15]-)?\d{8})"
)
_NO_STOPS = re.compile(r"(openai|qwen|nvidia|zai|google)\.|deepseek\.v3\.2")
_TIMES = ("startOfLifeTime", "legacyTime", "publicExtendedAccessTime", "endOfLifeTime")


@dataclass(frozen=True)
class FoundationModel:
    """One model, as Bedrock tells of it."""

    id: str
    name: str
    provider: str
    body: str
    input: tuple[str, ...]
    output: tuple[str, ...]
    streaming: bool
    context: int | None
    max_tokens: int | None
    sampling: Literal["any", "one", "none"]
    system: bool
    counts_tokens: bool
    status: Literal["ACTIVE", "LEGACY"]
    gone: bool
    times: Mapping[str, datetime]

    @property
    def availability(self) -> Availability:
        """Where it can be called."""
        return availability(self.id)

    @property
    def reranks(self) -> bool:
        """Whether it puts texts in order, and writes none, although its output is called TEXT."""
        return self.body.endswith("-rerank")

    @property
    def prefill(self) -> bool:
        """Whether it goes on from an assistant's message that comes last. Claude does up to 4.5."""
        return _PREFILL.match(self.id) is not None

    @property
    def stops(self) -> bool:
        """Whether it takes stop sequences through Converse, as far as its refusals are known."""
        return _NO_STOPS.match(self.id) is None

    @property
    def native_errors(self) -> bool:
        """Whether it says in words of its own what is wrong with a body, as Claude 4 and later."""
        return re.match(r"anthropic\.claude-(opus|sonnet|haiku|fable)-", self.id) is not None

    def ended(self, now: datetime) -> bool:
        """Whether it is past its end of life."""
        end = self.times.get("endOfLifeTime")
        return self.gone or (end is not None and end <= now)

    def writes(self, now: datetime) -> bool:
        """Whether it writes text, and has not ended."""
        return "TEXT" in self.output and not self.reranks and not self.ended(now)


@cache
def models() -> Mapping[str, FoundationModel]:
    """All of them, by id."""
    rows = json.loads(Path(__file__).with_suffix(".json").read_text())
    return {row["id"]: _model(row) for row in rows}


def find(identifier: str) -> FoundationModel | None:
    """The model behind an id, a variant of its context window, an inference profile or an ARN.

    >>> find("eu.amazon.nova-lite-v1:0").name
    'Nova Lite'
    >>> find("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0").name
    'Nova Pro'
    """
    return models().get(parse(identifier).model)


def active(now: datetime) -> list[FoundationModel]:
    """The models that have not ended."""
    return [model for model in models().values() if not model.ended(now)]


def can_write(identifier: str) -> bool:
    """Whether an id, inference profile or ARN is of a model that writes text and has not ended."""
    model = find(identifier)
    return model is not None and model.writes(datetime.now(UTC))


def can_rerank(arn: str, region: str) -> bool:
    """Whether it is the ARN of a reranking model that a Region offers."""
    name = parse(arn)
    model = find(arn)
    if model is None or name.kind != FOUNDATION_MODEL or name.region != region:
        return False
    return model.reranks and "ON_DEMAND" in model.availability.inference(region)


def invoked(identifier: str, region: str, now: datetime) -> FoundationModel:
    """The model that a `modelId` invokes.

    Args:
        identifier: an id, an inference profile of Bedrock's, or the ARN of one of them.
        region: that the request is sent to.
        now: says which models are past their end of life.

    Raises:
        ServiceError: in Bedrock's words, there is no such model, it has ended, or it is not called
            by this name in this Region. In the stand-in's, it is of a kind that it does not keep.
    """
    name = parse(identifier)
    if name.kind not in (FOUNDATION_MODEL, INFERENCE_PROFILE):
        raise _not_kept(name, identifier)
    model = models().get(name.model)
    if model is None or name.region not in ("", region):
        raise ServiceError("ValidationException", INVALID)
    if model.ended(now):
        raise ServiceError("ResourceNotFoundException", ENDED)
    if name.geography:
        if name.variant or not model.availability.takes_profile(name.geography, region):
            raise ServiceError("ValidationException", INVALID)
        return model
    inference = model.availability.inference(region)
    if not inference:
        raise ServiceError("ValidationException", INVALID)
    if name.variant or "ON_DEMAND" not in inference:
        raise ServiceError("ValidationException", NOT_ON_DEMAND.format(name.id))
    return model


def counted(identifier: str, region: str, now: datetime) -> FoundationModel:
    """The model that CountTokens counts for: named by its own id, whether or not that invokes it.

    Raises:
        ServiceError: as `invoked` does; or the model, or an id of this kind, is not counted for.
    """
    name = parse(identifier)
    model = models().get(name.model)
    if name.kind != FOUNDATION_MODEL or (
        model is not None and (name.variant or not model.counts_tokens)
    ):
        raise ServiceError("ValidationException", NOT_COUNTED)
    if model is None or name.region not in ("", region):
        raise ServiceError("ValidationException", INVALID)
    if model.ended(now):
        raise ServiceError("ResourceNotFoundException", ENDED)
    return model


INVALID = "The provided model identifier is invalid."
ENDED = (
    "This model version has reached the end of its life. Please refer to the AWS documentation "
    "for more details."
)
NOT_ON_DEMAND = (
    "Invocation of model ID {} with on-demand throughput isn\u2019t supported. Retry your request "
    "with the ID or ARN of an inference profile that contains this model."
)
NOT_COUNTED = "The provided model doesn't support counting tokens."


def _not_kept(name: ModelName, identifier: str) -> ServiceError:
    """Something of the account's. It cannot be made here, so that it is never there."""
    if name.kind not in _KEPT_BY_AWS:
        return ServiceError("ValidationException", INVALID)
    return ServiceError(
        "ResourceNotFoundException",
        f"The specified resource ARN was not found: {identifier}. The stand-in keeps no "
        f"{_KEPT_BY_AWS[name.kind]}; AWS does.",
    )


_KEPT_BY_AWS = {
    "provisioned-model": "models with provisioned throughput",
    "custom-model": "custom models",
    "custom-model-deployment": "deployments of custom models",
    "imported-model": "imported models",
    "prompt": "prompt that can be run in this way",
    "prompt-router": "prompt routers",
    "default-prompt-router": "prompt routers",
    "application-inference-profile": "inference profile of this id in this Region",
    "endpoint": "endpoints of Marketplace models",
    "marketplace": "endpoints of Marketplace models",
}


def _model(row: dict[str, Any]) -> FoundationModel:
    return FoundationModel(
        id=row["id"],
        name=row["name"],
        provider=row["provider"],
        body=row["body"],
        input=tuple(row["input"]),
        output=tuple(row["output"]),
        streaming=row.get("streaming", True),
        context=row.get("context"),
        max_tokens=row.get("maxTokens"),
        sampling=row.get("sampling", "any"),
        system=row.get("system", True),
        counts_tokens=row.get("countsTokens", False),
        status=row.get("status", "ACTIVE"),
        gone=row.get("ended", False),
        times={name: datetime.fromisoformat(row[name]) for name in _TIMES if name in row},
    )
