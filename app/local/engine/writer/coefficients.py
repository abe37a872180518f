"""What each feature is worth, as `python -m tests.quality._fit` found it on real questions.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`. Three are set by hand, as the questions that they are
fitted on hardly have such cases: "definition", "exact", and "of another", which rules a row out.
"""

WEIGHTS = {
    "cosine": 4.056,
    "late": 3.37,
    "late above": 1.472,
    "least near": 0.306,
    "covered": 5.558,
    "covered above": 7.263,
    "covered before": 0.323,
    "covered after": 0.75,
    "passage covered": -1.677,
    "passage late": 4.69,
    "named": 6.453,
    "rank": 1.157,
    "top passage": -0.175,
    "number": 3.963,
    "date": 0.107,
    "person": 3.027,
    "place": 2.394,
    "reason": 6.272,
    "verdict": 9.166,
    "decides": 2.358,
    "definition": 5.0,
    "pointer": -0.821,
    "lead-in": -3.548,
    "item": -1.712,
    "row": 1.236,
    "code": 5.299,
    "code unwanted": -1.416,
    "block": 1.824,
    "block unwanted": -1.042,
    "headless": -0.944,
    "exact": 3.0,
    "of another": -6.0,
    "heads missing": -0.579,
    "not of the kind": -1.035,
}
ANSWERABLE = {
    "likelihood": 1.105,
    "nearest": 0.152,
    "covered": -1.276,
    "late above": 1.892,
    "passage late": 7.893,
    "passage covered": 1.598,
    "nowhere": -0.471,
    "least near": 0.577,
    "least near in passage": 1.056,
    "exact": 0.383,
    "no number": -5.644,
    "not of the kind": -2.369,
    "of another": -6.179,
    "heads missing": -0.646,
    "names missing": -0.764,
    "rank": 0.729,
}
INTERCEPT = -5.5
