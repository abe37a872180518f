"""Denied topics: whether a text is about what a definition and its examples describe.

    topic  -- the vectors of its definition and of its examples
    sample -- each sentence: how near to the examples, to the definition, and to sentences about
              anything
           -- logistic regression -- the score of the likeliest sentence

The nearness to sentences about anything ("How much does it cost?") is what a topic has to stand
apart from, so that a question is not caught for its form. Without examples the definition stands
for them. Both tiers of Bedrock are judged alike here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.local.engine.encoder import TextEncoder, Vectors
from app.local.engine.guard import weights
from app.local.engine.guard.coefficients import TOPICS, TOPICS_INTERCEPT
from app.local.engine.guard.findings import TopicFinding
from app.local.engine.guard.policy import Topic
from app.local.engine.guard.sample import Sample
from app.local.engine.guard.thresholds import DENIED_TOPIC

Table = NDArray[np.float64]
FEATURES = ("example", "second example", "definition", "background", "no examples")


@dataclass(frozen=True)
class Compared:
    """What sentences are compared with.

    Attributes:
        definition: (dimension,), of the name with the definition.
        examples: (examples, dimension); the definition if there are none.
    """

    definition: Vectors
    examples: Vectors
    has_examples: bool


def find(
    samples: Sequence[Sample], topics: Sequence[Topic], encoder: TextEncoder
) -> Iterator[TopicFinding]:
    """A finding for each topic, of the sentence that is likeliest about it."""
    for topic in topics:
        compared = compare(topic, encoder)  # type: ignore[arg-type]  # objects are hashable
        scores = [score(sample.vectors, compared) for sample in samples]
        yield TopicFinding(topic, max(scores, default=0.0) >= DENIED_TOPIC)


def score(vectors: Vectors, topic: Compared) -> float:
    """How surely a text is about the topic, 0 to 1: that of its likeliest sentence."""
    if not len(vectors):
        return 0.0
    z = float((features(vectors, topic) @ _COEFFICIENTS).max()) + TOPICS_INTERCEPT
    return float(1 / (1 + np.exp(-z)))


def features(vectors: Vectors, topic: Compared) -> Table:
    """Of each sentence, (pieces, features), in the order of FEATURES."""
    near = np.sort(vectors @ topic.examples.T, axis=1)  # (p, examples)
    background = weights.load("background")["sentences"]  # (sentences, dimension)
    table: Table = np.column_stack([
        near[:, -1],
        near[:, -2:].mean(axis=1),
        vectors @ topic.definition,
        (vectors @ background.T).max(axis=1),
        np.full(len(vectors), not topic.has_examples),
    ]).astype(np.float64)  # fmt: skip
    return table


@lru_cache(maxsize=128)
def compare(topic: Topic, encoder: TextEncoder) -> Compared:
    """A topic, ready to be compared with. The last ones are remembered."""
    whole = f"{topic.name}: {topic.definition}"
    vectors = encoder.encode([whole, *topic.examples])
    examples = vectors[1:] if topic.examples else vectors[:1]
    return Compared(vectors[0], examples, bool(topic.examples))


_COEFFICIENTS = np.array([TOPICS[name] for name in FEATURES])
