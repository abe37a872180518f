"""Amazon Titan's embeddings.

    G1          {"inputText"} -> {"embedding": [1536], "inputTextTokenCount"}
    V2          {"inputText", "dimensions": 1024 | 512 | 256, "normalize", "embeddingTypes"}
                -> the same and {"embeddingsByType": {"float": [..], "binary": [..]}};
                "embedding" is there unless the request names "binary" alone
    Multimodal  {"inputText", "inputImage", "embeddingConfig": {"outputEmbeddingLength": 1024 | 384
                | 256}} -> {"embedding", "inputTextTokenCount", "message": null}

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html
"""

from typing import Annotated, Literal

from pydantic import Field

from app.local.bedrock_runtime.bodies.embeddings.vectors import embed, reads_no
from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.bedrock_runtime.bodies.schema import CamelBody, check, malformed
from app.local.engine.encoder import TextEncoder

LONGEST = 8192  # tokens
LONGEST_BESIDE_IMAGES = 256

InputText = Annotated[str, Field(min_length=1, max_length=50_000)]


class TitanV1(CamelBody):
    input_text: InputText


class TitanV2(CamelBody):
    input_text: InputText
    dimensions: Literal[1024, 512, 256] = 1024
    normalize: bool = True
    embedding_types: Annotated[list[Literal["float", "binary"]], Field(min_length=1)] | None = None


class EmbeddingConfig(CamelBody):
    output_embedding_length: Literal[1024, 384, 256] = 1024


class TitanImage(CamelBody):
    input_text: InputText | None = None
    input_image: str | None = None
    embedding_config: EmbeddingConfig = EmbeddingConfig()


def titan_v1(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    text = check(TitanV1, body).input_text
    tokens = _tokens(text, LONGEST, encoder)
    vector = embed([text], encoder, 1536)[0]
    return {"embedding": vector.tolist(), "inputTextTokenCount": tokens}, tokens


def titan_v2(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    """`normalize` changes nothing: the encoder's vectors have unit length to begin with."""
    request = check(TitanV2, body)
    tokens = _tokens(request.input_text, LONGEST, encoder)
    vector = embed([request.input_text], encoder, request.dimensions)[0]
    kinds = {"float": vector.tolist(), "binary": (vector > 0).astype(int).tolist()}
    by_type = {kind: kinds[kind] for kind in request.embedding_types or ["float"]}
    plain = {"embedding": by_type["float"]} if "float" in by_type else {}
    return {**plain, "inputTextTokenCount": tokens, "embeddingsByType": by_type}, tokens


def titan_image(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    request = check(TitanImage, body)
    if request.input_image is not None:
        raise reads_no("image", "inputImage")
    if request.input_text is None:
        raise malformed("#: required key [inputText] not found")
    tokens = _tokens(request.input_text, LONGEST_BESIDE_IMAGES, encoder)
    length = request.embedding_config.output_embedding_length
    vector = embed([request.input_text], encoder, length)[0]
    return {"embedding": vector.tolist(), "inputTextTokenCount": tokens, "message": None}, tokens


def _tokens(text: str, longest: int, encoder: TextEncoder) -> int:
    tokens = encoder.count(text)
    if tokens > longest:
        raise InvalidBody(
            f"400 Bad Request: Too many input tokens. Max input tokens: {longest}, request "
            f"input token count: {tokens}"
        )
    return tokens
