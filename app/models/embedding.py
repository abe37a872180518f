"""Texts -> vectors, by InvokeModel, in the bodies of the models that embed.

    Titan     {"inputText"} -> {"embedding": [..]}                       one text a call
              V2 takes "dimensions" and "normalize" too
    Cohere    {"texts", "input_type"} -> {"embeddings": [[..], ..]}      up to 96 texts a call

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.aws import calling
from app.errors import InvalidRequest, ModelFailed
from app.models.facts.embedding import EMBEDDING_MODELS, EmbeddingModel

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

TOKENS_HEADER = "x-amzn-bedrock-input-token-count"


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors, in the order of their texts, and how many tokens were read for them."""

    vectors: tuple[tuple[float, ...], ...]
    input_tokens: int


def find(model_id: str, dimensions: int | None = None) -> EmbeddingModel:
    """An embedding model that can make vectors of this many numbers.

    Raises:
        InvalidRequest: naming `model` or `dimensions`, and what there is.
    """
    for model in EMBEDDING_MODELS:
        if model.id == model_id:
            if dimensions is None or dimensions in model.sizes:
                return model
            sizes = ", ".join(map(str, model.sizes))
            raise InvalidRequest(
                f"{model_id} makes vectors of {sizes} numbers, and not of {dimensions}.",
                field="dimensions",
            )
    known = ", ".join(model.id for model in EMBEDDING_MODELS)
    raise InvalidRequest(f"{model_id!r} is not one of {known}.", field="model")


def embed(
    runtime: BedrockRuntimeClient,
    model: EmbeddingModel,
    texts: Sequence[str],
    dimensions: int | None = None,
) -> Iterator[Embeddings]:
    """Embed texts, a call at a time: what each call made is yielded as soon as it is there.

    Args:
        model: what `find` returns.
        dimensions: how many numbers a vector has; the model's own number by default.

    Raises:
        OutcropError: a call failed, by the table in `app.aws`, or its answer cannot be read.
    """
    for batch in _batches(texts, model.texts_a_call):
        with calling("InvokeModel"):
            response = runtime.invoke_model(
                modelId=model.id,
                body=json.dumps(_request(model, batch, dimensions)).encode(),
                contentType="application/json",
                accept="application/json",
            )
            body = response["body"].read()
        tokens = response["ResponseMetadata"]["HTTPHeaders"].get(TOKENS_HEADER, "0")
        yield Embeddings(_vectors(model, body, len(batch)), int(tokens))


def _batches(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def _request(model: EmbeddingModel, texts: Sequence[str], dimensions: int | None) -> dict[str, Any]:
    if model.texts_a_call > 1:
        return {"texts": list(texts), "input_type": "search_document"}
    if len(model.sizes) > 1:
        return {
            "inputText": texts[0],
            "dimensions": dimensions or model.dimensions,
            "normalize": True,
        }
    return {"inputText": texts[0]}


def _vectors(model: EmbeddingModel, body: bytes, count: int) -> tuple[tuple[float, ...], ...]:
    try:
        answer = json.loads(body)
        arrays = answer["embeddings"] if model.texts_a_call > 1 else [answer["embedding"]]
        vectors = tuple(tuple(map(float, vector)) for vector in arrays)
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFailed(f"The answer of {model.id} holds no vectors.") from error
    if len(vectors) != count:
        raise ModelFailed(f"{model.id} answered {count} texts with {len(vectors)} vectors.")
    return vectors
