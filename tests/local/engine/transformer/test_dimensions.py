"""Vectors in other dimensions."""

import numpy as np
import pytest

from app.local.engine.transformer import Encoder, Vectors, fit


@pytest.fixture(scope="module")
def vectors(encoder: Encoder) -> Vectors:
    subjects = ["granite", "a bucket's policy", "wing stall", "rent", "the tide", "kiln glaze"]
    return encoder.encode([f"{a} and {b}" for a in subjects for b in subjects])  # (36, 384)


@pytest.mark.parametrize("dimension", [384, 1024, 1536])
def test_more_dimensions_keep_every_cosine(vectors: Vectors, dimension: int) -> None:
    fitted = fit(vectors, dimension)
    assert fitted.shape == (36, dimension)
    assert fitted.dtype == np.float32
    np.testing.assert_array_equal(fitted[:, :384], vectors)
    assert not fitted[:, 384:].any()


def test_fewer_dimensions_keep_cosines_nearly(vectors: Vectors) -> None:
    fitted = fit(vectors, 256)
    assert fitted.shape == (36, 256)
    assert fitted.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(fitted, axis=1), 1, atol=1e-6)
    error = fitted @ fitted.T - vectors @ vectors.T
    assert np.sqrt(np.mean(error**2)) < 0.05
