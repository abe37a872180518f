"""The encoder: all-MiniLM-L6-v2, from text to a vector of unit length.

tokens      text -> token ids, and the characters that each stands for
weights     the published weights, checked and read
model       the network, layer by layer, as an ONNX graph
fitting     384 dimensions -> the dimension that a model promises
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from app.local.transformer import weights
from app.local.transformer.fitting import fit
from app.local.transformer.tokens import Tokenizer
from app.local.transformer.weights import Array as Vectors
from app.local.transformer.weights import WrongWeights

__all__ = ["Encoder", "Vectors", "WrongWeights", "fit"]

WINDOW = 256


class Encoder:
    """Texts to vectors. Thread-safe; a text's vector is the same bits alone and in any batch."""

    dimension = 384

    def __init__(self, precision: Literal["int8", "fp32"] = "int8", threads: int = 0) -> None:  # noqa: ARG002
        import onnxruntime

        from app.local.transformer import model

        folder = weights.folder()
        weights.check(folder / "model.safetensors")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            model.build(weights.read(folder / "model.safetensors")), options
        )
        self._tokenizer = Tokenizer(folder / "tokenizer.json")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (n, 384), in the order of the texts."""
        vectors = [self._vector(text) for text in texts]
        return np.vstack(vectors) if vectors else np.empty((0, self.dimension), np.float32)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The characters [start, end) of every token of the text, without [CLS] and [SEP]."""
        return self._tokenizer.spans(text)

    def count(self, text: str) -> int:
        """How many tokens the text is."""
        return len(self.spans(text))

    def _vector(self, text: str) -> Vectors:
        ids = self._tokenizer.ids(text)
        if len(ids) > WINDOW:
            ids = [*ids[: WINDOW - 1], ids[-1]]
        batch = np.array([ids], np.int64)  # (1, t)
        vector: Vectors = self._session.run(None, {"ids": batch, "mask": np.ones_like(batch)})[0]
        return vector  # (1, d)
