"""The encoder: all-MiniLM-L6-v2, from a text to a vector of unit length.

    weights     the published files: located, checked, and read a tensor at a time
    tokens      text -> token ids, and the characters of each token
    model       token ids -> a vector: the network, layer by layer
    linear      its linear layers, in fp32 or int8
    graph       the language of the layers: ONNX, written like NumPy
    onnx_format a graph as bytes, for ONNX Runtime
    dimensions  384 dimensions -> the number that an embedding model promises

Three properties hold for every text, in either precision. A text has the same vector, bit for bit,
alone and among others: one thread computes it by itself. No call waits for another: a query that
comes while a document is being embedded shares the cores with it. Every token counts: a text that
is longer than the model's window is encoded in several windows.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import Literal

import numpy as np

from app.local.engine.transformer import linear, model, weights
from app.local.engine.transformer.dimensions import fit
from app.local.engine.transformer.tokens import Span, Tokenizer
from app.local.engine.transformer.weights import Array as Vectors
from app.local.engine.transformer.weights import WrongWeights

__all__ = ["Encoder", "Vectors", "WrongWeights", "fit"]


class Encoder:
    """Embeds texts. Any thread may call any method."""

    dimension = model.D

    def __init__(self, precision: Literal["int8", "fp32"] = "int8", threads: int = 0) -> None:
        """Load the model, in about 0.2 s.

        Args:
            precision: fp32 is the reference; int8 is twice as fast, at a cosine of .999 to it.
            threads: how many texts of one call are computed at once; 0 for as many as cores.

        Raises:
            WrongWeights: the model's files are missing, or not the published ones.
        """
        folder = weights.folder()
        with ThreadPoolExecutor(1) as aside:
            checked = aside.submit(weights.check, folder)
            self._tokenizer = Tokenizer(folder / "tokenizer.json")
            checked.result()
        weights_file = weights.Weights(folder / "model.safetensors", model.shapes())
        self._network = model.program(weights_file, linear.by_precision(precision, weights_file))
        self._threads = threads or cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="encoder")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, 384) of unit length, in the order of the texts."""
        vectors = np.empty((len(texts), self.dimension), np.float32)  # (n, d)
        numbers = iter(range(len(texts)))

        def work() -> None:
            for number in numbers:
                vectors[number] = self._vector(texts[number])

        helpers = [self._pool.submit(work) for _ in texts[1 : self._threads]]
        work()  # the caller works too, so that it depends on no thread that others keep busy
        for helper in helpers:
            if not helper.cancel():
                helper.result()
        return vectors

    def spans(self, text: str) -> list[Span]:
        """The characters [start, end) of every token of the text, without [CLS] and [SEP]."""
        return self._tokenizer.spans(text)

    def count(self, text: str) -> int:
        """How many tokens the text has, without [CLS] and [SEP]."""
        return len(self._tokenizer.ids(text))

    def _vector(self, text: str) -> Vectors:
        windows = self._tokenizer.windows(text)
        mean = np.mean([self._network(ids) for ids in windows], axis=0)  # (d,)
        unit: Vectors = mean / np.linalg.norm(mean)  # (d,)
        return unit
