"""The linear layers, against their formulas."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.local.engine.transformer import linear, weights
from app.local.engine.transformer.graph import Graph
from app.local.engine.transformer.model import Linear
from app.local.engine.transformer.weights import Weights
from tests.local.engine.transformer.test_weights import safetensors

Floats = NDArray[np.float32]
IN, OUT = 64, 48
ROWS = np.arange(9)


@pytest.fixture
def stored(tmp_path: Path) -> Weights:
    random = np.random.default_rng(7)
    shapes = {"x": (9, IN), "layer.weight": (OUT, IN), "layer.bias": (OUT,)}
    tensors = {n: random.standard_normal(s).astype(np.float32) for n, s in shapes.items()}
    tensors["x"][:, 5] *= 40  # an outlier
    return Weights(safetensors(tmp_path / "weights", tensors), shapes)


@pytest.fixture
def run(stored: Weights) -> Callable[..., Floats]:
    def run(how: Linear, rows: NDArray[np.int64], outliers: tuple[int, ...] = ()) -> Floats:
        g = Graph(stored)
        [y] = how(g, g.Gather(g.weight("x"), "rows"), ["layer"], outliers)  # (t, out)
        return g.compile("rows", g.Reshape(y, g.constant([-1])))(rows).reshape(-1, OUT)

    return run


@pytest.fixture
def int8(stored: Weights) -> Linear:
    """The int8 layer that this processor computes exactly."""
    return linear.by_precision("int8", stored)


def exact(stored: Weights) -> Floats:
    product: Floats = stored["x"] @ stored["layer.weight"].T + stored["layer.bias"]
    return product


def by_steps(x: Floats, weight: Floats, bias: Floats) -> Floats:
    x_step = np.abs(x).max(axis=1, keepdims=True) / 127
    w_step = np.abs(weight).max(axis=1, keepdims=True) / 127
    q, r = np.rint(x / x_step).astype(int), np.rint(weight / w_step).astype(int)
    y: Floats = (q @ r.T) * x_step * w_step.T + bias
    return y


def test_the_fp32_layer_computes_the_matrix_product(
    stored: Weights, run: Callable[..., Floats]
) -> None:
    np.testing.assert_allclose(run(linear.fp32, ROWS), exact(stored), atol=1e-4)


def test_the_int8_layer_computes_the_product_of_quantised_values(
    stored: Weights, run: Callable[..., Floats], int8: Linear
) -> None:
    expected = by_steps(stored["x"], stored["layer.weight"], stored["layer.bias"])
    np.testing.assert_allclose(run(int8, ROWS), expected, atol=1e-4)


def test_smoothing_an_outlier_leaves_less_error(
    stored: Weights, run: Callable[..., Floats], int8: Linear
) -> None:
    plain, smooth = run(int8, ROWS), run(int8, ROWS, (5,))
    error = [np.abs(y - exact(stored)).mean() for y in (plain, smooth)]
    assert error[1] < error[0] / 2


def test_the_unsigned_int8_layer_computes_the_same_bits_as_the_signed(
    stored: Weights, run: Callable[..., Floats]
) -> None:
    if linear.saturates(stored):
        pytest.skip(
            "this processor computes signed weights inexactly, so there is nothing to match"
        )
    unsigned = partial(linear.int8, signed=False)
    assert run(unsigned, ROWS, (5,)).tobytes() == run(linear.int8, ROWS, (5,)).tobytes()


@pytest.mark.parametrize("how", [partial(linear.int8, signed=False), linear.fp32])
def test_a_row_does_not_depend_on_the_others(how: Linear, run: Callable[..., Floats]) -> None:
    together = run(how, ROWS)
    for row in ROWS:
        np.testing.assert_allclose(run(how, np.array([row]))[0], together[row], rtol=1e-6)


def test_the_int8_layer_chosen_for_this_processor_is_exact(
    stored: Weights, run: Callable[..., Floats]
) -> None:
    chosen = linear.by_precision("int8", stored)
    expected = by_steps(stored["x"], stored["layer.weight"], stored["layer.bias"])
    np.testing.assert_allclose(run(chosen, ROWS), expected, atol=1e-4)
    assert (chosen is linear.int8) == (not linear.saturates(stored))


def test_fp32_is_taken_when_asked_for() -> None:
    stored = Weights(weights.folder() / "model.safetensors", {})
    assert linear.by_precision("fp32", stored) is linear.fp32
