"""Fit the coefficients of `app.local.engine.planner`: `python -m tests.quality._fit_planner`.

Which tool: a conditional logit over the tools of each request, on `multiple` of bfcl, metatool and
examples of our own. Whether it fits at all: a logistic regression on bfcl and the examples, whose
intercept refuses `LOST` of the requests that have a tool.
"""

import sys
from collections.abc import Sequence
from pprint import pformat

import numpy as np
from numpy.typing import NDArray

from app.local.engine.planner.choose import FEATURES, Features, features, known
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.vectors import Meanings
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Tool
from tests.quality._planner_examples import examples
from tests.quality._tools import bfcl, metatool

Array = NDArray[np.float64]
Case = tuple[Features, int]  # the features of the tools, and which is right; -1 for none

LOST = 0.0225
PRIOR_BETTER = 30.0
PRIOR_FITTING = 3.0
SHARE = 4  # every so many of metatool's requests
FOLDS = 10


def cases() -> dict[str, list[Case]]:
    """Every request with its features, by set."""
    meanings = Meanings(Encoder(), 100_000)

    def case(request: str, tools: Sequence[Tool], name: str) -> Case:
        names = [one.name for one in tools]
        table = features(Utterance(request), known(tools), meanings)
        return table, names.index(name) if name in names else -1

    sets = {
        name: [case(one.request, one.tools, one.name) for one in bfcl(name)]
        for name in ("multiple", "simple_python", "irrelevance")
    }
    sets["metatool"] = [case(one.request, one.tools, one.name) for one in metatool()[::SHARE]]
    sets["examples"] = [case(*one) for one in examples()]
    return sets


def fit_better(some: Sequence[Case]) -> Array:
    """Weights of the features for which the right tool of each case is likeliest."""
    scale = np.concatenate([table for table, _ in some]).std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    weights = np.zeros(len(scale))
    for _ in range(30):
        gradient = -PRIOR_BETTER * weights
        curve = -PRIOR_BETTER * np.eye(len(weights))
        for table, right in some:
            if right < 0 or len(table) < 2:
                continue
            x = table / scale
            odds = np.exp(x @ weights - (x @ weights).max())
            p = odds / odds.sum()
            mean = p @ x
            gradient = gradient + x[right] - mean
            curve = curve - (x * p[:, None]).T @ x + np.outer(mean, mean)
        weights = weights - np.linalg.solve(curve, gradient)
    return weights / scale


def fit_fitting(table: Array, truth: Array, weight: Array) -> tuple[Array, float]:
    """The log-odds that a tool fits, per unit of each feature, and the intercept."""
    middle, scale = table.mean(axis=0), table.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    x = np.column_stack([(table - middle) / scale, np.ones(len(table))])
    prior = np.diag([PRIOR_FITTING] * table.shape[1] + [0.0])
    w = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (weight * (truth - p)) - prior @ w
        w = w + np.linalg.solve((x.T * (weight * p * (1 - p))) @ x + prior, gradient)
    worth = w[:-1] / scale
    return worth, float(w[-1] - worth @ middle)


def best(some: Sequence[Case], weights: Array) -> tuple[Array, Array]:
    """The features of the best tool of each case, and whether it is the right one."""
    places = [int((table @ weights).argmax()) for table, _ in some]
    rows = [table[place] for (table, _), place in zip(some, places, strict=True)]
    truth = [place == right for (_, right), place in zip(some, places, strict=True)]
    return np.array(rows), np.array(truth, dtype=float)


def main() -> None:
    sets = cases()
    examples_weight = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    weights = fit_better([*sets["multiple"] * 2, *sets["metatool"], *sets["examples"]])
    print("BETTER =", pformat(_named(weights), sort_dicts=False))
    names = ("multiple", "simple_python", "irrelevance", "examples")
    tables = {name: best(sets[name], weights) for name in names}
    table = np.concatenate([tables[name][0] for name in names])
    truth = np.concatenate([tables[name][1] for name in names])
    weight = np.concatenate(
        [
            np.full(len(tables[name][1]), examples_weight if name == "examples" else 1.0)
            for name in names
        ]
    )
    which = np.concatenate([[name] * len(tables[name][1]) for name in names])
    fold = np.random.default_rng(0).integers(0, FOLDS, len(truth))
    odds = np.zeros(len(truth))
    for one in range(FOLDS):
        w, b = fit_fitting(table[fold != one], truth[fold != one], weight[fold != one])
        odds[fold == one] = table[fold == one] @ w + b
    for lost in (0.02, LOST, 0.03, 0.05):
        least = float(np.quantile(odds[(truth > 0) & (which != "examples")], lost))
        refused = {
            f"{name}, {'right' if right else 'none'}": round(float(np.mean(odds[rows] < least)), 3)
            for name in names
            for right in (1, 0)
            if (rows := (which == name) & (truth == right)).any()
        }
        print(f"refused at {least:.2f}:", refused)
    worth, intercept = fit_fitting(table, truth, weight)
    scores = table @ worth + intercept
    least = float(np.quantile(scores[(truth > 0) & (which != "examples")], LOST))
    print("FITTING =", pformat(_named(worth), sort_dicts=False))
    print("INTERCEPT =", round(intercept - least, 3))


def _named(weights: Array) -> dict[str, float]:
    return {name: round(float(w), 2) for name, w in zip(FEATURES, weights, strict=True)}


if __name__ == "__main__":
    main()
