"""Fit the coefficients of `app.local.engine.writer`: `python -m tests.quality._fit` prints them.

Which sentence: a conditional logit (McFadden, 1974) over the candidates of each question. Whether
there is an answer: a logistic regression over a few figures of the best. Both with a Gaussian prior
on standardised features, so that what the questions say little about stays near 0.
"""

from collections.abc import Callable, Sequence
from pprint import pformat

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer import Encoder
from app.local.engine.writer.choose import signs, softmax
from app.local.engine.writer.evidence import FEATURES
from app.local.engine.writer.vectors import Remembered
from tests.quality._questions import Asked, awsdocs, user_questions, xquad

Array = NDArray[np.float64]

PRIOR = 10.0  # the weight of the prior, in questions
REFUSED = 0.03  # of the answerable questions, on those that it is fitted on
USERS = 3  # times a user's question counts: there are few, and they are what this is for


def fit_weights(questions: Sequence[Asked]) -> Array:
    """What each feature is worth, (features,)."""
    known = [one for one in questions if one.gold.any()]
    _, scale = _standard(np.concatenate([one.evidence for one in known]))

    def slope(w: Array) -> tuple[float, Array, Array]:
        value, gradient, curve = float(-0.5 * PRIOR * w @ w), -PRIOR * w, -PRIOR * np.eye(len(w))
        for one in known:
            x = one.evidence / scale  # (n, f)
            p = softmax(x @ w)  # (n,)
            q = p * one.gold / (p @ one.gold)
            value += float(np.log(p @ one.gold))
            gradient = gradient + (q - p) @ x
            mean = p @ x
            curve = curve - (x * p[:, None]).T @ x + np.outer(mean, mean)
        return value, gradient, curve

    return _ascend(slope, np.zeros(len(FEATURES))) / scale


def fit_answerable(
    weights: Array, answerable: Sequence[Asked], unanswerable: Sequence[Asked]
) -> tuple[dict[str, float], float]:
    """What each sign of an answer is worth, and the intercept that refuses REFUSED of them."""
    told = [
        signs(one.case, one.evidence, one.evidence @ weights)
        for one in (*answerable, *unanswerable)
    ]
    table = np.array([list(one.values()) for one in told])  # (q, s)
    truth = np.arange(len(told)) < len(answerable)
    middle, scale = _standard(table)
    x = np.column_stack([(table - middle) / scale, np.ones(len(table))])
    prior = np.diag([1.0] * table.shape[1] + [0.0])

    def slope(w: Array) -> tuple[float, Array, Array]:
        z = x @ w
        p = 1 / (1 + np.exp(-z))
        value = float(-np.logaddexp(0, np.where(truth, -z, z)).sum() - 0.5 * w @ prior @ w)
        return value, (truth - p) @ x - prior @ w, -(x * (p * (1 - p))[:, None]).T @ x - prior

    worth = _ascend(slope, np.zeros(x.shape[1]))[:-1] / scale
    intercept = -float(np.quantile((table @ worth)[: len(answerable)], REFUSED))
    return dict(zip(told[0], worth.tolist(), strict=True)), intercept


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


def _standard(table: Array) -> tuple[Array, Array]:
    scale = table.std(axis=0)
    return table.mean(axis=0), np.where(scale > 1e-6, scale, 1.0)


def main() -> None:
    encoder = Encoder()
    remembered = Remembered(encoder)
    answerable = xquad(remembered, "answerable")
    of_users, of_nobody = user_questions(remembered, encoder)
    known = [*answerable, *awsdocs(remembered, encoder), *of_users * USERS]
    weights = fit_weights(known)
    unanswerable = [*xquad(remembered, "far"), *xquad(remembered, "near"), *of_nobody * USERS]
    worth, intercept = fit_answerable(weights, known, unanswerable)
    table = {name: round(float(w), 3) for name, w in zip(FEATURES, weights, strict=True)}
    print("WEIGHTS =", pformat(table, sort_dicts=False))
    print("ANSWERABLE =", pformat({k: round(v, 3) for k, v in worth.items()}, sort_dicts=False))
    print("INTERCEPT =", round(intercept, 3))


if __name__ == "__main__":
    main()
