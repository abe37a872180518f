"""The encoder's interface: texts to vectors and tokens, whichever model does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Vectors = NDArray[np.float32]  # (n, dimension), or (dimension,) for one
Languages = Literal["english", "multilingual"]
"""The languages that an encoder compares texts in."""


@dataclass(frozen=True)
class TokenVectors:
    """The tokens of one text.

    Attributes:
        ids: (t,), by the tokenizer's vocabulary, which begins with the commonest words.
        vectors: (t, dimension), of unit length.
        mean: (dimension,), of the text as a whole, as `encode` has it.
    """

    ids: NDArray[np.int64]
    vectors: Vectors
    mean: Vectors


class TextEncoder(Protocol):
    """Texts to vectors of unit length. Any thread may call any method."""

    @property
    def dimension(self) -> int:
        """The number of a vector's components."""
        ...

    @property
    def identity(self) -> str:
        """The model's name and a digest of its files: vectors of two identities say nothing when
        they are compared.
        """
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimension), float32, of unit length, in the order of the texts."""
        ...

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The characters [start, end) of every token of the text."""
        ...

    def count(self, text: str) -> int:
        """The number of the text's tokens."""
        ...


class TokenReader(Protocol):
    """Texts to their tokens. Any thread may call it."""

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each text, in the order of the texts."""
        ...


class TokenEncoder(TextEncoder, TokenReader, Protocol):
    """An encoder that also tells each token's vector."""

    def map_tokens(self, texts: Sequence[str], make: Callable[[TokenVectors], T]) -> list[T]:
        """What `make` makes of each text's tokens, in the order of the texts. It may be called in
        several threads at once.
        """
        ...
