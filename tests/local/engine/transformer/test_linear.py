"""The linear layers, against their formulas."""

from collections.abc import Callable
from functools import partial
from math import erf, sqrt
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.local.engine.transformer import linear, weights
from app.local.engine.transformer.graph import Graph, Tensor
from app.local.engine.transformer.model import LOWEST_GELU, REACH, REACHES, Linear
from app.local.engine.transformer.weights import Weights
from tests.local.engine.transformer.test_weights import safetensors

Floats = NDArray[np.float32]
Source = Callable[[Graph, Tensor], Tensor]
IN, OUT = 384, 48
OUTLIER = 99  # a channel
ROWS = np.arange(9)


def unchanged(_: Graph, x: Tensor) -> Tensor:
    return x


def normed(g: Graph, x: Tensor) -> Tensor:
    return g.LayerNormalization(x, g.weight("norm.weight"), g.weight("norm.bias"), epsilon=1e-12)


def gelu(g: Graph, x: Tensor) -> Tensor:
    return g.Gelu(x)


@pytest.fixture
def stored(tmp_path: Path) -> Weights:
    random = np.random.default_rng(7)
    shapes = {
        "x": (9, IN),
        "layer.weight": (OUT, IN),
        "layer.bias": (OUT,),
        "norm.weight": (IN,),
        "norm.bias": (IN,),
    }
    tensors = {n: random.standard_normal(s).astype(np.float32) for n, s in shapes.items()}
    tensors["x"][:, OUTLIER] += 40
    return Weights(safetensors(tmp_path / "weights", tensors), shapes)


@pytest.fixture
def run(stored: Weights) -> Callable[..., Floats]:
    def run(
        how: Linear,
        rows: NDArray[np.int64],
        norm: str | None = None,
        lowest: float | None = None,
        source: Source = unchanged,
    ) -> Floats:
        g = Graph(stored)
        x = source(g, g.Gather(g.weight("x"), "rows"))  # (t, in)
        [y] = how(g, x, ["layer"], norm, lowest)  # (t, out)
        return g.compile("rows", g.Reshape(y, g.constant([-1])))(rows).reshape(-1, OUT)

    return run


@pytest.fixture
def int8(stored: Weights) -> Linear:
    """The int8 layer that this processor computes exactly."""
    return linear.by_precision("int8", stored)


def exact(stored: Weights, x: Floats | None = None) -> Floats:
    product: Floats = (stored["x"] if x is None else x) @ stored["layer.weight"].T
    return product + stored["layer.bias"]


def norm_of(stored: Weights) -> Floats:
    x = stored["x"]
    z = (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)
    y: Floats = z * stored["norm.weight"] + stored["norm.bias"]
    return y


def gelu_of(stored: Weights) -> Floats:
    x = stored["x"]
    y: Floats = x / 2 * (1 + np.vectorize(erf, otypes=[np.float32])(x / sqrt(2)))
    return y


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


def test_a_channel_of_a_norm_has_a_step_that_its_scale_and_shift_tell(
    stored: Weights, run: Callable[..., Floats], int8: Linear
) -> None:
    scale, shift, x = stored["norm.weight"], stored["norm.bias"], norm_of(stored)
    reach = np.array([REACHES.get(channel, REACH) for channel in range(IN)])
    steps = (np.abs(shift) + reach * np.abs(scale)) / 127
    np.testing.assert_allclose(linear.channel_steps(stored, "norm"), steps, rtol=1e-6)
    w = stored["layer.weight"] * steps
    w_step = np.abs(w).max(axis=1) / 127
    q, r = np.rint(x / steps).astype(int), np.rint(w / w_step[:, None]).astype(int)
    computed = run(int8, ROWS, "norm", source=normed)
    near = np.abs(computed - ((q @ r.T) * w_step + stored["layer.bias"])) < 2e-3
    assert near.mean() > 0.98  # but for values in the middle of two steps


def test_an_outlier_among_the_channels_of_a_norm_is_not_cut_where_its_reach_is_known(
    stored: Weights, run: Callable[..., Floats], int8: Linear
) -> None:
    expected = exact(stored, norm_of(stored))
    known = np.abs(run(int8, ROWS, "norm", source=normed) - expected).mean()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear, "REACHES", {OUTLIER: REACH})
        unknown = np.abs(run(int8, ROWS, "norm", source=normed) - expected).mean()
    assert known < 0.8 * unknown


def test_a_value_beyond_the_reach_of_its_channel_is_taken_for_the_furthest(
    run: Callable[..., Floats], int8: Linear
) -> None:
    def times(factor: float) -> Source:
        return lambda g, x: g.Mul(x, g.constant(factor))

    far, further = (run(int8, ROWS, "norm", source=times(by)) for by in (1e6, 1e7))
    np.testing.assert_array_equal(far, further)


def test_values_of_gelu_leave_less_error_where_it_is_known_how_low_they_are(
    stored: Weights, run: Callable[..., Floats], int8: Linear
) -> None:
    expected = exact(stored, gelu_of(stored))
    evenly, shifted = run(int8, ROWS, source=gelu), run(int8, ROWS, None, LOWEST_GELU, gelu)
    error = [np.abs(y - expected).mean() for y in (evenly, shifted)]
    assert error[1] < 0.8 * error[0]


@pytest.mark.parametrize(
    ("norm", "lowest", "source"),
    [(None, None, unchanged), ("norm", None, normed), (None, LOWEST_GELU, gelu)],
)
def test_the_unsigned_int8_layer_computes_the_same_bits_as_the_signed(
    stored: Weights,
    run: Callable[..., Floats],
    norm: str | None,
    lowest: float | None,
    source: Source,
) -> None:
    if linear.saturates(stored):
        pytest.skip(
            "this processor computes signed weights inexactly, so there is nothing to match"
        )
    unsigned = partial(linear.int8, signed=False)
    signed = run(linear.int8, ROWS, norm, lowest, source)
    assert run(unsigned, ROWS, norm, lowest, source).tobytes() == signed.tobytes()


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
