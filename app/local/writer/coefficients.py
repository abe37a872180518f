"""What each feature is worth, as `python -m tests.quality._fit` found it on real questions.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`; the intercept refuses 3 in 100 answerable questions.
"""

WEIGHTS = {
    "cosine": 4.98,
    "cosine before": 0.995,
    "passage cosine": 2.151,
    "passage best": 4.473,
    "covered": 7.188,
    "covered above": 4.712,
    "covered before": 2.198,
    "covered after": 1.138,
    "passage covered": 2.512,
    "top passage": 0.743,
    "first sentence": 0.461,
    "names none": 0.419,
    "number": 1.696,
    "date": 1.409,
    "person": 1.608,
    "place": 0.952,
    "way": 1.643,
    "pointer": -3.555,
    "lead-in": -1.753,
    "item": -2.417,
    "row": 1.613,
}
ANSWERABLE = {"likelihood": 2.19, "nearest": 10.252, "covered": 3.308, "passage covered": 3.017}
INTERCEPT = -7.204
