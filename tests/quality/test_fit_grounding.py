"""The command that fits the coefficients of grounding, without the corpora."""

import numpy as np

from app.local.engine.guard.grounding import coefficients
from app.local.engine.guard.grounding.support import SIGNS
from tests.quality._fit_grounding import Signs, evenly, fit, fitted_names, pasted
from tests.quality._grounded import Judged


def _signs(kind: str, *rows: float) -> Signs:
    judged = Judged("begin", kind, "", "", "", ())
    return Signs(judged, np.array([[row] for row in rows]))


def test_the_weakest_claim_of_an_answer_is_what_it_is_fitted_by() -> None:
    """Each wrong answer has a claim that no right one has, beside one that right ones have."""
    some = [_signs("right", 1.0, 0.9), _signs("right", 0.8), *[_signs("wrong", 1.0, 0.1)] * 2]
    truth = [one.judged.right for one in some]
    worth, intercept = fit(some, truth, [1.0] * 4, np.argmin, 0.1)
    scores = [float((one.table @ worth).min() + intercept) for one in some]
    assert [score > 0 for score in scores] == truth


def test_the_answers_of_a_set_count_its_total_together() -> None:
    some = [_signs("right", 1.0), _signs("right", 1.0), _signs("wrong", 0.0)]
    assert evenly(some, {("begin", True): 10.0, ("begin", False): 6.0}) == [5.0, 5.0, 6.0]


def test_every_coefficient_is_of_a_sign() -> None:
    for name in ("SUPPORT", "CONFLICT"):
        table = getattr(coefficients, name)
        assert set(table) - {"intercept"} <= set(SIGNS)
        assert set(table) - {"intercept"} == {
            *fitted_names(name, table),
            *coefficients.BY_HAND[name],
        }


def test_what_is_pasted_is_the_table_with_its_shift() -> None:
    text = pasted("SUPPORT", ["late"], (np.array([2.0]), 0.5))
    intercept = 0.5 + coefficients.SHIFTS["SUPPORT"]
    assert text.splitlines()[1:3] == [f'    "intercept": {intercept:.3f},', '    "late": 2.000,']
