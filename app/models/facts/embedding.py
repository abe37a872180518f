"""The models that embed: those that a Knowledge Base may use with every vector store.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-supported.html
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """A model that makes a vector of a text.

    Attributes:
        id: as ListFoundationModels has it.
        dimensions: how many numbers the vector has, unless a request asks for fewer.
    """

    id: str
    dimensions: int


EMBEDDING_MODELS = (
    EmbeddingModel("amazon.titan-embed-text-v2:0", 1024),
    EmbeddingModel("amazon.titan-embed-text-v1", 1536),
    EmbeddingModel("cohere.embed-english-v3", 1024),
    EmbeddingModel("cohere.embed-multilingual-v3", 1024),
)
DIMENSIONS = {model.id: model.dimensions for model in EMBEDDING_MODELS}
DEFAULT_EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"
