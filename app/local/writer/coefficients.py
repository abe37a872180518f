"""What each feature is worth, as `python -m tests.quality._fit` found it on real questions.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`; the intercept refuses 3 in 100 answerable questions.
"""

WEIGHTS = {
    "cosine": 4.895,
    "cosine before": 0.939,
    "passage cosine": 1.948,
    "passage best": 4.33,
    "covered": 7.166,
    "covered above": 5.668,
    "covered before": 2.305,
    "covered after": 1.13,
    "passage covered": 2.44,
    "top passage": 0.842,
    "first sentence": 0.388,
    "names none": 0.284,
    "number": 1.766,
    "date": 1.437,
    "person": 1.596,
    "place": 0.953,
    "way": 1.621,
    "pointer": -3.557,
    "lead-in": -1.67,
    "item": -2.684,
    "row": 2.067,
}
ANSWERABLE = {"likelihood": 2.068, "nearest": 10.284, "covered": 3.487, "passage covered": 2.969}
INTERCEPT = -7.223
