"""What each feature is worth, as `python -m tests.quality._fit` found it on real questions.

`WEIGHTS` are the log-odds that a candidate is the one that holds the answer, per unit of each
feature of `evidence.py`. `ANSWERABLE` and `INTERCEPT` are those that there is an answer at all, per
unit of each of the signs of `choose.py`; the intercept refuses 3 in 100 answerable questions.
"""

WEIGHTS = {
    "cosine": 5.127,
    "cosine before": 1.037,
    "passage cosine": 1.274,
    "passage best": 3.973,
    "covered": 7.115,
    "covered above": 6.0,
    "covered before": 2.352,
    "covered after": 1.07,
    "passage covered": 2.318,
    "top passage": 0.96,
    "first sentence": 0.424,
    "names none": 0.286,
    "number": 1.713,
    "date": 1.575,
    "person": 1.608,
    "place": 0.899,
    "way": 1.634,
    "pointer": -3.703,
    "lead-in": -1.707,
    "item": -1.598,
    "row": 2.158,
    "list": 3.221,
}
ANSWERABLE = {"likelihood": 2.049, "nearest": 10.15, "covered": 3.652, "passage covered": 2.965}
INTERCEPT = -7.235
