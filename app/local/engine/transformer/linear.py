"""The linear layers, y = x W^T + b, in fp32 and in int8.

int8 rounds x, and every row of W, to 255 steps, and multiplies the steps as integers:

    x[i, c]  ~  x_step[i] q[i, c]      x_step[i] = max |x[i]| / 127
    W[j, c]  ~  w_step[j] r[j, c]      w_step[j] = max |W[j]| / 127
    y[i, j]  =  x_step[i] w_step[j] (q[i] . r[j])  +  b[j]

A row of x is a token, so a token's y depends on no other token. Of two kinds of x more is known:

- What a layer norm gives has its range by channel, before a text is read: its scale and shift tell
  it. So each channel c has a step of its own, which is multiplied into W[:, c] (after Xiao et al.
  2022, SmoothQuant, https://arxiv.org/abs/2211.10438), and no row has to be looked through.
- What GELU gives is nowhere lower than -0.17. So its zero is near the lowest step, and there are
  nearly twice as many steps above it.

Measured on 160 passages of the project's docs: the cosine to fp32 is .9989 on average and .9982 at
worst. With a step for each row instead, the first kind takes a tenth more time for a text.
"""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer.graph import Graph, Tensor
from app.local.engine.transformer.model import REACH, REACHES, Linear
from app.local.engine.transformer.onnx_format import TYPES
from app.local.engine.transformer.weights import Array, Weights

STEPS = 127
MIDDLE = 128  # the byte of zero
LOW = 20  # the byte of zero where values are hardly negative

log = logging.getLogger(__name__)


def by_precision(precision: Literal["int8", "fp32"], weights: Weights) -> Linear:
    if precision == "fp32":
        return fp32
    if saturates(weights):
        log.info("This processor multiplies int8 inexactly: the encoder takes a slower, exact way.")
        return partial(int8, signed=False)
    return int8


def fp32(
    g: Graph, x: Tensor, names: Sequence[str], norm: str | None = None, lowest: float | None = None
) -> list[Tensor]:
    del norm, lowest  # nothing is rounded
    weights = [(g.weight(f"{name}.weight"), g.weight(f"{name}.bias")) for name in names]
    return [g.Gemm(x, weight, bias, transB=1) for weight, bias in weights]  # (t, out)


def int8(
    g: Graph,
    x: Tensor,
    names: Sequence[str],
    norm: str | None = None,
    lowest: float | None = None,
    signed: bool = True,
) -> list[Tensor]:
    if norm is not None:
        steps = channel_steps(g.weights, norm)  # (in,)
        q = g.QuantizeLinear(
            g.Mul(x, g.constant(1 / steps)), g.constant(np.float32(1)), g.constant(np.uint8(MIDDLE))
        )  # (t, in)
        return [_product(g, q, name, MIDDLE, signed, steps, biased=True) for name in names]
    zero = MIDDLE if lowest is None else LOW
    q, x_step = quantise_rows(g, x, lowest)
    products = [_product(g, q, name, zero, signed) for name in names]
    return [
        g.Add(g.Mul(product, x_step), g.weight(f"{name}.bias"))  # (t, out)
        for product, name in zip(products, names, strict=True)
    ]


def _product(
    g: Graph,
    q: Tensor,
    name: str,
    zero: int,
    signed: bool,
    steps: Array | None = None,
    biased: bool = False,
) -> Tensor:
    """The product of q's steps, whose zero is this byte, with a layer's weights: (t, out). The
    sizes of both steps, those of q by channel, and the bias are in it: one pass, and not three.
    """
    weight = g.weights[f"{name}.weight"]
    r, w_step = quantise(weight if steps is None else weight * steps)  # (out, in), (out,)
    w = r.T if signed else r.T.view(np.uint8) + np.uint8(MIDDLE)  # (in, out); from another zero
    return g.MatMulIntegerToFloat(
        q,
        g.constant(w),
        g.constant(np.float32(1)),
        g.constant(w_step),
        g.constant(np.uint8(zero)),
        g.constant(np.int8(0) if signed else np.uint8(MIDDLE)),
        *([g.weight(f"{name}.bias")] if biased else []),
    )


def channel_steps(weights: Weights, norm: str) -> Array:
    """The sizes of the steps of what a layer norm gives, (d,)."""
    scale, shift = weights[f"{norm}.weight"], weights[f"{norm}.bias"]  # (d,)
    reach = np.full(len(scale), REACH, np.float32)
    reach[[*REACHES]] = [*REACHES.values()]
    largest: Array = np.abs(shift) + reach * np.abs(scale)
    return largest / np.float32(STEPS)


def quantise_rows(g: Graph, x: Tensor, lowest: float | None = None) -> tuple[Tensor, Tensor]:
    """`quantise` within the graph: steps (t, in) as bytes, and sizes (t, 1). The byte of zero is
    MIDDLE, or LOW where it is known how low the values are at the lowest.
    """
    one = g.constant([1])
    if lowest is None:
        zero = MIDDLE
        step = g.Mul(g.ReduceMax(g.Abs(x), one), g.constant(1 / STEPS))  # (t, 1)
    else:
        zero = LOW
        above = g.Mul(g.ReduceMax(x, one), g.constant(1 / (255 - LOW)))  # (t, 1)
        step = g.Max(above, g.constant(-lowest / LOW))  # (t, 1)
    steps = g.Squeeze(step, one)  # (t,)
    zeros = g.Expand(g.constant(np.uint8(zero)), g.Shape(steps))  # (t,)
    return g.QuantizeLinear(x, steps, zeros, axis=0), step


def quantise(weight: Array) -> tuple[NDArray[np.int8], Array]:
    """Round every row to whole steps; the steps, and the size of each row's step.

    >>> quantise(np.array([[12.7, -2.54], [0, 0.5]], np.float32))
    (array([[127, -25],
           [  0, 127]], dtype=int8), array([0.1       , 0.00393701], dtype=float32))
    """
    step = np.maximum(weight.max(1), -weight.min(1)) / STEPS  # (out,)
    steps = weight * (1 / step)[:, None]  # (out, in)
    return np.rint(steps, out=steps).astype(np.int8), step


def saturates(weights: Weights) -> bool:
    """Whether this processor's sums of unsigned times signed bytes overflow.

    x86 without VNNI adds each two products in 16 bits: 2 * 255 * 127 does not fit. Unsigned times
    unsigned is exact everywhere, and takes 2.5 times as long.
    """
    g = Graph(weights)
    row = g.Unsqueeze(g.Cast("row", to=TYPES["uint8"]), g.constant([0]))  # (1, 64)
    dots = g.MatMulInteger(row, g.constant(np.full((64, 16), 127, np.int8)))  # (1, 16)
    sum_ = g.Cast(g.Squeeze(dots, g.constant([0])), to=TYPES["float32"])  # (16,)
    sums = g.compile("row", sum_)(np.full(64, 255))  # (16,)
    return bool((sums != 64 * 255 * 127).any())
