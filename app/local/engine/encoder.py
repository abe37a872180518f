"""The encoder's interface: texts to vectors and tokens, whichever model does it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # (n, dimension), or (dimension,) for one


class TextEncoder(Protocol):
    """Texts to vectors of unit length. Any thread may call any method."""

    @property
    def dimension(self) -> int:
        """The number of a vector's components."""
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
