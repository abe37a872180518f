"""Reranking: how well each text answers a question, 0 to 1, by the encoder's own token vectors.

    texts -- encoder.tokens -- late interaction with the question -- calibrated

A text's relevance depends on the question and on itself, and on no other text.
"""

from collections.abc import Sequence
from math import exp

from app.local.engine.encoder import TokenEncoder
from app.local.engine.late_interaction import coverage

LONGEST = 4096  # tokens of a text that are read: more is cut off, as Cohere's reranker does
BATCH = 16  # texts whose token vectors are held at once

# The logistic curve from late interaction to relevance, fitted to 150 questions of XQuAD and 80
# claims of SciFact's train split, each with what answers it and the ten nearest passages.
_MIDDLE = 0.66
_SLOPE = 20.9


def rerank(encoder: TokenEncoder, question: str, texts: Sequence[str]) -> list[float]:
    """The relevance of each text to the question, in the order of the texts."""
    [tokens] = encoder.tokens([question])
    result: list[float] = []
    for start in range(0, len(texts), BATCH):
        batch = [_beginning(encoder, text) for text in texts[start : start + BATCH]]
        result += [_relevance(coverage(tokens, one)) for one in encoder.tokens(batch)]
    return result


def _relevance(share: float) -> float:
    """The share of a question that a text says, as a probability: .5 in the middle of the curve."""
    return 1 / (1 + exp(_SLOPE * (_MIDDLE - share)))


def _beginning(encoder: TokenEncoder, text: str) -> str:
    """The text up to its longest part that is read."""
    if len(text) <= LONGEST:  # a token has at least one character
        return text
    spans = encoder.spans(text)
    return text if len(spans) <= LONGEST else text[: spans[LONGEST - 1][1]]
