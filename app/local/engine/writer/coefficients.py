"""What each feature is worth, as the regressions of `tests/quality/_fit.py` found it.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`. docs/writer.md says on which questions they were fitted.
Three are set by hand, as those questions hardly have such cases: "definition", "exact", and "of
another", which rules a row out.
"""

WEIGHTS = {
    "cosine": 4.655,
    "late": 4.053,
    "late above": 3.834,
    "least near": 0.004,
    "covered": 5.631,
    "covered above": 6.971,
    "covered before": 0.599,
    "covered after": 0.357,
    "passage covered": -1.04,
    "passage late": 2.41,
    "named": 7.068,
    "rank": 1.502,
    "top passage": -0.539,
    "number": 4.165,
    "date": -0.395,
    "person": 2.246,
    "place": 2.462,
    "reason": 5.6,
    "verdict": 7.709,
    "decides": 2.434,
    "definition": 5.0,
    "pointer": -0.831,
    "lead-in": -2.646,
    "item": -1.747,
    "row": 1.878,
    "code": 5.351,
    "code unwanted": -1.346,
    "block": 2.188,
    "block unwanted": -0.806,
    "headless": -0.434,
    "exact": 3.0,
    "of another": -6.0,
    "heads missing": -0.188,
    "not of the kind": -1.111,
}
ANSWERABLE = {
    "likelihood": 0.855,
    "nearest": 0.591,
    "covered": -0.605,
    "late above": 1.857,
    "passage late": 6.967,
    "passage covered": 0.554,
    "nowhere": -0.46,
    "least near": 0.156,
    "least near in passage": 2.084,
    "exact": 0.321,
    "no number": -5.309,
    "not of the kind": -2.36,
    "of another": -6.093,
    "heads missing": -0.518,
    "names missing": -0.665,
    "rank": 0.432,
}
INTERCEPT = -5.13
