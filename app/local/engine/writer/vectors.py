"""Vectors of texts, remembered: the same passages come back with every question about them."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from app.local.engine.encoder import TokenEncoder, TokenVectors

CAPACITY = 60_000  # tokens; 1.5 KB each


class Remembered:
    """The encoder, with the vectors of the texts that were used last. Thread-safe."""

    def __init__(self, encoder: TokenEncoder, capacity: int = CAPACITY) -> None:
        self._encoder = encoder
        self._capacity = capacity
        self._texts: OrderedDict[str, TokenVectors] = OrderedDict()
        self._tokens = 0  # of all texts that are remembered
        self._lock = Lock()

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each text. What is not remembered is encoded in one batch."""
        with self._lock:
            known = {text: self._texts[text] for text in texts if text in self._texts}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= zip(new, self._encoder.tokens(new), strict=True)
        with self._lock:
            for text in texts:
                if text not in self._texts:
                    self._texts[text] = known[text]
                    self._tokens += len(known[text].ids)
                self._texts.move_to_end(text)
            while self._tokens > self._capacity:
                _, oldest = self._texts.popitem(last=False)
                self._tokens -= len(oldest.ids)
        return [known[text] for text in texts]
