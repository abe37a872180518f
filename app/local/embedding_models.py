"""Which encoder of the laptop stands for an embedding model, wherever one is named.

A Knowledge Base names it for its chunks, InvokeModel for one call.
"""

from app.local.engine.encoder import Languages

MULTILINGUAL = frozenset({"cohere.embed-multilingual-v3"})
"""The models that the multilingual encoder stands for; the English one stands for all others."""


def languages_of(model: str) -> Languages:
    """The languages in which the encoder compares texts that stands for this model.

    Args:
        model: its id, or an ARN that ends with it.

    >>> languages_of("arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-multilingual-v3")
    'multilingual'
    >>> languages_of("cohere.embed-v4:0")
    'english'
    """
    return "multilingual" if model.rpartition("/")[2] in MULTILINGUAL else "english"
