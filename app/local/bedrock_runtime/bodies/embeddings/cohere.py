"""Cohere Embed.

    v3   {"texts": [..], "input_type", "truncate": "NONE" | "START" | "END", "embedding_types"}
         -> {"id", "embeddings": [[1024]], "texts", "response_type": "embeddings_floats"},
         or with types, {"embeddings": {"float": [..], ..}, "response_type": "embeddings_by_type"}
    v4   the same with {"inputs", "output_dimension": 1536 | 1024 | 512 | 256, "max_tokens"}, and
         "truncate" may say "LEFT" and "RIGHT", too; the embeddings always are by type, floats
         where the request names none

A text of v3 has at most 2,048 characters, whatever "truncate" says: that is about its tokens.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from app.local.bedrock_runtime.bodies.embeddings.vectors import Side, cut, embed, reads_no
from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.bedrock_runtime.bodies.schema import Body, Count, check, malformed
from app.local.engine.encoder import TextEncoder, Vectors

LONGEST_V3 = 512  # tokens
LONGEST_V4 = 128_000

CohereType = Literal["float", "int8", "uint8", "binary", "ubinary"]
InputType = Literal["search_document", "search_query", "classification", "clustering"]
Text = Annotated[str, Field(min_length=1)]
ShortText = Annotated[str, Field(min_length=1, max_length=2048)]
Types = Annotated[list[CohereType], Field(min_length=1)]

_SIDES: dict[str, Side] = {"START": "start", "LEFT": "start", "END": "end", "RIGHT": "end"}


class CohereV3(Body):
    texts: Annotated[list[ShortText], Field(min_length=1, max_length=96)] | None = None
    images: list[str] | None = None
    input_type: Literal[InputType, "image"]
    truncate: Literal["NONE", "START", "END"] = "NONE"
    embedding_types: Types | None = None


class CohereInput(Body):
    content: Annotated[list[JSON], Field(min_length=1)]


class CohereV4(Body):
    input_type: Literal[InputType, "image"]
    texts: Annotated[list[Text], Field(min_length=1, max_length=96)] | None = None
    inputs: Annotated[list[CohereInput], Field(min_length=1, max_length=96)] | None = None
    images: list[str] | None = None
    embedding_types: Types | None = None
    output_dimension: Literal[256, 512, 1024, 1536] = 1536
    max_tokens: Annotated[Count, Field(le=LONGEST_V4)] = LONGEST_V4
    truncate: Literal["NONE", "START", "END", "LEFT", "RIGHT"] = "RIGHT"


def cohere_v3(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    request = check(CohereV3, body)
    if request.images:
        raise reads_no("image", "images")
    if request.texts is None:
        raise malformed("#: required key [texts] not found")
    texts = [_within(text, LONGEST_V3, request.truncate, encoder) for text in request.texts]
    vectors = embed(texts, encoder, 1024)
    reply = _reply(_by_type(vectors, request.embedding_types) or vectors.tolist())
    return reply | {"texts": request.texts}, sum(map(encoder.count, texts))


def cohere_v4(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    request = check(CohereV4, body)
    if request.images:
        raise reads_no("image", "images")
    inputs = enumerate(request.inputs or [])
    contents = request.texts or [_text(one.content, f"inputs.{i}") for i, one in inputs]
    if not contents:
        raise malformed("#: required key [texts] not found")
    longest = request.max_tokens
    texts = [_within(text, longest, request.truncate, encoder) for text in contents]
    vectors = embed(texts, encoder, request.output_dimension)
    echoed = {name: body[name] for name in ("texts", "inputs") if body.get(name)}
    reply = _reply(_by_type(vectors, request.embedding_types or ["float"]))
    return reply | echoed, sum(map(encoder.count, texts))


def _text(parts: Sequence[JSON], where: str) -> str:
    """The text of an input."""
    for place, part in enumerate(parts):
        if part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise reads_no("image", f"{where}.content.{place}")
    return "\n".join(part["text"] for part in parts)


def _within(text: str, longest: int, truncate: str, encoder: TextEncoder) -> str:
    """The text, cut to the tokens that the model reads, at the side that the request names."""
    if truncate in _SIDES:
        return cut(text, longest, _SIDES[truncate], encoder)
    if (tokens := encoder.count(text)) > longest:
        raise InvalidBody(
            f"too many tokens: total number of tokens in the text cannot exceed {longest} - "
            f"received {tokens}. Try using a shorter text or enabling truncating."
        )
    return text


def _reply(embeddings: list[Any] | JSON) -> JSON:
    kind = "embeddings_by_type" if isinstance(embeddings, dict) else "embeddings_floats"
    return {"id": str(uuid4()), "response_type": kind, "embeddings": embeddings}


def _by_type(vectors: Vectors, types: Sequence[str] | None) -> JSON:
    return {name: _QUANTISED[name](vectors).tolist() for name in types or ()}


def _int8(vectors: Vectors) -> NDArray[np.int64]:
    """Bytes: four standard deviations of a unit vector's members are 127. Where a vector has more
    members than the encoder has dimensions, the rest of them are 0, and do not count.
    """
    scale = 127 / 4 * np.sqrt(np.count_nonzero(vectors.any(axis=0)))
    bytes_: NDArray[np.int64] = np.clip(np.rint(vectors * scale), -128, 127).astype(int)
    return bytes_


_QUANTISED: dict[str, Callable[[Vectors], NDArray[Any]]] = {
    "float": lambda vectors: vectors,
    "int8": _int8,
    "uint8": lambda vectors: _int8(vectors) + 128,
    "binary": lambda vectors: np.packbits(vectors > 0, axis=1).astype(int) - 128,
    "ubinary": lambda vectors: np.packbits(vectors > 0, axis=1),
}
