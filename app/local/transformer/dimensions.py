"""Vectors in as many dimensions as an embedding model promises."""

from functools import cache

import numpy as np

from app.local.transformer import weights
from app.local.transformer.model import LAYERS, D, shapes
from app.local.transformer.weights import Array, Weights


def fit(vectors: Array, dimension: int) -> Array:
    """The same vectors in another number of dimensions: (n, 384) -> (n, dimension), unit length.

    From 384 on, zeros are added, so that cosines stay what they are, to the bit. Below, vectors
    are projected, and cosines are only close: at 256 they are off by .024 (root mean square), 85 %
    of the first ten stay among them, and nDCG@10 on SciFact goes from .723 to .716. A random
    projection would lose .036, 77 % and down to .695.
    """
    if dimension >= D:
        return np.pad(vectors, ((0, 0), (0, dimension - D)))  # (n, dimension)
    shorter = vectors @ _directions()[:, :dimension]  # (n, dimension)
    fitted: Array = shorter / np.linalg.norm(shorter, axis=1, keepdims=True)
    return fitted


@cache
def _directions() -> Array:
    """The directions that vectors vary in, the most important first: orthonormal columns (d, d).

    They are those that the last attention layer writes in, the left singular vectors of W_O W_V.
    """
    stored = Weights(weights.folder() / "model.safetensors", shapes())
    name = f"encoder.layer.{LAYERS - 1}.attention"
    written = stored[f"{name}.output.dense.weight"] @ stored[f"{name}.self.value.weight"]  # (d, d)
    directions = np.linalg.svd(written)[0]  # (d, d)
    largest = np.abs(directions).argmax(axis=0)  # (d,)
    signs = np.sign(directions[largest, np.arange(D)])  # (d,) LAPACK's are arbitrary
    oriented: Array = directions * signs
    return oriented
