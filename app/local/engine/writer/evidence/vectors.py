"""Vectors of texts, remembered: the same passages come back with every question about them."""

from collections.abc import Sequence

from app.local.engine.encoder import TokenReader, TokenVectors
from app.local.engine.memory import Memory

CAPACITY = 60_000  # tokens; 1.5 KB each


class Remembered:
    """The encoder, with the vectors of the texts that were used last. Thread-safe."""

    def __init__(self, encoder: TokenReader, capacity: int = CAPACITY) -> None:
        self._memory = Memory(encoder.tokens, capacity, lambda text: len(text.ids))

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each text. What is not remembered is encoded in one batch."""
        return self._memory.of(texts)
