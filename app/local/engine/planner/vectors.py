"""Vectors of texts, remembered: the same tools come with every turn of a conversation."""

from collections.abc import Sequence

import numpy as np

from app.local.engine.encoder import TextEncoder, Vectors
from app.local.engine.memory import Memory

CAPACITY = 10_000  # texts; 1.5 KB each


class Meanings:
    """The encoder, with the vectors of the texts that were used last. Thread-safe."""

    def __init__(self, encoder: TextEncoder, capacity: int = CAPACITY) -> None:
        self._dimension = encoder.dimension
        self._memory = Memory(encoder.encode, capacity)

    def of(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension). What is not remembered is encoded in one batch."""
        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        return np.stack(self._memory.of(texts))

    def likeness(self, texts: Sequence[str], others: Sequence[str]) -> Vectors:
        """The cosines (texts, others)."""
        vectors = self.of([*texts, *others])
        return np.asarray(vectors[: len(texts)] @ vectors[len(texts) :].T)
