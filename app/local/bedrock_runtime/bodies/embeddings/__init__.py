"""Embeddings through InvokeModel, by the name that `foundation_models.json` has for the bodies.

    body -> schema (checked) -> texts, within what the model reads -> vectors -> body

    vectors   the encoder's, in as many dimensions as the model promises
    titan     Titan Text Embeddings G1 and V2, Titan Multimodal Embeddings
    cohere    Embed v3 and v4
    nova      Nova Multimodal Embeddings

`app.local.embedding_models` says which encoder it is: cosines are the encoder's, and it reads text
only.
"""

from app.local.bedrock_runtime.bodies.embeddings.cohere import cohere_v3, cohere_v4
from app.local.bedrock_runtime.bodies.embeddings.nova import nova
from app.local.bedrock_runtime.bodies.embeddings.titan import titan_image, titan_v1, titan_v2
from app.local.bedrock_runtime.bodies.embeddings.vectors import Embed

__all__ = ["EMBEDDINGS", "Embed"]

EMBEDDINGS: dict[str, Embed] = {
    "titan-embed-v1": titan_v1,
    "titan-embed-v2": titan_v2,
    "titan-embed-image": titan_image,
    "cohere-embed-v3": cohere_v3,
    "cohere-embed-v4": cohere_v4,
    "nova-embed": nova,
}
