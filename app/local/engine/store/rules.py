"""The rules for what is put into a store, and for what is asked of it; the same for every store."""

from collections.abc import Sequence

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.store.contract import Chunk
from app.local.engine.store.filters import kind

UNIT = 1e-3  # how far from 1 the length of a unit vector may be


def check_document(chunks: Sequence[Chunk], dimension: int) -> None:
    """Check the chunks of a document.

    Raises:
        ValueError: naming the chunk and the rule that it breaks.
    """
    vectors = {chunk.id: chunk.vector for chunk in chunks}
    if len(vectors) < len(chunks):
        raise ValueError("the chunks of a document must have different ids")
    for chunk in chunks:
        if chunk.vector is not None:
            _check_vector(f"chunk {chunk.id}", chunk.vector, dimension)
        if chunk.parent and (chunk.parent not in vectors or vectors[chunk.parent] is not None):
            raise ValueError(f"chunk {chunk.id}: {chunk.parent} is no parent in this document")
        for key, value in chunk.metadata.items():
            if kind(value) == "other":
                raise ValueError(
                    f"chunk {chunk.id}: metadata {key!r} must be a string, a number, a boolean "
                    f"or a list of strings, and is {value!r}"
                )


def check_query(vector: Vectors, limit: int, dimension: int) -> None:
    """Check what is asked of a store.

    Raises:
        ValueError: naming the rule that it breaks.
    """
    _check_vector("the query", vector, dimension)
    if limit < 1:
        raise ValueError(f"limit must be at least 1, and is {limit}")


def _check_vector(whose: str, vector: Vectors, dimension: int) -> None:
    if vector.shape != (dimension,) or not abs(np.linalg.norm(vector) - 1) < UNIT:
        raise ValueError(f"{whose}: the vector must have {dimension} components and length 1")
