"""Amazon Nova Multimodal Embeddings: one text at a time.

    request   {"schemaVersion": "nova-multimodal-embed-v1", "taskType": "SINGLE_EMBEDDING",
               "singleEmbeddingParams": {"embeddingPurpose": "GENERIC_INDEX", "embeddingDimension":
               3072 | 1024 | 384 | 256, "text": {"truncationMode": "END", "value": ".."}}}
    reply     {"embeddings": [{"embeddingType": "TEXT", "embedding": [3072]}]}

The model reads 8,192 tokens, and a text in the request has at most as many characters. None has
more tokens than characters here, so that `truncationMode` is checked, and nothing is ever cut.

https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
"""

from typing import Annotated, Literal

from pydantic import Field

from app.local.bedrock_runtime.bodies.embeddings.vectors import embed, reads_no
from app.local.bedrock_runtime.bodies.family import JSON
from app.local.bedrock_runtime.bodies.schema import CamelBody, check, malformed
from app.local.engine.encoder import TextEncoder

LONGEST = 8192  # characters
CONTENTS = ("text", "image", "audio", "video")

Purpose = Literal[
    "GENERIC_INDEX",
    "GENERIC_RETRIEVAL",
    "TEXT_RETRIEVAL",
    "IMAGE_RETRIEVAL",
    "VIDEO_RETRIEVAL",
    "DOCUMENT_RETRIEVAL",
    "AUDIO_RETRIEVAL",
    "CLASSIFICATION",
    "CLUSTERING",
]


class NovaText(CamelBody):
    truncation_mode: Literal["START", "END", "NONE"]
    value: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = None
    source: JSON | None = None


class SingleEmbeddingParams(CamelBody):
    embedding_purpose: Purpose
    embedding_dimension: Literal[256, 384, 1024, 3072] = 3072
    text: NovaText | None = None
    image: JSON | None = None
    audio: JSON | None = None
    video: JSON | None = None


class NovaEmbedding(CamelBody):
    schema_version: Literal["nova-multimodal-embed-v1"] = "nova-multimodal-embed-v1"
    task_type: Literal["SINGLE_EMBEDDING"]
    single_embedding_params: SingleEmbeddingParams


def nova(body: JSON, encoder: TextEncoder) -> tuple[JSON, int]:
    request = check(NovaEmbedding, body).single_embedding_params
    contents = [name for name in CONTENTS if getattr(request, name) is not None]
    if len(contents) != 1:
        raise malformed(
            f"#/singleEmbeddingParams: exactly one of {', '.join(CONTENTS)} must be present, "
            f"found: {', '.join(contents) or 'none'}"
        )
    if request.text is None:
        raise reads_no(contents[0], f"singleEmbeddingParams.{contents[0]}")
    if request.text.value is None:
        raise reads_no("file in a bucket", "singleEmbeddingParams.text.source")
    text = request.text.value
    vector = embed([text], encoder, request.embedding_dimension)[0]
    reply = {"embeddingType": "TEXT", "embedding": vector.tolist()}
    return {"embeddings": [reply]}, encoder.count(text)
