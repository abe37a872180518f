"""The regressions that coefficients of the stand-in are fitted by.

Both have a Gaussian prior on standardised features, so that what the examples say little about
stays near 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.local.engine.writer.selection import softmax

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Example:
    """Things of which one is to be chosen.

    Attributes:
        features: of each thing, (things, features).
        gold: of each thing, whether it is a right one.
        counts: how many examples it counts as.
    """

    features: Array
    gold: Mask
    counts: float = 1.0


def conditional_logit(
    examples: Sequence[Example], prior: float, by_hand: Mapping[int, float] | None = None
) -> Array:
    """What each feature is worth (McFadden, 1974), (features,). Examples without a right thing are
    left out.

    Args:
        prior: its weight, in examples.
        by_hand: of some features, by their place, what they are worth; the others are fitted
            beside them.

    >>> two = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> worth = conditional_logit([Example(two, np.array([True, False]))], 1.0)
    >>> bool(worth[0] > 0 > worth[1])
    True
    >>> float(conditional_logit([Example(two, np.array([True, False]))], 1.0, {1: 3.0})[1])
    3.0
    """
    by_hand = by_hand or {}
    known = [one for one in examples if one.gold.any()]
    count = known[0].features.shape[1]
    free = np.array([place not in by_hand for place in range(count)])
    worth = np.array([by_hand.get(place, 0.0) for place in range(count)])
    _, scale = standard(np.concatenate([one.features for one in known])[:, free])
    tables = [(one.features[:, free] / scale, one.features @ worth) for one in known]

    def slope(w: Array) -> tuple[float, Array, Array]:
        value, gradient, curve = float(-0.5 * prior * w @ w), -prior * w, -prior * np.eye(len(w))
        for one, (x, settled) in zip(known, tables, strict=True):
            p = softmax(x @ w + settled)  # (things,)
            q = p * one.gold / (p @ one.gold)
            value += one.counts * float(np.log(p @ one.gold))
            gradient = gradient + one.counts * (q - p) @ x
            mean = p @ x
            curve = curve - one.counts * ((x * p[:, None]).T @ x - np.outer(mean, mean))
        return value, gradient, curve

    worth[free] = _ascend(slope, np.zeros(int(free.sum()))) / scale
    return worth


def logistic(table: Array, truth: Mask, counts: Array, prior: float) -> tuple[Array, float]:
    """What each column is worth for being true, (columns,), and the intercept.

    >>> table, truth = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([False, False, True, True])
    >>> worth, intercept = logistic(table, truth, np.ones(4), 1.0)
    >>> (table @ worth + intercept > 0).tolist()
    [False, False, True, True]
    """
    middle, scale = standard(table)
    x = np.column_stack([(table - middle) / scale, np.ones(len(table))])
    priors = np.diag([prior] * table.shape[1] + [0.0])

    def slope(w: Array) -> tuple[float, Array, Array]:
        z = x @ w
        p = 1 / (1 + np.exp(-z))
        likelihood = -(counts * np.logaddexp(0, np.where(truth, -z, z))).sum()
        return (
            float(likelihood - 0.5 * w @ priors @ w),
            (counts * (truth - p)) @ x - priors @ w,
            -(x * (counts * p * (1 - p))[:, None]).T @ x - priors,
        )

    fitted = _ascend(slope, np.zeros(x.shape[1]))
    worth = fitted[:-1] / scale
    return worth, float(fitted[-1] - worth @ middle)


def standard(table: Array) -> tuple[Array, Array]:
    """The mean and the standard deviation of each column; 1 for that of a column that is even."""
    scale = table.std(axis=0)
    return table.mean(axis=0), np.where(scale > 1e-6, scale, 1.0)


def _ascend(slope: Callable[[Array], tuple[float, Array, Array]], w: Array) -> Array:
    """Newton's method, its step halved until it leads upwards."""
    value, gradient, curve = slope(w)
    while np.abs(gradient).max() > 1e-6:
        step = -np.linalg.solve(curve, gradient)
        while (there := slope(w + step))[0] < value - 1e-9:
            step = step / 2
        w = w + step
        value, gradient, curve = there
    return w
