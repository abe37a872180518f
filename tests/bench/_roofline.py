"""The machine's own peak at multiplying matrices, beside which the encoder's rate stands.

One multiplication and one addition are two operations. The peak is of the same library, ONNX
Runtime, at the encoder's largest product, on as many threads as the encoder computes with. Between
its products the encoder normalizes, quantises and looks up, so it cannot reach it. Both count by
the second of one processor, so that it matters less what else a machine has to do.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import Literal

import numpy as np

from app.local.engine.transformer import model, weights
from app.local.engine.transformer.graph import Graph, Program
from app.local.engine.transformer.onnx_format import TYPES

Precision = Literal["int8", "fp32"]
ROWS, INNER, OUTER = 256, model.D, 4 * model.D
PRODUCTS = 16  # of one run, so that what is around them does not count
SECONDS = 1.0


def operations(tokens: int) -> int:
    """What the network does for one text, with [CLS] and [SEP].

    >>> operations(200) / 1e9
    4.6153728
    """
    dense = 12 * model.D**2 * tokens  # query, key, value, output; two of four times the width
    attention = 2 * model.D * tokens**2
    return 2 * model.LAYERS * (dense + attention)


class Roofline:
    """The peak of a precision, in operations a processor second; measured whenever it is asked,
    since a machine is not always as fast.
    """

    def __init__(self, precision: Precision) -> None:
        self._program = _products(precision)
        self._operations = self._seconds = 0.0

    def measure(self) -> None:
        threads = cpu_count() or 1
        ids = np.arange(ROWS)
        with ThreadPoolExecutor(threads) as pool:
            until = time.perf_counter() + SECONDS
            used = time.process_time()
            while time.perf_counter() < until:
                list(pool.map(lambda _: self._program(ids), range(threads)))
                self._operations += threads * PRODUCTS * 2 * ROWS * INNER * OUTER
            self._seconds += time.process_time() - used

    @property
    def peak(self) -> float:
        return self._operations / self._seconds


def _products(precision: Precision) -> Program:
    """Several products of a matrix (ROWS, INNER) by others, of each of which one row is kept."""
    folder = weights.folder()
    g = Graph(weights.Weights(folder / "model.safetensors", model.shapes()))
    random = np.random.default_rng(0)
    rows = []
    if precision == "int8":
        x = g.Gather(g.constant(random.integers(0, 255, (ROWS, INNER), np.uint8)), "ids")
    else:
        x = g.Gather(g.constant(random.random((ROWS, INNER), np.float32)), "ids")
    for _ in range(PRODUCTS):
        if precision == "int8":
            w = g.constant(random.integers(-127, 127, (INNER, OUTER), np.int8))
            y = g.MatMulInteger(x, w, g.constant(np.uint8(128)), g.constant(np.int8(0)))
        else:
            y = g.MatMul(x, g.constant(random.random((INNER, OUTER), np.float32)))
        row = g.Slice(y, g.constant([0]), g.constant([1]))
        rows.append(g.Cast(row, to=TYPES["float32"]))
    return g.compile("ids", g.Concat(*rows, axis=0), ("t", "d"))
