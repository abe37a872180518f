"""What each feature is worth, as the regressions of `tests/quality/_fit.py` found it.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`. docs/writer.md says on which questions they were fitted.
Three are set by hand, as those questions hardly have such cases: "definition", "exact", and "of
another", which rules a row out.
"""

WEIGHTS = {
    "cosine": 4.964,
    "late": 2.777,
    "late above": 2.427,
    "least near": -0.098,
    "covered": 6.123,
    "covered above": 4.455,
    "covered nearest": 2.188,
    "covered before": 0.714,
    "covered after": 2.2,
    "passage covered": -0.183,
    "passage late": 1.701,
    "named": 4.561,
    "rank": 0.983,
    "top passage": -0.302,
    "number": 2.739,
    "date": 0.654,
    "release": 2.171,
    "person": 1.449,
    "place": 2.082,
    "reason": 3.919,
    "verdict": 5.377,
    "decides": 2.718,
    "definition": 5.0,
    "pointer": -1.442,
    "lead-in": -0.039,
    "item": -1.003,
    "row": 2.52,
    "keyed": 3.249,
    "heading": 1.541,
    "length": -0.626,
    "inline code": 0.758,
    "code": 3.298,
    "code unwanted": -0.922,
    "block": 3.017,
    "block unwanted": -0.356,
    "headless": -0.263,
    "exact": 3.0,
    "of another": -6.0,
    "heads missing": 0.351,
    "not of the kind": -0.701,
}
ANSWERABLE = {
    "likelihood": 1.105,
    "nearest": 1.605,
    "covered": 2.976,
    "late above": 7.097,
    "passage late": 2.911,
    "passage covered": -1.916,
    "nowhere": 0.018,
    "rarest nowhere": -1.081,
    "name nowhere": -0.759,
    "identifiers missing": -0.79,
    "least near": -2.16,
    "least near in passage": 5.278,
    "exact": 0.853,
    "no number": -2.662,
    "not of the kind": -1.708,
    "of another": -6.231,
    "heads missing": -0.02,
    "names missing": -0.286,
    "rank": 0.027,
}
INTERCEPT = -6.8
