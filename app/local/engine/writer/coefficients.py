"""What each feature is worth, as the regressions of `tests/quality/_fit.py` found it.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`. docs/writer.md says on which questions they were fitted.
Three are set by hand, as those questions hardly have such cases: "definition", "exact", and "of
another", which rules a row out.
"""

WEIGHTS = {
    "cosine": 5.253,
    "late": 4.736,
    "late above": 6.196,
    "least near": -0.298,
    "covered": 5.704,
    "covered above": 6.679,
    "covered before": 0.875,
    "covered after": -0.035,
    "passage covered": -0.404,
    "passage late": 0.129,
    "named": 7.682,
    "rank": 1.847,
    "top passage": -0.904,
    "number": 4.367,
    "date": -0.896,
    "person": 1.465,
    "place": 2.529,
    "reason": 4.928,
    "verdict": 6.252,
    "decides": 2.511,
    "definition": 5.0,
    "pointer": -0.84,
    "lead-in": -1.744,
    "item": -1.782,
    "row": 2.52,
    "code": 5.402,
    "code unwanted": -1.276,
    "block": 2.552,
    "block unwanted": -0.571,
    "headless": 0.075,
    "exact": 3.0,
    "of another": -6.0,
    "heads missing": 0.202,
    "not of the kind": -1.188,
}
ANSWERABLE = {
    "likelihood": 0.604,
    "nearest": 1.031,
    "covered": 0.066,
    "late above": 1.823,
    "passage late": 6.041,
    "passage covered": -0.489,
    "nowhere": -0.448,
    "least near": -0.265,
    "least near in passage": 3.112,
    "exact": 0.259,
    "no number": -4.973,
    "not of the kind": -2.35,
    "of another": -6.006,
    "heads missing": -0.391,
    "names missing": -0.567,
    "rank": 0.136,
}
INTERCEPT = -4.96
