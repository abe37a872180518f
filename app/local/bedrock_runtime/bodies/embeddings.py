"""Embeddings through InvokeModel: Amazon Titan and Cohere Embed.

    Titan v1      {"inputText"} -> {"embedding": [1536], "inputTextTokenCount"}
    Titan V2      {"inputText", "dimensions": 1024 | 512 | 256, "normalize", "embeddingTypes"}
                  -> the same and {"embeddingsByType": {"float": [..], "binary": [..]}};
                  "embedding" is there unless the request names "binary" alone
    Cohere v3     {"texts": [..], "input_type", "truncate", "embedding_types"}
                  -> {"id", "embeddings": [[1024]], "texts", "response_type": "embeddings_floats"},
                  or with types, {"embeddings": {"float": [..], ..}, "response_type":
                  "embeddings_by_type"}
    Cohere v4     the same with {"inputs", "output_dimension": 1536 | 1024 | 512 | 256,
                  "max_tokens"}

Whatever is named, the encoder embeds, and its vectors are fitted to the dimension: cosines are the
encoder's. A text longer than the encoder's window is embedded window by window.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from app.local.bedrock_runtime.bodies.conversation import text_of
from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.bedrock_runtime.bodies.schema import (
    Body,
    CamelBody,
    Count,
    check,
    malformed,
)
from app.local.engine.encoder import TextEncoder, Vectors
from app.local.engine.transformer.dimensions import fit

WINDOW = 254  # tokens that the encoder reads at once
LONGEST_TITAN = 8192  # tokens
LONGEST_COHERE_V3 = 512

Embed = Callable[[JSON, TextEncoder], tuple[JSON, int]]  # a body -> a body, and the tokens read


def embed(texts: Sequence[str], encoder: TextEncoder, dimension: int) -> Vectors:
    """Unit vectors (n, dimension). A long text's is the mean of its windows', by their tokens."""
    windows = [_windows(text, encoder) for text in texts]
    vectors = encoder.encode([window for one in windows for window, _ in one])  # (w, 384)
    weights = np.array([max(tokens, 1) for one in windows for _, tokens in one], np.float32)
    starts = np.cumsum([0, *map(len, windows[:-1])])
    sums = np.add.reduceat(vectors * weights[:, None], starts)  # (n, 384)
    return fit(sums / np.linalg.norm(sums, axis=1, keepdims=True), dimension)


def _windows(text: str, encoder: TextEncoder) -> list[tuple[str, int]]:
    spans = encoder.spans(text)
    cut = [spans[start : start + WINDOW] for start in range(0, len(spans), WINDOW)]
    return [(text[one[0][0] : one[-1][1]], len(one)) for one in cut] or [(text, 0)]


class TitanV1(CamelBody):
    input_text: Annotated[str, Field(min_length=1, max_length=50_000)]


class TitanV2(CamelBody):
    input_text: Annotated[str, Field(min_length=1, max_length=50_000)]
    dimensions: Literal[1024, 512, 256] = 1024
    normalize: bool = True
    embedding_types: Annotated[list[Literal["float", "binary"]], Field(min_length=1)] | None = None


def titan_v1(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    text = check(TitanV1, body).input_text
    tokens = _titan_tokens(text, encoder)
    vector = embed([text], encoder, 1536)[0]
    return {"embedding": vector.tolist(), "inputTextTokenCount": tokens}, tokens


def titan_v2(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    """`normalize` changes nothing: the encoder's vectors have unit length to begin with."""
    request = check(TitanV2, body)
    tokens = _titan_tokens(request.input_text, encoder)
    vector = embed([request.input_text], encoder, request.dimensions)[0]
    kinds = {"float": vector.tolist(), "binary": (vector > 0).astype(int).tolist()}
    by_type = {kind: kinds[kind] for kind in request.embedding_types or ["float"]}
    plain = {"embedding": by_type["float"]} if "float" in by_type else {}
    return {**plain, "inputTextTokenCount": tokens, "embeddingsByType": by_type}, tokens


def _titan_tokens(text: str, encoder: TextEncoder) -> int:
    tokens = encoder.count(text)
    if tokens > LONGEST_TITAN:
        raise InvalidBody(
            f"400 Bad Request: Too many input tokens. Max input tokens: {LONGEST_TITAN}, request "
            f"input token count: {tokens}"
        )
    return tokens


CohereType = Literal["float", "int8", "uint8", "binary", "ubinary"]
InputType = Literal["search_document", "search_query", "classification", "clustering"]


ShortText = Annotated[str, Field(min_length=1, max_length=2048)]


class CohereV3(Body):
    texts: Annotated[list[ShortText], Field(min_length=1, max_length=96)]
    input_type: InputType
    truncate: Literal["NONE", "START", "END"] = "NONE"
    embedding_types: list[CohereType] | None = None


class CohereInput(Body):
    content: Annotated[list[JSON], Field(min_length=1)]


class CohereV4(Body):
    input_type: InputType
    texts: Annotated[list[Annotated[str, Field(min_length=1)]], Field(max_length=96)] | None = None
    inputs: Annotated[list[CohereInput], Field(max_length=96)] | None = None
    images: list[str] | None = None
    embedding_types: list[CohereType] | None = None
    output_dimension: Literal[256, 512, 1024, 1536] = 1536
    max_tokens: Annotated[Count, Field(le=128_000)] = 128_000
    truncate: Literal["NONE", "LEFT", "RIGHT"] = "RIGHT"


def cohere_v3(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    request = check(CohereV3, body)
    texts = [_cut(text, LONGEST_COHERE_V3, request.truncate, encoder) for text in request.texts]
    vectors = embed(texts, encoder, 1024)
    reply = _cohere(vectors, request.embedding_types or []) | {"texts": request.texts}
    return reply, sum(map(encoder.count, texts))


def cohere_v4(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    request = check(CohereV4, body)
    if request.images:
        raise InvalidBody("images: this model reads text only. Leave the images out.")
    inputs = enumerate(request.inputs or [])
    contents = request.texts or [text_of(one.content, f"inputs.{i}") for i, one in inputs]
    if not contents:
        raise malformed("#: required key [texts] not found")
    texts = [_cut(text, request.max_tokens, request.truncate, encoder) for text in contents]
    vectors = embed(texts, encoder, request.output_dimension)
    echoed = {"texts": request.texts} if request.texts else {}
    return _cohere(vectors, request.embedding_types or []) | echoed, sum(map(encoder.count, texts))


def _cut(text: str, longest: int, truncate: str, encoder: TextEncoder) -> str:
    """The text, cut to the tokens that the model reads, at the end that the request names."""
    spans = encoder.spans(text)
    if len(spans) <= longest:
        return text
    if truncate == "NONE":
        raise InvalidBody(f"too many tokens: {len(spans)}, and the longest text has {longest}")
    if truncate in ("START", "LEFT"):
        return text[spans[-longest][0] :]
    return text[: spans[longest - 1][1]]


def _cohere(vectors: Vectors, types: Sequence[str]) -> JSON:
    kind = "embeddings_by_type" if types else "embeddings_floats"
    by_type = {name: _QUANTISED[name](vectors).tolist() for name in types}
    embeddings = by_type or vectors.tolist()
    return {"id": str(uuid4()), "response_type": kind, "embeddings": embeddings}


def _int8(vectors: Vectors) -> NDArray[np.int64]:
    """Bytes: four standard deviations of a unit vector's members are 127."""
    scale = 127 / 4 * np.sqrt(vectors.shape[1])
    bytes_: NDArray[np.int64] = np.clip(np.rint(vectors * scale), -128, 127).astype(int)
    return bytes_


_QUANTISED: dict[str, Callable[[Vectors], NDArray[Any]]] = {
    "float": lambda vectors: vectors,
    "int8": _int8,
    "uint8": lambda vectors: _int8(vectors) + 128,
    "binary": lambda vectors: np.packbits(vectors > 0, axis=1).astype(int) - 128,
    "ubinary": lambda vectors: np.packbits(vectors > 0, axis=1),
}
