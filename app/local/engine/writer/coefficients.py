"""What each feature is worth, as `python -m tests.quality._fit` found it on real questions.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`; the intercept refuses 3 in 100 answerable questions.
"""

WEIGHTS = {
    "cosine": 4.955,
    "cosine before": 1.019,
    "passage cosine": 2.149,
    "passage best": 4.481,
    "covered": 7.194,
    "covered above": 4.711,
    "covered before": 2.183,
    "covered after": 1.139,
    "passage covered": 2.512,
    "top passage": 0.743,
    "first sentence": 0.471,
    "names none": 0.417,
    "number": 1.697,
    "date": 1.411,
    "person": 1.607,
    "place": 0.951,
    "way": 1.641,
    "definition": 5.079,
    "pointer": -3.557,
    "lead-in": -1.754,
    "item": -2.416,
    "row": 1.612,
}
ANSWERABLE = {"likelihood": 2.191, "nearest": 10.255, "covered": 3.305, "passage covered": 3.016}
INTERCEPT = -7.204
