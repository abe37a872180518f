"""Vectors of texts, remembered: the same passages come back with every question about them."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from app.local.engine.encoder import TextEncoder, Vectors

CAPACITY = 20_000  # texts; 1.5 KB each


class Remembered:
    """The encoder, with the vectors of the texts that were used last. Thread-safe."""

    def __init__(self, encoder: TextEncoder, capacity: int = CAPACITY) -> None:
        self._encoder = encoder
        self._capacity = capacity
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (n, 384). What is not remembered is encoded in one batch."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= zip(new, self._encoder.encode(new), strict=True)
        with self._lock:
            for text in texts:
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
        return np.stack([known[text] for text in texts])  # (n, 384)
