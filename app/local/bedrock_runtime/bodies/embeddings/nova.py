"""Amazon Nova Multimodal Embeddings: one text at a time.

    request   {"schemaVersion": "nova-multimodal-embed-v1", "taskType": "SINGLE_EMBEDDING",
               "singleEmbeddingParams": {"embeddingPurpose": "GENERIC_INDEX", "embeddingDimension":
               3072 | 1024 | 384 | 256, "text": {"truncationMode": "END", "value": ".."}}}
    reply     {"embeddings": [{"embeddingType": "TEXT", "embedding": [3072],
               "truncatedCharLength": 8000}]}, the last where the text was cut

https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
"""

from typing import Annotated, Literal

from pydantic import Field

from app.local.bedrock_runtime.bodies.embeddings.vectors import Side, cut, embed, reads_no
from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.bedrock_runtime.bodies.schema import CamelBody, check, malformed
from app.local.engine.encoder import TextEncoder

LONGEST = 8192  # characters of a text in the request, and tokens of any
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
_SIDES: dict[str, Side] = {"START": "start", "END": "end"}


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
    text, more = _within(request.text.value, request.text.truncation_mode, encoder)
    vector = embed([text], encoder, request.embedding_dimension)[0]
    reply = {"embeddingType": "TEXT", "embedding": vector.tolist(), **more}
    return {"embeddings": [reply]}, encoder.count(text)


def _within(text: str, mode: str, encoder: TextEncoder) -> tuple[str, JSON]:
    """The text within the tokens that the model reads, and what is said of its cutting."""
    if encoder.count(text) <= LONGEST:
        return text, {}
    if mode not in _SIDES:
        raise InvalidBody(
            f"singleEmbeddingParams.text: the text has {encoder.count(text)} tokens, and the model "
            f"reads at most {LONGEST}. Send a shorter text, or another truncationMode than NONE."
        )
    kept = cut(text, LONGEST, _SIDES[mode], encoder)
    return kept, {"truncatedCharLength": len(kept)}
