"""Vectors of the dimension that a model promises, with the encoder's cosines."""

import numpy as np

from app.local.transformer.weights import Array


def fit(vectors: Array, dimension: int) -> Array:
    """(n, 384) -> (n, dimension), unit length; cosines are kept exactly for dimension >= 384."""
    n, width = vectors.shape
    if dimension >= width:
        return np.hstack([vectors, np.zeros((n, dimension - width), np.float32)])
    cut = vectors[:, :dimension]  # (n, dimension)
    fitted: Array = cut / np.linalg.norm(cut, axis=1, keepdims=True)
    return fitted
