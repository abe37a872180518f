"""What each feature is worth, as the regressions of `tests/quality/_fit.py` found it.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`. docs/writer.md says on which questions they were fitted.
Three are set by hand, as those questions hardly have such cases: "definition", "exact", and "of
another", which rules a row out.
"""

WEIGHTS = {
    "cosine": 3.758,
    "late": 3.436,
    "late above": 2.857,
    "least near": 1.028,
    "covered": 4.309,
    "covered above": 4.81,
    "covered before": 0.696,
    "covered after": 0.135,
    "passage covered": -0.343,
    "passage late": 1.757,
    "named": 4.624,
    "rank": 1.06,
    "top passage": -0.123,
    "number": 2.984,
    "date": -0.24,
    "person": 1.327,
    "place": 1.751,
    "reason": 4.165,
    "verdict": 5.316,
    "decides": 1.637,
    "definition": 5.0,
    "pointer": -0.59,
    "lead-in": -1.631,
    "item": -1.319,
    "row": 1.499,
    "code": 4.291,
    "code unwanted": -1.191,
    "block": 1.907,
    "block unwanted": -0.763,
    "headless": -0.213,
    "exact": 3.0,
    "of another": -6.0,
    "heads missing": -0.191,
    "not of the kind": -0.818,
}
ANSWERABLE = {
    "likelihood": 1.4,
    "nearest": 2.05,
    "covered": -0.724,
    "late above": 3.921,
    "passage late": 3.31,
    "passage covered": 0.934,
    "nowhere": -0.421,
    "least near": -0.978,
    "least near in passage": 2.583,
    "exact": 0.081,
    "no number": -5.375,
    "not of the kind": -2.516,
    "of another": -3.929,
    "heads missing": -0.224,
    "names missing": -0.63,
    "rank": 0.572,
}
INTERCEPT = -5.065
