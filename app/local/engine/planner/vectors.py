"""Vectors of texts, remembered: the same tools come with every turn of a conversation."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from app.local.engine.encoder import TextEncoder, Vectors

CAPACITY = 10_000  # texts; 1.5 KB each


class Meanings:
    """The encoder, with the vectors of the texts that were used last. Thread-safe."""

    def __init__(self, encoder: TextEncoder, capacity: int = CAPACITY) -> None:
        self._encoder = encoder
        self._capacity = capacity
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def of(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension). What is not remembered is encoded in one batch."""
        if not texts:
            return np.zeros((0, self._encoder.dimension), np.float32)
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= zip(new, self._encoder.encode(new), strict=True)
        with self._lock:
            for text in dict.fromkeys(texts):
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
        return np.stack([known[text] for text in texts])

    def likeness(self, texts: Sequence[str], others: Sequence[str]) -> Vectors:
        """The cosines (texts, others)."""
        vectors = self.of([*texts, *others])
        return np.asarray(vectors[: len(texts)] @ vectors[len(texts) :].T)
