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
        fewer: how many it may ask for instead.
        texts_a_call: how many texts a request may hold.
    """

    id: str
    dimensions: int
    fewer: tuple[int, ...] = ()
    texts_a_call: int = 1

    @property
    def sizes(self) -> tuple[int, ...]:
        """All numbers of dimensions that a vector may have."""
        return (*self.fewer, self.dimensions)


EMBEDDING_MODELS = (
    EmbeddingModel("amazon.titan-embed-text-v2:0", 1024, fewer=(256, 512)),
    EmbeddingModel("amazon.titan-embed-text-v1", 1536),
    EmbeddingModel("cohere.embed-english-v3", 1024, texts_a_call=96),
    EmbeddingModel("cohere.embed-multilingual-v3", 1024, texts_a_call=96),
)
DIMENSIONS = {model.id: model.dimensions for model in EMBEDDING_MODELS}
DEFAULT_EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"
