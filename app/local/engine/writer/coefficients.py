"""What each feature is worth, as `python -m tests.quality._fit` found it on real questions.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`. The sets that it is fitted on hold little code, few lists
and few identifiers: what "code", "block", "exact" and "not of the kind" are worth, and the
intercept, are set by hand on the public part of user_questions.
"""

WEIGHTS = {
    "cosine": 1.854,
    "late": 5.1,
    "late above": 0.002,
    "least near": 1.541,
    "cosine before": 0.619,
    "passage cosine": -0.948,
    "passage best": 5.239,
    "covered": 5.498,
    "covered above": 5.867,
    "covered before": 2.173,
    "covered after": 0.693,
    "passage covered": 1.882,
    "top passage": 0.599,
    "first sentence": 0.332,
    "names none": 0.309,
    "number": 2.435,
    "date": 1.169,
    "person": 1.67,
    "place": 1.363,
    "way": -0.552,
    "definition": 5.174,
    "pointer": -3.074,
    "lead-in": -1.78,
    "item": -2.247,
    "row": 1.316,
    "code": 3.0,
    "code unwanted": -4.0,
    "block": 2.0,
    "block unwanted": -1.5,
    "exact": 3.0,
    "not of the kind": 0.0,
}
ANSWERABLE = {
    "likelihood": 1.0,
    "nearest": 4.682,
    "covered": 1.717,
    "passage covered": 2.477,
    "late": -4.04,
    "late above": 13.664,
    "least near": 0.351,
    "exact": 2.0,
    "not of the kind": -2.5,
}
INTERCEPT = -8.8
