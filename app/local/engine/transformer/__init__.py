"""The encoder: all-MiniLM-L6-v2, from a text to a vector of unit length.

    weights     the published files: located, checked, and read a tensor at a time
    tokens      text -> token ids, and the characters of each token
    model       token ids -> a vector: the network, layer by layer
    linear      its linear layers, in fp32 or int8
    inside      what goes on in the network, to be looked at
    graph       the language of the layers: ONNX, written like NumPy
    onnx_format a graph as bytes, for ONNX Runtime
    dimensions  384 dimensions -> the number that an embedding model promises

Three properties hold for every text, in either precision. A text has the same vector, bit for bit,
alone and among others: one thread computes it by itself. No call waits for another: a query that
comes while a document is being embedded shares the cores with it. Every token counts: a text that
is longer than the model's window is encoded in several windows.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from threading import Lock
from typing import Literal, TypeVar

import numpy as np

from app.local.engine.encoder import TokenVectors
from app.local.engine.transformer import linear, model, weights
from app.local.engine.transformer.dimensions import fit
from app.local.engine.transformer.inside import InsideView, ReadToken
from app.local.engine.transformer.tokens import Ids, Span, Tokenizer
from app.local.engine.transformer.weights import Array as Vectors
from app.local.engine.transformer.weights import WrongWeights

T = TypeVar("T")

__all__ = ["Encoder", "InsideView", "ReadToken", "Vectors", "WrongWeights", "fit"]


class Encoder:
    """Embeds texts. Any thread may call any method."""

    dimension = model.D
    identity = weights.identity("all-MiniLM-L6-v2")  # in either precision: cosines are .998 to 1

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
        self.precision = precision
        self._weights = weights.Weights(folder / "model.safetensors", model.shapes())
        self._linear = linear.by_precision(precision, self._weights)
        self._network = model.program(self._weights, self._linear)
        self._opening = Lock()
        self._open_network: Callable[[Ids], tuple[Vectors, Vectors]] | None = None
        self._threads = threads or cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="encoder")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, 384) of unit length, in the order of the texts."""
        vectors = np.empty((len(texts), self.dimension), np.float32)  # (n, d)

        def work(number: int) -> None:
            vectors[number] = self._vector(texts[number])

        self._each(texts, work)
        return vectors

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each text, in their order, each with its vector in the text around it."""
        return self.map_tokens(texts, lambda tokens: tokens)

    def map_tokens(self, texts: Sequence[str], make: Callable[[TokenVectors], T]) -> list[T]:
        """What is made of each text's tokens, in the order of the texts. It is made in the
        thread that computed them, so that the cores are busy, and few tokens are held at once.
        """
        results: dict[int, T] = {}

        def work(number: int) -> None:
            results[number] = make(self._token_vectors(texts[number]))

        self._each(texts, work)
        return [results[number] for number in range(len(texts))]

    def spans(self, text: str) -> list[Span]:
        """The characters [start, end) of every token of the text, without [CLS] and [SEP]."""
        return self._tokenizer.spans(text)

    def count(self, text: str) -> int:
        """How many tokens the text has, without [CLS] and [SEP]."""
        return self._tokenizer.count(text)

    def inside(self, text: str) -> InsideView:
        """What goes on in the network while it reads a text of one window. The first call compiles
        the network once more, with what is to be seen as further outputs.
        """
        ids, *further = self._tokenizer.windows(text)
        if further:
            raise ValueError("the text is longer than a window")
        with self._opening:
            if self._open_network is None:
                self._open_network = model.open_program(self._weights, self._linear)
        states, attention = self._open_network(ids)
        spans = ((None, None), *self.spans(text), (None, None))
        return InsideView(
            tuple(
                ReadToken(int(id_), self._tokenizer.name(int(id_)), *span)
                for id_, span in zip(ids, spans, strict=True)
            ),
            self._weights["embeddings.position_embeddings.weight"][: len(ids)],
            attention,
            _mean([states]),
        )

    def _vector(self, text: str) -> Vectors:
        windows = self._tokenizer.windows(text)
        return _mean([self._network(ids) for ids in windows])

    def _token_vectors(self, text: str) -> TokenVectors:
        windows = self._tokenizer.windows(text)
        states = [self._network(ids) for ids in windows]  # of (t, d)
        inner = np.concatenate([one[1:-1] for one in states])  # without [CLS] and [SEP]
        ids = np.concatenate([one[1:-1] for one in windows])  # (t,)
        unit = inner / np.linalg.norm(inner, axis=1, keepdims=True)  # (t, d)
        return TokenVectors(ids, unit, _mean(states))

    def _each(self, texts: Sequence[str], work: Callable[[int], None]) -> None:
        """Do the work for the number of each text, on several threads: first for the longest, so
        that the threads end at nearly the same time.
        """
        count = len(texts)
        numbers = iter(sorted(range(count), key=lambda number: -len(texts[number])))

        def share() -> None:
            for number in numbers:
                work(number)

        helpers = [self._pool.submit(share) for _ in range(min(count, self._threads) - 1)]
        share()  # the caller works too, so that it depends on no thread that others keep busy
        for helper in helpers:
            if not helper.cancel():
                helper.result()


def _mean(states: Sequence[Vectors]) -> Vectors:
    """The mean of the windows' means, (d,), at unit length."""
    mean = np.mean([one.mean(axis=0) for one in states], axis=0)  # (d,)
    unit: Vectors = mean / np.linalg.norm(mean)
    return unit
